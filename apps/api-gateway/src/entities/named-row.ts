import { Column, PrimaryColumn } from 'typeorm';

/** The columns that every kind of resource has. */
export abstract class NamedRow {
  @PrimaryColumn({ type: 'uuid' })
  org: string;

  @PrimaryColumn({ type: 'uuid' })
  uid: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'jsonb' })
  labels: Record<string, string>;

  @Column({ type: 'bigint' })
  generation: number;

  /** The version of the subject in the log. */
  @Column({ type: 'bigint' })
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false, update: false })
  createdAt: Date;
}
