import { UPDATED_STATUS } from './updated-status.js';

const reported = (part: string): string =>
  `coalesce(s.status -> '${part}' ->> 'status', 'Unknown')`;

/** The statuses of a device in SQL, as it is shown; the tables are those of {@link UPDATED_STATUS}. */
export const DEVICE_STATUSES = {
  updated: UPDATED_STATUS,
  summary: reported('summary'),
  application: reported('applicationsSummary'),
  lifecycle: reported('lifecycle'),
};
