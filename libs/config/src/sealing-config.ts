import { IsArray, Matches } from 'class-validator';
import { SEALING_KEY_PATTERN, sealingKeyOf } from './sealing-key.js';
import { WorkerConfig } from './service-config.js';
import { FromEnvironment } from './setting.js';

/** What a service needs on top that seals secrets, or opens them. */
export class SealingConfig extends WorkerConfig {
  @FromEnvironment(
    'SKEIN_SEALING_KEY',
    'the key that seals credentials and secrets: base64 of 32 bytes',
  )
  @Matches(SEALING_KEY_PATTERN)
  sealingKey: string;

  @FromEnvironment(
    'SKEIN_SEALING_PREVIOUS_KEYS',
    'former keys, which only open what they sealed: comma-separated',
  )
  @IsArray()
  @Matches(SEALING_KEY_PATTERN, { each: true })
  sealingPreviousKeys: string[] = [];

  /** As libs/blobs takes it. */
  get sealingKeys() {
    return {
      current: sealingKeyOf(this.sealingKey),
      previous: this.sealingPreviousKeys.map(sealingKeyOf),
    };
  }
}
