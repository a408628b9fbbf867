import { Log1800000000000 } from './1-log.js';
import { Figures1800000000001 } from './2-figures.js';
import { QuietRounds1800000000002 } from './3-quiet-rounds.js';
import { Partitions1800000000003 } from './4-partitions.js';
import { Keys1800000000004 } from './5-keys.js';
import { Settled1800000000005 } from './6-settled.js';
import { Concerned1800000000006 } from './7-concerned.js';
import { KvFigures1800000000007 } from './8-kv-figures.js';

/** The migrations of the schema `log`, oldest first. */
export const logMigrations = [
  Log1800000000000,
  Figures1800000000001,
  QuietRounds1800000000002,
  Partitions1800000000003,
  Keys1800000000004,
  Settled1800000000005,
  Concerned1800000000006,
  KvFigures1800000000007,
];
