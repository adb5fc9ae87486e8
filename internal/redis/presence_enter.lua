-- ARGV  the client; its entry in the person's index; for how long; what it shows if it was not there; a patch; how many
--       clients a person may have here. Returns 0 if the person has as many, or 1.
local client, entry, ttl, given, patch = ARGV[6], ARGV[7], tonumber(ARGV[8]), cjson.decode(ARGV[9]), cjson.decode(ARGV[10])
sweep()
local before = redis.call('HGET', SHOWN, client)
if not before and tonumber(redis.call('HGET', PEOPLE, person_of(client)) or 0) >= tonumber(ARGV[11]) then
  tell()
  return 0
end
redis.call('ZREM', LEFT, client)
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
outlive(ENDS, SHOWN, BEATS, ENDS, PEOPLE)
index(KEYS[6], entry, ttl)
tell()
return 1
