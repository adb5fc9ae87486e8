-- Takes from a bucket that refills steadily. KEYS[1] holds when nothing of the burst is used any more, in microseconds.
-- ARGV  now, or '' for Redis's own clock; the time of one, in microseconds; the burst; how many are wanted; how many more
--       are taken ahead where at least half of the burst remains.
-- Returns how many were taken ahead, and how long to wait: 0, or nothing was taken.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local every, burst, wanted, ahead = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
if free - now + (wanted + ahead) * every > burst * every / 2 then
  ahead = 0
end
-- More than the burst needs room for all of it, and counts in full.
local wait = free + (math.min(wanted, burst) + ahead) * every - now - burst * every
if wait > 0 then
  return { 0, wait }
end
free = free + (wanted + ahead) * every
-- It is kept for a minute longer than it says anything, since clocks differ.
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000) + 60000)
return { ahead, 0 }
