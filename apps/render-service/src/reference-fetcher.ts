import { Inject, Injectable } from '@nestjs/common';
import { isOfRepository } from '@skein/domain-template';
import { Postgres } from '@skein/postgres';
import { freezeItems } from '@skein/sources';
import { waitForOutsideMs, waitForTurn, Wants, type ClaimedWant } from '@skein/task';
import { AskedReferences, type AskedReference, type Settlement } from './asked-references.js';
import { CachedSources } from './cached-sources.js';
import { FREEZING, type Freezing } from './freezing.js';
import { RenderConfig } from './render.config.js';
import { RenderView } from './render.view.js';
import { inWords } from './rendering.js';

interface Waiting {
  readonly waiting: string;
  readonly busy: boolean;
}

/** Fetches and freezes what devices wait for; no transaction is open meanwhile. */
@Injectable()
export class ReferenceFetcher {
  private readonly wants = new Wants('render');

  constructor(
    private readonly postgres: Postgres,
    private readonly view: RenderView,
    private readonly asked: AskedReferences,
    private readonly sources: CachedSources,
    @Inject(FREEZING) private readonly freezing: Freezing,
    private readonly config: RenderConfig,
  ) {}

  async fetch(want: ClaimedWant, signal: AbortSignal): Promise<void> {
    const reference = await this.asked.open(want);
    if (!reference) return;
    if (!reference.settled) {
      const found = await this.freeze(want.org, reference, signal);
      if ('waiting' in found) return this.postpone(want, found);
      await this.asked.settle(want, found, reference.askedNumber);
    }
    await this.asked.release(want);
  }

  private async freeze(
    org: string,
    asked: AskedReference,
    signal: AbortSignal,
  ): Promise<Settlement | Waiting> {
    const { request } = asked;
    const names = isOfRepository(request) ? [request.repository] : [];
    const repositories = await this.view.repositories.named(this.postgres, org, names);
    const source = await this.sources.of(org, asked);
    const context = { ...this.freezing, source, org, repositories, signal };
    const attempt = await freezeItems([request], context);
    const [problem] = attempt.problems;
    if (problem) return { problem: problem.message };
    if (attempt.waiting.length > 0) {
      return { waiting: inWords(attempt.waiting), busy: attempt.busy };
    }
    return { frozen: Object.values(attempt.frozen)[0]! };
  }

  private async postpone(want: ClaimedWant, { waiting, busy }: Waiting): Promise<void> {
    const wait = busy
      ? waitForTurn()
      : { delayMs: waitForOutsideMs(want, this.config.retryBaseMs) };
    await this.wants.postpone(this.postgres, want, { ...wait, reason: waiting });
  }
}
