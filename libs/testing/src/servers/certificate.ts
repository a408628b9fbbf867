import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const openssl = ['/usr/bin/openssl', '/usr/local/bin/openssl', '/bin/openssl'].find(existsSync);

/** Whether certificates can be made here. */
export const canCertify = openssl !== undefined;

const KIND = ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** A self-signed certificate for 127.0.0.1, made for this run; PEM. */
export function certificate(folder: string, name: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const args = [...KIND, '-days', '2', '-keyout', key, '-out', cert, ...subject];
  execFileSync(openssl ?? '', args, { stdio: 'ignore' });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}
