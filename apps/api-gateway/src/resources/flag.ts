import { RefusedRequest } from './refused-request.js';

/**
 * A parameter that is true or false, and false when it is absent.
 * @throws RefusedRequest
 */
export function flag(name: string, text: unknown = 'false'): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new RefusedRequest('invalid', `${name}: must be true or false`);
}
