/**
 * What the replayer does to a stream, each as one atomic script. `KEYS[1]` is the
 * stream; ids are numbers, written `<number>-0`. An entry has one field: its name is the event's id, its
 * value the event. Every string more would cost whoever reads it as much again as parsing the event.
 */

/** Answers false, or: group there, last id, first id, event id of the last entry, length. */
export const INSPECT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local group = 0
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  for i = 1, #info, 2 do
    if info[i] == 'name' and info[i + 1] == ARGV[1] then group = 1 end
  end
end
local stream = redis.call('XINFO', 'STREAM', KEYS[1])
local last
for i = 1, #stream, 2 do
  if stream[i] == 'last-generated-id' then last = stream[i + 1] end
end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
return {
  group, last,
  first[1] and first[1][1] or '',
  newest[1] and newest[1][1] or '',
  newest[1] and newest[1][2][1] or '',
  redis.call('XLEN', KEYS[1]),
}`;

/** Answers id and bytes of each entry. ARGV: first id, last id, how many. */
export const MEASURE = `
local sizes = {}
for at, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])) do
  local bytes = 0
  for i = 1, #entry[2] do bytes = bytes + #entry[2][i] end
  sizes[at] = { entry[1], bytes }
end
return sizes`;

/** Makes the stream with its group at the start point; does nothing if there is one. ARGV: group, start id. */
export const SET_UP = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM', 'ENTRIESREAD', 0)
redis.call('XSETID', KEYS[1], ARGV[2])
return 1`;

/** Deletes a damaged stream, but only the one that was looked at. ARGV: last id, first id (empty without entries). */
export const DELETE_DAMAGED = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local stream = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #stream, 2 do
  if stream[i] == 'last-generated-id' and stream[i + 1] ~= ARGV[1] then return 0 end
end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
if (first[1] and first[1][1] or '') ~= ARGV[2] then return 0 end
return redis.call('DEL', KEYS[1])`;

/**
 * Compare-and-append: only if the stream exists and its last id is the one that was read.
 * ARGV: that id, then id, event id and event of each entry. Answers the last id, or false.
 */
export const APPEND = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local stream = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #stream, 2 do
  if stream[i] == 'last-generated-id' and stream[i + 1] ~= ARGV[1] then return false end
end
for i = 2, #ARGV, 3 do
  redis.call('XADD', KEYS[1], ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
return ARGV[#ARGV - 2]`;

/** What the group has: last delivered id and smallest pending id (empty without), or false. ARGV: group. */
export const DELIVERED = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local fields = {}
  for i = 1, #info, 2 do fields[info[i]] = info[i + 1] end
  if fields['name'] == ARGV[1] then
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1])
    return { fields['last-delivered-id'], pending[2] or '' }
  end
end
return false`;

/** For the figures: entries, pending, smallest pending id and its idle time in ms (empty without), or false. ARGV: group. */
export const LOOK = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local fields = {}
  for i = 1, #info, 2 do fields[info[i]] = info[i + 1] end
  if fields['name'] == ARGV[1] then
    local oldest = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1)[1]
    return {
      redis.call('XLEN', KEYS[1]), fields['pending'],
      oldest and oldest[1] or '', oldest and oldest[3] or 0,
    }
  end
end
return false`;
