import type { DeviceSpec } from '@skein/api';
import { Column, Entity } from 'typeorm';
import { NamedRow } from './named-row.js';

@Entity({ schema: 'gateway', name: 'devices' })
export class DeviceRow extends NamedRow {
  /** Null while the device has no spec of its own. */
  @Column({ type: 'json', nullable: true })
  spec: DeviceSpec | null;
}
