import type { RepositorySpec } from '@skein/api';
import { Column, Entity } from 'typeorm';
import { NamedRow } from './named-row.js';

@Entity({ schema: 'gateway', name: 'repositories' })
export class RepositoryRow extends NamedRow {
  /** As it is shown: its secrets are masked. */
  @Column({ type: 'json' })
  spec: RepositorySpec;

  /** Id of the sealed credentials. */
  @Column({ type: 'uuid', nullable: true })
  credentials: string | null;
}
