import pg, { type ClientConfig } from 'pg';

/** Whatever waits for the connection is told by its own error; without a listener the process would end. */
function alreadyTold(): void {}

/**
 * The clients of the pool. One whose connection the server ends while it changes hands
 * between the pool and TypeORM has no listener of theirs. With a password function, it is
 * asked at every connection, so that it may change while the service runs: pg would take a
 * function, but not beside a URL, whose empty password wins.
 */
export function clientWith(password?: () => string): typeof pg.Client {
  return class extends pg.Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      this.on('error', alreadyTold);
      if (password) Object.assign(this, { password });
    }
  };
}
