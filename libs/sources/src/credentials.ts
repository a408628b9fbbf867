import { SourceError } from './source-error.js';
import type { Credentials } from './source.js';

/** The value of the Authorization header, if the credentials ask for one. */
export function authorization(credentials: Credentials = {}): string | undefined {
  const { username, password, token } = credentials;
  if (token) {
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new SourceError('invalid', 'the token has characters that no token has');
    return `Bearer ${token}`;
  }
  if (!username && !password) return undefined;
  return `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`;
}

export interface TlsMaterial {
  cert?: string;
  key?: string;
  ca?: string;
}

export function tlsMaterial(credentials: Credentials = {}): TlsMaterial {
  const material = {
    cert: pem('tls.crt', credentials),
    key: pem('tls.key', credentials),
    ca: pem('ca.crt', credentials),
  };
  if (!material.cert !== !material.key) {
    throw new SourceError('invalid', 'a client certificate needs both tls.crt and tls.key');
  }
  return material;
}

/** Flight Control takes base64 of PEM; people also paste PEM. */
function pem(name: 'tls.crt' | 'tls.key' | 'ca.crt', credentials: Credentials): string | undefined {
  const value = credentials[name];
  if (!value) return undefined;
  const text = value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString('utf8');
  if (text.includes('-----BEGIN')) return text;
  throw new SourceError('invalid', `${name} is neither PEM nor base64 of PEM`);
}
