import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An authority of our own, and a certificate of it for this machine, in a temporary folder. */
export function makeCertificates(subjects = 'DNS:localhost,IP:127.0.0.1') {
  const folder = mkdtempSync(join(tmpdir(), 'skein-certificates-'));
  const openssl = (...options: string[]) =>
    execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const made = ['-x509', ...key, '-days', '2'];
  openssl('req', ...made, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority');
  const names = ['-addext', `subjectAltName=${subjects}`];
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-subj', '/CN=localhost'];
  openssl('req', ...made, ...signed, ...names, '-keyout', 'own.key', '-out', 'own.pem');
  const file = (name: string) => join(folder, name);
  return {
    ca: () => readFileSync(file('ca.pem'), 'utf8'),
    /** What a client shows of itself. */
    client: {
      certificate: () => readFileSync(file('own.pem'), 'utf8'),
      key: () => readFileSync(file('own.key'), 'utf8'),
    },
    /** Of a server that takes connections with TLS at this port, from those with a certificate. */
    settings: (port: number) => [
      ...['--tls-port', String(port), '--tls-ca-cert-file', file('ca.pem')],
      ...['--tls-cert-file', file('own.pem'), '--tls-key-file', file('own.key')],
      ...['--tls-replication', 'yes'],
    ],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
