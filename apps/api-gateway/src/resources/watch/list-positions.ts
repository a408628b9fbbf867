import { Injectable } from '@nestjs/common';
import { ChangeFeed } from './change-feed.js';
import { Positions } from './positions.js';

/** What lists say of where they stand. */
@Injectable()
export class ListPositions {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly positions: Positions,
  ) {}

  /** The position of what is read from now on: ask before reading. */
  now(org: string): string {
    return this.positions.tokenOf(org, this.feed.settled);
  }
}
