import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescService,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const generated = new URL('../generated/skein.v1.binpb', import.meta.url);
const files = fromBinary(FileDescriptorSetSchema, readFileSync(generated));
const registry = createFileRegistry(files);

/** The services of `skein.v1`. */
export const services: readonly DescService[] = [...registry].filter(
  (type): type is DescService => type.kind === 'service',
);

/** The message types of `skein.v1`. */
export const messageTypes: readonly DescMessage[] = [...registry].filter(
  (type): type is DescMessage => type.kind === 'message' && type.typeName.startsWith('skein.v1.'),
);

/** The protos with what they import, as server reflection hands them out. */
export const fileDescriptors: readonly Uint8Array[] = files.file.map((file) =>
  toBinary(FileDescriptorProtoSchema, file),
);
