import { Text, Whole } from './property.js';
import { API_VERSION } from './metadata.js';

/** The answer to what has no resource to answer with: a deletion, or an error. */
export class Status {
  @Text()
  apiVersion: string;

  @Text({ oneOf: ['Status'] })
  kind: 'Status';

  @Text({ oneOf: ['Success', 'Failure'] })
  status: 'Success' | 'Failure';

  @Whole({ description: 'The HTTP status code.' })
  code: number;

  @Text({ description: 'One word, for programs.' })
  reason: string;

  @Text({ description: 'A sentence, for people.' })
  message: string;
}

/** @param code the HTTP status code, which decides between success and failure */
export function statusOf(code: number, reason: string, message: string): Status {
  const status = code < 400 ? 'Success' : 'Failure';
  return { apiVersion: API_VERSION, kind: 'Status', status, code, reason, message };
}
