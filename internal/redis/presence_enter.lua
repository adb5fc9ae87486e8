-- ARGV  the client; its entry in the person's index; for how long; what it shows if it was not there; a patch.
local client, entry, ttl, given, patch = ARGV[6], ARGV[7], tonumber(ARGV[8]), cjson.decode(ARGV[9]), cjson.decode(ARGV[10])
sweep()
redis.call('ZREM', LEFT, client)
local before = redis.call('HGET', SHOWN, client)
if before then
  before = cjson.decode(before)
  for _, field in ipairs({ 'status', 'currentPage', 'editingField' }) do
    given[field] = before[field]
  end
end
lay(patch, given)
local beats = read_beats(client) or { holds = {} }
if show(client, before, given) then
  beats.changed = now
end
beats.seen = now
beats.holds[instance] = now + ttl
write_beats(client, beats)
outlive(ENDS, SHOWN, BEATS, ENDS)
index(KEYS[5], entry, ttl)
tell()
