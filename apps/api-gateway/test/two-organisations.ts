import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { DoorScene, type DoorParts } from './door-scene.js';
import { Tokens } from './tokens.js';

const operator = (organization: string) => ({ role: 'operator', organization }) as const;

/**
 * A gateway with two organisations. `one` and `two` are operators of one each; `both` is operator of the first and viewer of the
 * second; `all` is administrator of everything.
 */
export class TwoOrganisations {
  readonly first = DEFAULT_ORGANISATION;
  readonly second = newUid();
  readonly door: DoorScene;
  readonly tokens: Tokens;
  private readonly folder = mkdtempSync(join(tmpdir(), 'skein-organisations-'));

  constructor(parts: DoorParts) {
    this.door = new DoorScene(parts);
    this.tokens = new Tokens(join(this.folder, 'access.json'), [
      { id: this.first, displayName: 'First' },
      { id: this.second, displayName: 'Second' },
    ]);
  }

  async open(): Promise<void> {
    this.tokens
      .give('one', operator(this.first))
      .give('two', operator(this.second))
      .give('both', operator(this.first), { role: 'viewer', organization: this.second })
      .give('all', { role: 'admin', organization: '*' })
      .write();
    const settings = { SKEIN_AUTHENTICATION: 'tokens', SKEIN_ACCESS_FILE: this.tokens.file };
    await this.door.openWith({ ...settings, SKEIN_LONG_POLL_MS: '1' });
  }

  async close(): Promise<void> {
    await this.door.close();
    rmSync(this.folder, { recursive: true });
  }

  readonly call = (holder: string, method: string, path: string, body?: unknown) =>
    this.door.call(method, path, body, this.tokens.of(holder));
}
