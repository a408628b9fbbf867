import * as fc from 'fast-check';
import type { FuzzAnswer, FuzzClient } from './client.js';
import { operationsOf, weightOf, type Operation } from './document.js';
import { faultsIn, type Documents } from './judge.js';
import { Ledger } from './ledger.js';
import { plansFor, requestOf, strangers, type FuzzRequest, type Plan } from './plan.js';
import type { FuzzStage } from './stage.js';
import { SchemaValues } from './values.js';

type Loose = ReturnType<typeof JSON.parse>;

interface Parts {
  readonly stage: FuzzStage;
  readonly client: FuzzClient;
  readonly documents: Documents;
  /** The gateway's own document. */
  readonly document: Loose;
  readonly seed: number;
}

/** Nobody needs to say who they are there. */
const OPEN = /^(GET \/api\/v1\/(version|auth\/config)|POST .*\/webhook|GET \/(health|metrics))/;

/** What takes more than a document says: what Skein itself says of a fleet, and the signature of a delivery. */
const PROVEN = ['PUT /api/v1/fleets/{name}/status', 'POST /api/v1/repositories/{name}/webhook'];

const shown = ({ method, target, headers, body }: FuzzRequest) =>
  [
    `${method} ${target.slice(0, 500)}`,
    JSON.stringify(headers).slice(0, 500),
    body?.toString().slice(0, 1_000) ?? '',
  ].join('\n');

/** Requests to every operation of the document, one after the other: the same seed sends the same. */
export class FuzzRun {
  sent = 0;
  private readonly succeeded = new Set<string>();
  private readonly operations: readonly Operation[];
  private readonly values: SchemaValues;

  constructor(private readonly parts: Parts) {
    this.operations = operationsOf(parts.document);
    this.values = new SchemaValues(parts.document.components.schemas);
  }

  /** Resolves with how many operations there are, and a report on each that went wrong. */
  async all(requests: number): Promise<{ operations: number; faults: string[] }> {
    const whole = this.operations.reduce((sum, one) => sum + weightOf(one), 0);
    const faults: string[] = [];
    for (const operation of this.operations) {
      const share = Math.ceil((requests * weightOf(operation)) / whole);
      const report = await this.of(operation, share);
      if (report) faults.push(`${operation.name}: ${report}`);
    }
    return { operations: this.operations.length, faults };
  }

  /** Operations that never did what they are for. */
  unsuccessful(): string[] {
    const names = this.operations.map(({ name }) => name);
    return names.filter((name) => !this.succeeded.has(name) && !PROVEN.includes(name));
  }

  private async of(operation: Operation, numRuns: number): Promise<string | undefined> {
    const { stage, seed } = this.parts;
    await stage.set();
    const ledger = new Ledger();
    const property = fc.asyncProperty(plansFor(operation, this.values), (plan) =>
      this.try(operation, plan, ledger),
    );
    const details = await fc.check(property, { seed, numRuns, interruptAfterTimeLimit: 60_000 });
    if (!details.failed) {
      const lost = await ledger.lost((path) => stage.call('GET', `/${path}`));
      return lost.length > 0 ? lost.join('; ') : undefined;
    }
    return `${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}`;
  }

  private async try(operation: Operation, plan: Plan, ledger: Ledger): Promise<void> {
    const { stage, client, documents } = this.parts;
    const request = requestOf(operation, plan, { resolve: stage.resolve, fresh: stage.fresh() });
    this.sent += 1;
    const answer = await client.send(request, stage.authorizationOf(plan.holder));
    stage.note(answer);
    ledger.note(request, answer);
    const isSpoiled = plan.faults.length > 0;
    const faults = [
      ...faultsIn({ request, answer, isSpoiled }, documents),
      ...trespasses(operation, plan, answer),
    ];
    if (faults.length > 0) throw new Error(`${faults.join('; ')}\n${shown(request)}`);
    if (answer.status < 300) this.succeeded.add(operation.name);
  }
}

function trespasses({ name }: Operation, { holder, faults }: Plan, { status }: FuzzAnswer) {
  const isStranger = (strangers as readonly string[]).includes(holder) && !OPEN.test(name);
  // A fault in the path or the method leads elsewhere.
  return isStranger && faults.length === 0 && status < 400 ? ['a stranger was let in'] : [];
}
