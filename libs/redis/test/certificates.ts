import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An authority of our own, and a certificate of it for localhost, in a temporary folder. */
export function makeCertificates() {
  const folder = mkdtempSync(join(tmpdir(), 'skein-certificates-'));
  const openssl = (...options: string[]) =>
    execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const made = ['-x509', ...key, '-days', '2'];
  openssl('req', ...made, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority');
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-subj', '/CN=localhost'];
  openssl('req', ...made, ...signed, ...names, '-keyout', 'own.key', '-out', 'own.pem');
  const file = (name: string) => join(folder, name);
  return {
    caFile: file('ca.pem'),
    certificateFile: file('own.pem'),
    keyFile: file('own.key'),
    ca: () => readFileSync(file('ca.pem'), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
