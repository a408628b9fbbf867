/**
 * Loaded into each service before its own code: when `npm start` is gone, however it went, the channel to it closes,
 * and the service stops as if asked to; if it cannot, it is ended.
 */
const patienceMs = 10_000;

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), patienceMs).unref();
});
// The channel alone must not keep a service alive that has finished.
process.channel?.unref();
