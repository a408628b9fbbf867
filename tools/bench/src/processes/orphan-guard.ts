/** Loaded into each process of the bench before its own code: when the bench is gone, however it went, it ends too. */
const PATIENCE_MS = 10_000;

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), PATIENCE_MS).unref();
});
// The channel alone must not keep a process alive that has finished.
process.channel?.unref();
