import { newUid } from '@skein/events';

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** The client's own id of the request, if it is fit to be logged and sent back, else one of ours. */
export function requestIdOf(given: unknown): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newUid();
}
