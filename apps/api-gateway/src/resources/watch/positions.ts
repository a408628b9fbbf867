import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.js';
import { RefusedRequest } from '../refused-request.js';

/** A place in the log: a number, and the end of the id of the event that has it. A log that was restored has another event there. */
export interface Mark {
  readonly number: number;
  /** 12 hexadecimal digits. */
  readonly id: string;
}

/** Before the first event. */
export const BEGINNING: Mark = { number: 0, id: '0'.repeat(12) };

const NUMBER_BYTES = 6;
const BLOCK_BYTES = 16;
/** What a block ends with; one that was not made with the key ends with anything. */
const END = Buffer.alloc(BLOCK_BYTES - 2 * NUMBER_BYTES);
const MOST_ORGANISATIONS = 1_000;
const TOKEN = /^[\w-]{22}$/;

const noPosition = () =>
  new RefusedRequest(
    'invalid',
    'resourceVersion: is not a position of a list; take metadata.resourceVersion of a list, the id of an event, or none',
  );

/**
 * Places in the log as clients have them: one encrypted block, under a key of the organisation. So a position tells nothing,
 * not even how much others do, and is good for its organisation only.
 */
@Injectable()
export class Positions {
  private readonly secrets: readonly Buffer[];
  private readonly keys = new Map<string, readonly Buffer[]>();

  constructor({ sealingKeys: { current, previous } }: GatewayConfig) {
    this.secrets = [current, ...previous].map(({ key }) => key);
  }

  tokenOf(org: string, { number, id }: Mark): string {
    const block = Buffer.alloc(BLOCK_BYTES);
    block.writeUIntBE(number, 0, NUMBER_BYTES);
    block.write(id, NUMBER_BYTES, 'hex');
    const cipher = createCipheriv('aes-256-ecb', this.keysOf(org)[0]!, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url');
  }

  /** @throws RefusedRequest for what is no position of the organisation */
  markOf(org: string, token: string): Mark {
    if (!TOKEN.test(token)) throw noPosition();
    const block = Buffer.from(token, 'base64url');
    const opened = this.keysOf(org).map((key) => {
      const cipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
      return Buffer.concat([cipher.update(block), cipher.final()]);
    });
    const found = opened.find((one) => one.subarray(2 * NUMBER_BYTES).equals(END));
    if (!found) throw noPosition();
    const id = found.toString('hex', NUMBER_BYTES, 2 * NUMBER_BYTES);
    return { number: found.readUIntBE(0, NUMBER_BYTES), id };
  }

  private keysOf(org: string): readonly Buffer[] {
    const known = this.keys.get(org);
    if (known) return known;
    const keys = this.secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, org, 'skein watch positions', 32)),
    );
    if (this.keys.size >= MOST_ORGANISATIONS) this.keys.clear();
    this.keys.set(org, keys);
    return keys;
  }
}
