/** The laws about the files at the root of the workspace. */

interface NxSettings {
  readonly analytics?: unknown;
  readonly neverConnectToCloud?: unknown;
  readonly nxCloudId?: unknown;
  readonly nxCloudAccessToken?: unknown;
}

/** Nx calls nobody. */
export function nxCallsHome(settings: NxSettings): string[] {
  const faults: string[] = [];
  if (settings.analytics !== false) faults.push('nx.json: analytics must be false');
  if (settings.neverConnectToCloud !== true) {
    faults.push('nx.json: neverConnectToCloud must be true');
  }
  if (settings.nxCloudId !== undefined || settings.nxCloudAccessToken !== undefined) {
    faults.push('nx.json: must name no cloud');
  }
  return faults;
}

interface Lockfile {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string }>>;
}

/** The lockfile names no host: each machine's registry is its own affair. */
export function hostsInLockfile({ packages = {} }: Lockfile): string[] {
  return Object.entries(packages)
    .filter(([, { resolved }]) => /^(https?|git)/.test(resolved ?? ''))
    .map(([name]) => `package-lock.json: ${name} is resolved to a host`);
}

/** The licence is Apache-2.0, whole. */
export function wrongLicense(text: string): string[] {
  const parts = ['Apache License', 'Version 2.0, January 2004', 'END OF TERMS AND CONDITIONS'];
  return parts.filter((part) => !text.includes(part)).map((part) => `LICENSE: lacks '${part}'`);
}
