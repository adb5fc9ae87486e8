-- ARGV  for how long; then for each person of KEYS: the client, its entry in the person's index, what it showed
--       when it was last seen, and since when.
local ttl = tonumber(ARGV[6])
sweep()
local somebody_left = redis.call('EXISTS', LEFT) == 1
for i = 6, #KEYS do
  local at = 7 + (i - 6) * 4
  local client, entry, given, since = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local beats = read_beats(client)
  if somebody_left and redis.call('ZSCORE', LEFT, client) then
    redis.call('ZADD', LEFT, now + remembered, client)
  elseif ttl > 0 then
    if not beats then
      show(client, nil, cjson.decode(given))
      beats = { changed = since > 0 and since or now, holds = {} }
    end
    beats.seen = now
    beats.holds[instance] = now + ttl
    write_beats(client, beats)
    index(KEYS[i], entry, ttl)
  elseif beats then
    beats.holds[instance] = nil
    write_beats(client, beats)
  end
end
outlive(ENDS, SHOWN, BEATS, ENDS, PEOPLE)
outlive(LEFT, LEFT)
tell()
