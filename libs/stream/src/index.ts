export { UNIT_OF_WORK, type Dispatch, type UnitOfWork } from './ports.js';
export { StreamReader, type Entry, type ReaderSettings } from './reader.js';
export {
  StreamTransport,
  TopologyMismatch,
  type StreamTransportSettings,
} from './stream-transport.js';
export { within } from './repetition.js';
export { PassThroughFilter } from './pass-through.filter.js';
export { waker } from './wake.js';
