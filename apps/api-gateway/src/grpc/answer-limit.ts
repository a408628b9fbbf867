/** What clients of gRPC take by default: a larger answer would be refused by the client. */
export const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;
