import { decideMatches, type FleetIndex } from '@skein/domain-selector';
import { MAX_BATCH_EVENT_BYTES, MAX_MEMBERS, type MatchedDevice } from '@skein/events';
import type { KnownDevice } from './selector.view.js';

/** More names than that help nobody, and would let one device outgrow an event. */
const MAX_NAMES = 100;
/** Leaves room for what surrounds the members. */
const MAX_BYTES = MAX_BATCH_EVENT_BYTES - 1_024;

function isNews(device: KnownDevice, answer: MatchedDevice): boolean {
  return (
    device.matchedLabelsVersion !== answer.labelsVersion ||
    device.owner !== answer.owner ||
    device.multipleOwners.join() !== answer.multipleOwners.join()
  );
}

/** More than an answer without names has. */
const PLAIN_BYTES = 160;

function bytesOf(answer: MatchedDevice): number {
  if (answer.multipleOwners.length === 0) return PLAIN_BYTES;
  return Buffer.byteLength(JSON.stringify(answer)) + 1;
}

/** The answer for each device that is wanted, or for which there is something new to say. */
export function answersFor(
  devices: readonly KnownDevice[],
  fleets: FleetIndex,
  wanted: ReadonlySet<string>,
): MatchedDevice[] {
  return decideMatches(devices, fleets)
    .map(({ device, owner, labelsVersion, multipleOwners }) => ({
      device,
      owner,
      labelsVersion,
      multipleOwners: multipleOwners.slice(0, MAX_NAMES),
    }))
    .filter((answer, index) => wanted.has(answer.device) || isNews(devices[index]!, answer));
}

/** The answers in portions, each of which fits into one event. */
export function* portions(answers: readonly MatchedDevice[]): Generator<MatchedDevice[]> {
  let portion: MatchedDevice[] = [];
  let bytes = 0;
  for (const answer of answers) {
    const more = bytesOf(answer);
    if (portion.length === MAX_MEMBERS || (portion.length > 0 && bytes + more > MAX_BYTES)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(answer);
    bytes += more;
  }
  if (portion.length > 0) yield portion;
}
