import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { openCounters, type OpenedCounters } from '@skein/cache';
import { GatewayConfig } from '../gateway.config.js';
import { RateLimits } from './rate-limits.js';

function settingsOf(config: GatewayConfig) {
  const { rateOfUsers, rateOfDevices, rateOfAnonymous, rateOfFailures, streamPrefix } = config;
  const rates = { user: rateOfUsers, device: rateOfDevices };
  return {
    perSecond: { ...rates, anonymous: rateOfAnonymous, failure: rateOfFailures },
    prefix: streamPrefix,
  };
}

/** The rates of the settings. Who needs no token is nobody to count. */
@Injectable()
export class ConfiguredRates extends RateLimits implements OnApplicationShutdown {
  private readonly opened: OpenedCounters | undefined;

  constructor(config: GatewayConfig) {
    const isOpen = config.authentication === 'none';
    const redis = { ...config.cacheRedis, name: 'skein-gateway-rates' };
    const opened = isOpen ? undefined : openCounters(redis);
    const none = { user: 0, device: 0, anonymous: 0, failure: 0 };
    const settings = settingsOf(config);
    super(opened?.counters, isOpen ? { ...settings, perSecond: none } : settings);
    this.opened = opened;
  }

  onApplicationShutdown(): void {
    this.close();
    this.opened?.close();
  }
}
