import pg, { type ClientConfig } from 'pg';

/**
 * A client that asks for its password at every connection, so that it may change while the service
 * runs. pg would take a function, but not beside a URL, whose empty password wins.
 */
export function clientWith(password: () => string): typeof pg.Client {
  return class extends pg.Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      Object.assign(this, { password });
    }
  };
}
