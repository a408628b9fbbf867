import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';

/** A JSON object. */
export type Document = { [member: string]: unknown };

const MARKER = 'empty_members';

/** Where a message says which of its lists and maps are there without content. */
export const markerOf = ({ fields }: DescMessage): DescField | undefined =>
  fields.find(({ name }) => name === MARKER);

/** The fields that are members of the document. */
export const membersOf = ({ fields }: DescMessage): readonly DescField[] =>
  fields.filter(({ name }) => name !== MARKER);

/** Whether the wire cannot tell the field's zero from its absence: it is always there. */
export const isImplicit = ({ presence }: DescField): boolean =>
  presence === FeatureSet_FieldPresence.IMPLICIT;

export const isCollection = ({ fieldKind }: DescField): boolean =>
  fieldKind === 'list' || fieldKind === 'map';
