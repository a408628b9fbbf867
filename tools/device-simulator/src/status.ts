/** The status of a healthy device that runs a rendered version. */
export function statusOf(renderedVersion: string) {
  return {
    conditions: [],
    systemInfo: {
      architecture: 'amd64',
      bootID: 'simulated',
      operatingSystem: 'linux',
      agentVersion: 'simulated',
    },
    applications: [],
    applicationsSummary: { status: 'Healthy' },
    resources: { cpu: 'Healthy', memory: 'Healthy', disk: 'Healthy' },
    integrity: { status: 'Verified' },
    config: { renderedVersion },
    os: { image: '', imageDigest: '' },
    updated: { status: 'UpToDate' },
    summary: { status: 'Online' },
    lifecycle: { status: 'Enrolled' },
  };
}
