import { rateOf, type Rate } from '../../rate.js';
import type { Bench } from '../../scenario.js';
import { openDoors, type Door, type DoorName, type Doors } from './doors.js';
import { FanOut, type Spread } from './fan-out.js';
import { PREFIX, type Load, type LoadName } from './loads.js';
import { requireSameAnswers } from './same-answers.js';
import { requireSameRows } from './same-rows.js';

const COUNTS: Readonly<Record<LoadName, number>> = {
  get: 4_000,
  list: 400,
  create: 1_500,
  patch: 1_500,
};
/** Of what is measured, so much goes before; the first time as often as it takes until all is compiled. */
const WARM_UP = { first: 3, later: 0.25 };

/** What one kind of request costs at both doors. */
export type Pair = Readonly<Record<DoorName, Rate>>;

/** Both doors in turn, over devices that were made through both. */
export class DoorTurns {
  private readonly fanOut: FanOut;
  private readonly compiled = new Set<string>();
  private turns = 0;
  private readonly pairs = new Map<LoadName, number>();

  private constructor(
    private readonly bench: Bench,
    private readonly doors: Doors,
    private readonly devices: number,
  ) {
    this.fanOut = new FanOut(bench, doors, devices);
  }

  static async prepare(bench: Bench): Promise<DoorTurns> {
    const turns = new DoorTurns(bench, await openDoors(bench), bench.devices!);
    await turns.fill();
    await requireSameAnswers(turns.doors);
    await requireSameRows(turns.doors);
    return turns;
  }

  /** One after the other; who comes first changes from run to run. */
  async pair(part: LoadName): Promise<Pair> {
    const { skein, bare } = this.doors;
    const turn = (door: Door) => this.turn(door, part);
    const before = this.pairs.get(part) ?? 0;
    this.pairs.set(part, before + 1);
    if (before % 2 === 0) return { skein: await turn(skein), bare: await turn(bare) };
    const first = await turn(bare);
    return { skein: await turn(skein), bare: first };
  }

  watch(): Promise<Spread> {
    return this.fanOut.turn();
  }

  private async fill(): Promise<void> {
    const half = Math.floor(this.devices / 2);
    const load = { part: 'create', devices: this.devices, prefix: PREFIX } as const;
    const { skein, bare, pool } = this.doors;
    await Promise.all([
      ask(skein, { ...load, from: 0, count: half }),
      ask(bare, { ...load, from: half, count: this.devices - half }),
    ]);
    await pool.query('vacuum analyze');
    this.bench.say(`${this.devices} devices`);
  }

  private isFirst({ name }: Door, part: LoadName): boolean {
    const before = this.compiled.size;
    return this.compiled.add(`${name} ${part}`).size > before;
  }

  private async turn(door: Door, part: LoadName): Promise<Rate> {
    const count = COUNTS[part];
    const load = { part, devices: this.devices, prefix: `made-${(this.turns += 1)}` };
    const first = Math.ceil(count * WARM_UP[this.isFirst(door, part) ? 'first' : 'later']);
    await ask(door, { ...load, from: 0, count: first });
    const processes = {
      ...{ server: door.server.pid, postgres: this.bench.servers.processes.postgres },
      requester: door.requester.pid,
    };
    return rateOf(count, processes, () => ask(door, { ...load, from: first, count }));
  }
}

const ask = ({ requester }: Door, load: Load) => requester.call<void>('run', load);
