import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';

/** A pair as OpenSSH writes it. */
export function keyPair(passphrase?: string): { private: string; public: string } {
  const locked = passphrase && { passphrase, cipher: 'aes256-ctr' as const, rounds: 4 };
  return ssh2.utils.generateKeyPairSync('ed25519', { comment: '', ...locked });
}

/** A real SSH server on 127.0.0.1 that lets the user `git` run the real `git-upload-pack`, and nothing else. */
export class GitSshServer {
  /** Public keys (OpenSSH lines) that may come in. */
  readonly accepted = new Set<string>();
  /** What clients asked for: `user command`. */
  readonly commands: string[] = [];
  /** Sessions wait for it before they are answered. */
  gate: Promise<void> = Promise.resolve();
  readonly #hostKey = keyPair();
  readonly #server: ssh2.Server;
  readonly #connections = new Set<Connection>();

  constructor(private readonly root: string) {
    this.#server = new ssh2.Server({ hostKeys: [this.#hostKey.private] }, (connection) => {
      this.#connections.add(connection);
      connection.on('close', () => this.#connections.delete(connection));
      connection.on('error', () => undefined);
      this.#serve(connection);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(repository: string, host = '127.0.0.1'): string {
    return `ssh://git@${host}:${this.port}/${repository}`;
  }

  /** The line of `known_hosts` for a name of this server. */
  knownHost(host = '127.0.0.1'): string {
    return `[${host}]:${this.port} ${this.#hostKey.public}`;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.end();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(connection: Connection): void {
    let user = '';
    connection.on('authentication', (context) => {
      user = context.username;
      if (this.#mayEnter(context)) context.accept();
      else context.reject(['publickey']);
    });
    connection.on('session', (accept) => {
      const session = accept();
      let protocol = '';
      session.on('env', (accepted, _reject, { key, val }) => {
        if (key === 'GIT_PROTOCOL') protocol = val;
        accepted?.();
      });
      session.on('exec', (accepted, _reject, { command }) => {
        this.commands.push(`${user} ${command}`);
        const channel = accepted();
        void this.gate.then(() => this.#run(command, protocol, channel));
      });
    });
  }

  #mayEnter(context: AuthContext): boolean {
    if (context.method !== 'publickey' || context.username !== 'git') return false;
    return [...this.accepted].some((line) => {
      const key = ssh2.utils.parseKey(line);
      if (key instanceof Error || !key.getPublicSSH().equals(context.key.data)) return false;
      const { signature, blob, hashAlgo } = context;
      return !signature || !blob || key.verify(blob, signature, hashAlgo) === true;
    });
  }

  #run(command: string, protocol: string, channel: ServerChannel): void {
    const [, path] = /^git-upload-pack '(\/[^']+)'$/.exec(command) ?? [];
    if (!path) return void channel.exit(128);
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', GIT_PROTOCOL: protocol };
    const pack = spawn('git-upload-pack', [join(this.root, path)], { env });
    channel.pipe(pack.stdin).on('error', () => undefined);
    pack.stdout.pipe(channel, { end: false });
    pack.stderr.pipe(channel.stderr, { end: false });
    pack.on('close', (code) => {
      channel.exit(code ?? 1);
      channel.end();
    });
  }
}
