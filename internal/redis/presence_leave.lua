-- ARGV  the client; its entry in the person's index. Returns 1 if the client was there, or 0.
local client, entry = ARGV[6], ARGV[7]
sweep()
local there = redis.call('HEXISTS', SHOWN, client)
if there == 1 then
  drop(client)
end
redis.call('ZADD', LEFT, now + remembered, client)
outlive(LEFT, LEFT)
redis.call('ZREM', KEYS[6], entry)
tell()
return there
