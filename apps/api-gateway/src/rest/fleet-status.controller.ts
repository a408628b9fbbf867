import { Body, Controller, Get, Param, Patch, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Fleet } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import { FleetsService } from '../resources/fleets.service.js';
import { withPatchedStatus, type Patch as PatchDocument } from '../resources/patch/patched.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { CheckedBody } from './checked-body.js';
import { Answers } from './documented.js';
import { Patches } from './documented-writes.js';
import { FromPatch } from './patch-body.js';

/** The status of a fleet, which Skein alone says: a write is taken if it changes nothing. */
@ApiTags('fleets')
@Controller('api/v1/fleets/:name/status')
export class FleetStatusController {
  constructor(private readonly fleets: FleetsService) {}

  @Get()
  @Needs('get', 'fleets/status')
  @Answers(Fleet)
  read(@FromCaller() caller: Caller, @Param('name') name: string): Promise<Fleet> {
    return this.fleets.read(caller, name, {});
  }

  @Put()
  @Needs('update', 'fleets/status')
  @Answers(Fleet)
  replace(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Body(CheckedBody) { status }: Fleet,
  ): Promise<Fleet> {
    return this.fleets.requireStatus(caller, name, () => status);
  }

  @Patch()
  @Needs('patch', 'fleets/status')
  @Patches(Fleet)
  patch(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @FromPatch() patch: PatchDocument,
  ): Promise<Fleet> {
    return this.fleets.requireStatus(
      caller,
      name,
      (shown) => withPatchedStatus(Fleet, shown, patch).status,
    );
  }
}
