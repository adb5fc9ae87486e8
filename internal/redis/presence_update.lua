-- ARGV  the client; a patch. Returns 1 if the client was there, or 0.
local client, patch = ARGV[6], cjson.decode(ARGV[7])
sweep()
local before = redis.call('HGET', SHOWN, client)
if before then
  local after = cjson.decode(before)
  lay(patch, after)
  if show(client, cjson.decode(before), after) then
    local beats = read_beats(client)
    beats.changed = now
    write_beats(client, beats)
  end
end
tell()
return before and 1 or 0
