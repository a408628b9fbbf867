export { backoffMs } from './backoff.js';
export { GatewayPen } from './gateway-pen.js';
export type { CreatedDevice, NewDevice, Running } from './gateway-pen.js';
export { SimulatedDevice } from './simulated-device.js';
export type { RenderedDevice, SimulatedDeviceSettings } from './simulated-device.js';
