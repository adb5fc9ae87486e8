-- ARGV  for how long; then for each person of KEYS: the client, its entry in the person's index, what it showed
--       when it was last seen, and since when.
local ttl = tonumber(ARGV[6])
sweep()
for i = 5, #KEYS do
  local at = 7 + (i - 5) * 4
  local client, entry, given, since = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local there = redis.call('HEXISTS', SHOWN, client) == 1
  if redis.call('ZSCORE', LEFT, client) then
    redis.call('ZADD', LEFT, now + remembered, client)
  elseif ttl <= 0 and there then
    local beats = read_beats(client)
    beats.holds[instance] = nil
    write_beats(client, beats)
  elseif ttl > 0 then
    local beats = read_beats(client)
    if not there then
      show(client, nil, cjson.decode(given))
      beats.changed = since > 0 and since or now
    end
    beats.seen = now
    beats.holds[instance] = now + ttl
    write_beats(client, beats)
    index(KEYS[i], entry, ttl)
  end
end
outlive(ENDS, SHOWN, BEATS, ENDS)
outlive(LEFT, LEFT)
tell()
