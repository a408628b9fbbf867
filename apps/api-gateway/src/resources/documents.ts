import type { BlobStore } from '@skein/blobs';
import { Batched } from './batched.js';
import { ByOrganisation } from './by-organisation.js';
import type { OrganisationDatabases } from './organisation-database.js';

interface Wanted {
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** Bytes of documents in one answer of PostgreSQL. */
const MOST_BYTES = 4 * 1_024 * 1_024;

/** Reads documents, for all who fetch theirs at the same time in an organisation with one statement. */
export class Documents {
  private readonly batches: ByOrganisation<Batched<Wanted, Buffer | undefined>>;

  constructor(blobs: BlobStore, organisations: OrganisationDatabases) {
    const read = async (org: string, wanted: readonly Wanted[]) => {
      const digests = new Set(wanted.map(({ digest }) => digest));
      const found = await blobs.getMany(org, [...digests], organisations.of(org));
      return wanted.map(({ digest }) => found.get(digest));
    };
    const settings = { weigh: ({ size }: Wanted) => size, mostWeight: MOST_BYTES };
    this.batches = new ByOrganisation(
      (org) => new Batched((wanted) => read(org, wanted), settings),
    );
  }

  /** Undefined when it is not there. */
  get(org: string, wanted: Wanted): Promise<Buffer | undefined> {
    return this.batches.of(org).get(wanted);
  }
}
