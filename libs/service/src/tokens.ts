/** Nest tokens of what every service has. */
export const TELEMETRY = Symbol('skein:telemetry');
/** The word that names the service: its stream, its group, its schema, its role. */
export const ROOM = Symbol('skein:room');
