import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { Device, Fleet, Repository } from '@skein/api';
import { check } from '../resources/check.js';

/** Reads a body as the class that the handler's parameter names. */
@Injectable()
export class CheckedBody implements PipeTransform {
  transform(body: unknown, { metatype }: ArgumentMetadata): unknown {
    return check(metatype as new () => Device | Fleet | Repository, body);
  }
}
