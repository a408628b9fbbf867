/** Kinds and actions of Flight Control's API that Skein does not have: these answer 501 by name. */
const kinds = [
  'authproviders',
  'certificatesigningrequests',
  'enrollmentrequests',
  'resourcesyncs',
];

const ofKind = (kind: string) => [
  `GET /${kind}`,
  `POST /${kind}`,
  ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /${kind}/{name}`),
];

const deeds = (path: string, ...names: string[]) =>
  names.map((name) => `POST ${path}/applications/{appname}/actions/${name}`);

export const unbuilt = [
  ...kinds.flatMap(ofKind),
  'PUT /certificatesigningrequests/{name}/approval',
  'PUT /enrollmentrequests/{name}/approval',
  ...['GET', 'PUT', 'PATCH'].map((method) => `${method} /enrollmentrequests/{name}/status`),
  'GET /enrollmentconfig',
  'POST /auth/{providername}/token',
  'DELETE /fleets/{fleet}/templateversions/{name}',
  ...deeds('/devices/{name}', 'start', 'stop', 'restart'),
  ...deeds('/fleets/{name}', 'start', 'stop'),
  'GET /ws/v1/devices/{name}/console',
  'GET /ws/v1/devices/{name}/applications/{appname}/console',
  'PUT /devices/{name}/decommission',
  'POST /deviceactions/resume',
  'POST /repositories/{name}/check-oci-image',
  'POST /repositories/{name}/check-oci-tag',
];
