import { joinUrl } from './http/join-url.js';
import { SourceError } from './source-error.js';
import type { HttpRequest } from './source.js';

/** From where a request is answered, when nothing redirects it. @throws SourceError */
export function urlOf({ repository, suffix }: HttpRequest): string {
  try {
    return joinUrl(repository.url, suffix).href;
  } catch (error) {
    throw error instanceof SourceError ? error.about(`Repository "${repository.name}"`) : error;
  }
}
