/**
 * Claims due messages.
 *
 * KEYS[1] zset: the shard's queue. KEYS[2] string: its mark, gone after a flush.
 * ARGV[1] now, ARGV[2] limit, ARGV[3] hidden until (instants in epoch ms).
 * Returns [mark exists (0 or 1), score of the next message after the claim ("" when none), member...].
 */
export const CLAIM_SCRIPT = `
local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(members) do
  redis.call('ZADD', KEYS[1], ARGV[3], member)
end
local head = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { redis.call('EXISTS', KEYS[2]), head[2] or '', unpack(members) }
`;

/**
 * Adds messages that are missing, and takes back to their instant those that are hidden for longer than anybody hides.
 *
 * KEYS[1] zset: the shard's queue.
 * ARGV[1] the latest instant that a message which is due may be hidden until; then score and member, pair by pair (epoch ms).
 * Returns how many messages were added or moved.
 */
export const RESTORE_SCRIPT = `
local count = 0
for index = 2, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[index + 1])
  local isStrayed = score and tonumber(score) > tonumber(ARGV[1]) and tonumber(score) > tonumber(ARGV[index])
  if not score or isStrayed then
    redis.call('ZADD', KEYS[1], ARGV[index], ARGV[index + 1])
    count = count + 1
  end
end
return count
`;
