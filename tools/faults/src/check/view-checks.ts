import type { Check } from './checks.js';
import { gatewayViews } from './views/gateway-views.js';
import { renderViews } from './views/render-views.js';
import { repoViews } from './views/repository-views.js';
import { rolloutViews } from './views/rollout-views.js';
import { selectorViews } from './views/selector-views.js';
import { validationViews } from './views/validation-views.js';
import { mustEqual, type View } from './views/view.js';

/** The tables of all services that follow from the log. */
export const views: readonly View[] = [
  ...gatewayViews,
  ...selectorViews,
  ...validationViews,
  ...rolloutViews,
  ...renderViews,
  ...repoViews,
];

/** What must not be there once everything is done. */
export const viewChecks: readonly Check[] = views.map(mustEqual);
