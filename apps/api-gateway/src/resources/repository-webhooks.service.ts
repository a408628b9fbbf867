import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SealError, SealedStore, Sealer } from '@skein/blobs';
import {
  newUid,
  repositoryPushReported,
  repositoryWebhookUpdated,
  type NewEvent,
} from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';
import { attempt } from './attempt.js';
import { originOf, type Caller } from './caller.js';
import { OrganisationDatabases } from './organisation-database.js';
import { RefusedRequest } from './refused-request.js';
import { isPush, isSigned, type Headers } from './webhook-signature.js';

interface Row {
  readonly org: string;
  readonly uid: string;
  readonly name: string;
  /** Id of the sealed secret. */
  readonly webhook: string | null;
}

export interface Delivery {
  readonly headers: Headers;
  /** As it came: it is signed byte by byte, and not read. */
  readonly body: Buffer;
}

const FIND =
  'select org, uid, name, webhook from gateway.repositories where org = $1 and name = $2';
const SAVE = `
update gateway.repositories set webhook = $3, version = version + 1 where org = $1 and uid = $2`;

/** A secret of a webhook is sealed for itself: as a repository's credentials it cannot be opened. */
const bindingOf = ({ org, uid }: Row) => ({ org, uid: `${uid}/webhook` });

/** Deliveries of repositories' servers, and the secrets by which they are known. */
@Injectable()
export class RepositoryWebhooksService {
  constructor(
    private readonly organisations: OrganisationDatabases,
    private readonly sealer: Sealer,
  ) {}

  /** From now on deliveries that know this secret are taken, and no others. */
  set(caller: Caller, name: string, secret: string): Promise<void> {
    return this.change(caller, name, async (transaction, row) => {
      if ((await this.open(transaction, row)) === secret) return row.webhook;
      const id = newUid();
      const sealed = this.sealer.seal(bindingOf(row), Buffer.from(secret));
      await new SealedStore(transaction).put(transaction, { org: row.org, id }, sealed);
      return id;
    });
  }

  /** No deliveries are taken any more. */
  remove(caller: Caller, name: string): Promise<void> {
    return this.change(caller, name, () => Promise.resolve(null));
  }

  /**
   * Notes that something was pushed; it is looked for soon, once for however many deliveries.
   * @returns false when the delivery is about something else
   * @throws RefusedRequest the same one for a wrong signature, and where there is no such repository or no secret:
   *   who does not know the secret learns nothing, and takes as long to learn it
   */
  async deliver(caller: Caller, name: string, { headers, body }: Delivery): Promise<boolean> {
    const row = await this.find(caller, name);
    const secret = row && (await this.open(this.organisations.of(row.org), row));
    const known = isSigned(headers, body, secret ?? randomBytes(32).toString('hex'));
    if (!row || secret === undefined || !known) {
      throw new RefusedRequest('unauthorized', 'the delivery is not signed as it must be');
    }
    if (!isPush(headers)) return false;
    const origin = originOf({ ...caller, actor: 'webhook' });
    const { org, uid: subject } = row;
    const event = { definition: repositoryPushReported, org, subject, data: { name }, origin };
    await attempt(() =>
      this.organisations
        .of(org)
        .commit(() => Promise.resolve({ events: [event], result: () => undefined })),
    );
    return true;
  }

  private async find({ org }: Caller, name: string): Promise<Row | undefined> {
    // A text that PostgreSQL does not take is no name.
    if (name.includes('\0')) return undefined;
    const [row] = await this.organisations.of(org).query<Row>(FIND, [org, name]);
    return row;
  }

  private change(
    caller: Caller,
    name: string,
    next: (transaction: Transaction, row: Row) => Promise<string | null>,
  ): Promise<void> {
    return attempt(() =>
      this.organisations.of(caller.org).commit(async (transaction) => {
        const [row] = await transaction.query<Row>(`${FIND} for no key update`, [caller.org, name]);
        if (!row) throw RefusedRequest.notFound('Repository', name);
        const webhook = await next(transaction, row);
        const events: NewEvent[] = [];
        if (webhook !== row.webhook) {
          await transaction.query(SAVE, [row.org, row.uid, webhook]);
          const { org, uid: subject } = row;
          const said = { definition: repositoryWebhookUpdated, org, subject, data: { webhook } };
          events.push({ ...said, origin: originOf(caller) });
        }
        return { events, result: () => undefined };
      }),
    );
  }

  /** Undefined when there is none, or the key that sealed it is gone: then it must be set anew. */
  private async open(database: Queryable, row: Row): Promise<string | undefined> {
    if (row.webhook === null) return undefined;
    const sealed = await new SealedStore(database).get({ org: row.org, id: row.webhook });
    try {
      return sealed && this.sealer.open(bindingOf(row), sealed).toString();
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }
}
