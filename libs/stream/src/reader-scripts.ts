/**
 * What a consumer does to its group, each as one atomic script: between a look and a deed
 * a peer could claim, or an entry be delivered. `KEYS[1]` is the stream; `ARGV[1]` the group,
 * `ARGV[2]` the consumer.
 */

/**
 * Takes over entries that were idle for too long. ARGV: idle ms, cursor, count.
 * Answers the next cursor, the entries, how often each was delivered (this time
 * included), and ids that are pending but no longer in the stream.
 */
export const CLAIM = `
local claimed = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], 'COUNT', ARGV[5])
local deliveries = {}
for i, entry in ipairs(claimed[2]) do
  deliveries[i] = redis.call('XPENDING', KEYS[1], ARGV[1], entry[1], entry[1], 1)[1][4]
end
return { claimed[1], claimed[2], deliveries, claimed[3] }`;

/** Says that the consumer still has these entries: only those that are its own. ARGV: ids. Answers how many. */
export const RENEW = `
local own = 0
for i = 3, #ARGV do
  if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2]) > 0 then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'IDLE', 0, 'JUSTID')
    own = own + 1
  end
end
return own`;

/**
 * Leaves the group. What is still pending can be claimed at once, and, unless it was begun,
 * as if it had never been delivered; deleting a consumer that has pending entries would lose
 * them. ARGV: idle ms from which peers claim, ids that were begun. Answers how many are handed over.
 */
export const LEAVE = `
local begun = {}
for i = 4, #ARGV do begun[ARGV[i]] = true end
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 100000, ARGV[2])
if #pending == 0 then
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
  return 0
end
for _, entry in ipairs(pending) do
  local deliveries = begun[entry[1]] and entry[4] or math.max(entry[4] - 1, 0)
  redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, entry[1],
    'IDLE', ARGV[3], 'RETRYCOUNT', deliveries, 'JUSTID')
end
return #pending`;

/** Deletes consumers that gave no sign of life and have nothing pending. ARGV: idle ms. Answers their number. */
export const FORGET_DEAD = `
local forgotten = 0
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #info, 2 do consumer[info[i]] = info[i + 1] end
  if consumer.name ~= ARGV[2] and consumer.pending == 0 and consumer.idle > tonumber(ARGV[3]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
    forgotten = forgotten + 1
  end
end
return forgotten`;
