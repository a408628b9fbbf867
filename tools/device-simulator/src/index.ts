export { backoffMs } from './backoff.js';
export { SimulatedDevice } from './simulated-device.js';
export type { RenderedDevice, SimulatedDeviceSettings } from './simulated-device.js';
