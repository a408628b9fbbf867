import type { FleetSpec } from '@skein/api';
import { Column, Entity } from 'typeorm';
import { NamedRow } from './named-row.js';

@Entity({ schema: 'gateway', name: 'fleets' })
export class FleetRow extends NamedRow {
  @Column({ type: 'json', nullable: true })
  selector: NonNullable<FleetSpec['selector']> | null;

  @Column({ type: 'json' })
  template: FleetSpec['template'];

  @Column({ name: 'rollout_policy', type: 'json', nullable: true })
  rolloutPolicy: NonNullable<FleetSpec['rolloutPolicy']> | null;

  /** The generation that brought the template. */
  @Column({ name: 'template_generation', type: 'bigint' })
  templateGeneration: number;
}
