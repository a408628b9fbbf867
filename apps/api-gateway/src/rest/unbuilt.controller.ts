import { All, Controller, Delete, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { RefusedRequest } from '../resources/refused-request.js';
import { NeedsIdentity } from '../rights/needs.js';

/** Kinds and actions of Flight Control's API that Skein does not have: whole paths. */
const paths = [
  'auth/:provider/token',
  'authproviders',
  'authproviders/:name',
  'certificatesigningrequests',
  'certificatesigningrequests/:name',
  'certificatesigningrequests/:name/approval',
  'deviceactions/resume',
  'devices/:name/applications/:application/actions/:action',
  'devices/:name/decommission',
  'enrollmentconfig',
  'enrollmentrequests',
  'enrollmentrequests/:name',
  'enrollmentrequests/:name/approval',
  'enrollmentrequests/:name/status',
  'fleets/:name/applications/:application/actions/:action',
  'repositories/:name/check-oci-image',
  'repositories/:name/check-oci-tag',
  'resourcesyncs',
  'resourcesyncs/:name',
  'ws/v1/devices/:name/applications/:application/console',
  'ws/v1/devices/:name/console',
];

/** Better refused by name than taken for a mistake in the path. */
@ApiExcludeController()
@NeedsIdentity()
@Controller('api/v1')
export class UnbuiltController {
  @All(paths)
  all(@Req() request: FastifyRequest): never {
    return this.refuse(request);
  }

  @Delete('fleets/:fleet/templateversions/:name')
  remove(@Req() request: FastifyRequest): never {
    return this.refuse(request);
  }

  private refuse({ method, url }: FastifyRequest): never {
    const [path] = url.split('?');
    throw new RefusedRequest('unsupported', `${method} ${path}: not supported yet`);
  }
}
