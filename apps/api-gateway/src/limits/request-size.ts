/** What a request may have at the most, at either door. */
export const REQUEST_LIMIT_BYTES = 1024 * 1024;

/** As messages say it. */
export const REQUEST_LIMIT = '1 MiB';
