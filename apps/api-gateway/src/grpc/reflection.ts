import { ReflectionService } from '@grpc/reflection';
import { fileDescriptors, services } from '@skein/api';

/** Tells clients which services, methods and messages there are. */
export function reflection(): ReflectionService {
  const fileDescriptorProtos = fileDescriptors.map((bytes) => Buffer.from(bytes));
  const definition = {
    format: 'Protocol Buffer 3 DescriptorProto',
    type: {},
    fileDescriptorProtos,
  };
  const names = services.map(({ typeName }) => typeName);
  return new ReflectionService({ skein: definition } as never, { services: names });
}
