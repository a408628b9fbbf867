/** Loaded into each service before its own code: it does not outlive who started it, however that ended. */
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The channel alone must not keep a service alive that has finished.
process.channel?.unref();
