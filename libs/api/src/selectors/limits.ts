/** How large a selector may be, whatever it says. */
export const MAX_REQUIREMENTS = 100;
/** In all of its requirements together. */
export const MAX_VALUES = 1_000;
/** In UTF-8. */
export const MAX_BYTES = 8 * 1_024;
