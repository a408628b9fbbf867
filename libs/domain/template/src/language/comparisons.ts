import type { Call } from './call.js';
import type { Value } from './values.js';
import { typeName } from './values.js';

function checkComparable(left: Value, right: Value, call: Call): void {
  if (typeof left === 'object' || typeof right === 'object') {
    call.fail('template-type', 'maps cannot be compared');
  }
  if (typeof left !== typeof right) {
    call.fail('template-type', `${typeName(left)} cannot be compared with ${typeName(right)}`);
  }
}

export function equal(left: Value, right: Value, call: Call): boolean {
  checkComparable(left, right, call);
  if (typeof left === 'string') call.spend(left.length);
  return left === right;
}

/** Below, at or above zero. Texts are ordered by their UTF-8 bytes. */
export function compare(left: Value, right: Value, call: Call): number {
  checkComparable(left, right, call);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') {
    call.spend(left.length + right.length);
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return call.fail('template-type', 'truth values have no order');
}
