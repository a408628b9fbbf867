import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';
import type { Loose } from '../json-client.js';
import type { Extensions } from './extensions.js';
import { jsonSchemas, NOTED, schemaIn, type Direction } from './schemas.js';

/** What is wrong with values, by the schemas of a document. */
export class SchemaValidators {
  private readonly ajv: Ajv2019;
  private readonly validators = new Map<string, ValidateFunction>();

  /** @param note is told of each entry of the extensions that is used */
  constructor(document: Loose, extensions: Extensions, note: (entry: string) => void) {
    this.ajv = new Ajv2019({ strict: false, allErrors: true });
    formats.default(this.ajv);
    const validate = (entry: string) => {
      note(entry);
      return true;
    };
    this.ajv.addKeyword({ keyword: NOTED, validate, errors: false });
    for (const direction of ['request', 'response'] as const) {
      this.ajv.addSchema(jsonSchemas(document, extensions, direction));
    }
  }

  /** @param schema one that stands in the paths of the document */
  faults(direction: Direction, schema: Loose, value: unknown): string[] {
    const key = `${direction} ${JSON.stringify(schema)}`;
    const known = this.validators.get(key);
    const validate = known ?? this.ajv.compile(schemaIn(direction, schema));
    this.validators.set(key, validate);
    if (validate(value)) return [];
    return validate.errors!.map(({ instancePath, message, params }) => {
      return `${instancePath || 'it'} ${message} ${JSON.stringify(params)}`;
    });
  }
}
