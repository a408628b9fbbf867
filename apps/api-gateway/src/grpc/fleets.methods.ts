import { Controller } from '@nestjs/common';
import { Fleet } from '@skein/api';
import { FleetsService } from '../resources/fleets.service.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { resourceMethods } from './resource-methods.js';

const FLEETS = { type: Fleet, kind: 'Fleet', plural: 'Fleets', resource: 'fleets' } as const;

@Controller()
export class FleetMethods extends resourceMethods(FLEETS) {
  constructor(fleets: FleetsService, watches: WatchService) {
    super(fleets, watches);
  }
}
