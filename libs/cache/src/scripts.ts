/** What the cache does in Redis, each as one atomic script. */

/**
 * The value, or the right to fetch it. KEYS: key, lease. ARGV: token of whoever asks, ms that the right lasts.
 * Answers the value; 1: it is yours to fetch; 0: somebody else fetches it.
 */
export const ASK = `
local found = redis.call('GET', KEYS[1])
if found then return found end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0`;

/** Keeps the right while it is one's own. KEYS: lease. ARGV: token, ms. */
export const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** Gives the right back, so that the next one may try. KEYS: lease. ARGV: token. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/**
 * Sets the value unless there is one, and lists its key; the first to write wins. KEYS: key, lease, list.
 * ARGV: token, value, ms until it expires, repository. Answers the value that was there, or nothing.
 */
export const AGREE = `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
local found = redis.call('GET', KEYS[1])
if found then return found end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('HSET', KEYS[3], KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return false`;

/**
 * Deletes the listed keys of a repository, some at a time. KEYS: list. ARGV: cursor, repository.
 * Answers the next cursor, 0 at the end.
 */
export const DROP = `
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 500)
for i = 1, #page[2], 2 do
  if page[2][i + 1] == ARGV[2] then
    redis.call('UNLINK', page[2][i])
    redis.call('HDEL', KEYS[1], page[2][i])
  end
end
return page[1]`;

/** Deletes a value that cannot be read, unless it is another by now. KEYS: key. ARGV: the value. */
export const FORGET = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])`;
