import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { examplesFolder } from '../workspace.js';

export interface Manifest {
  readonly kind: 'Repository' | 'Fleet' | 'Device';
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
}

/**
 * Reads a manifest of examples/ and fills in its words like ${DEMO_COMMIT}.
 * @throws when it has a word without a value
 */
export async function readManifest(
  file: string,
  values: Readonly<Record<string, string>> = {},
): Promise<Manifest> {
  const text = fillIn(await readFile(join(examplesFolder, file), 'utf8'), values);
  // In YAML 1.1, which such manifests are commonly read as, 0640 is octal.
  return parse(text, { version: '1.1' }) as Manifest;
}

/** Values are put in as JSON texts, which are YAML too, so that none can change what surrounds it. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Z_]+)\}/g, (_word, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the manifest wants a value for ${name}`);
    return JSON.stringify(value);
  });
}

const sites = ['berlin', 'lyon', 'porto', 'turin'];
const roles = ['sensor', 'gateway', 'camera'];

/** So many devices, spread over sites and roles. */
export function deviceManifests(count: number): Promise<Manifest[]> {
  const digits = Math.max(2, String(count).length);
  const one = (_: unknown, index: number): Promise<Manifest> =>
    readManifest('device.yaml', {
      DEVICE_NAME: `demo-device-${String(index + 1).padStart(digits, '0')}`,
      DEVICE_SITE: sites[index % sites.length]!,
      DEVICE_ROLE: roles[index % roles.length]!,
    });
  return Promise.all(Array.from({ length: count }, one));
}
