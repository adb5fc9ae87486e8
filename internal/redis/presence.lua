-- What the scripts of presence have in common. Each of them is this, and then its own file.
--
-- All keys of an organization have the organization in braces, so they are in one slot of a cluster.
-- Times are in microseconds.
--
-- KEYS  shown   hash: client -> what others see of it, as JSON
--       beats   hash: client -> "<seen> <changed> <instance>=<until> ...", the instances that keep it present
--       ends    sorted set: client -> when the last of these instances lets go of it
--       left    sorted set: client that left by itself -> until when that is remembered
--       people  hash: person -> how many clients they have here
--       persons sorted sets, from the sixth on: <room>:<client> of that person -> a time when it has ended
-- ARGV  the instance that calls; the time, or '' for this server's; the channel of hints, and the hint for this
--       room; how long it is remembered that a client left. What a script takes itself begins at the sixth.
local SHOWN, BEATS, ENDS, LEFT, PEOPLE = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local instance, now, channel, hint, remembered = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

-- Whether others see a difference.
local changed = false

-- Numbers this long would be written with an exponent.
local function int(number)
  return string.format('%.0f', number)
end

-- Lets keys expire a minute after the last time in a sorted set: nothing is left behind, and yet a client that comes
-- shortly after a death finds it and tells of it.
local function outlive(set, ...)
  local last = redis.call('ZREVRANGE', set, 0, 0, 'WITHSCORES')[2]
  if last then
    for _, key in ipairs({ ... }) do
      redis.call('PEXPIRE', key, int((last - now) / 1000 + 60000))
    end
  end
end

-- The ids of a client are escaped, so the first colon ends its person's.
local function person_of(client)
  return string.match(client, '^[^:]*')
end

local function drop(client)
  if redis.call('HDEL', SHOWN, client) == 1 and redis.call('HINCRBY', PEOPLE, person_of(client), -1) <= 0 then
    redis.call('HDEL', PEOPLE, person_of(client))
  end
  redis.call('HDEL', BEATS, client)
  redis.call('ZREM', ENDS, client)
  changed = true
end

local function sweep()
  for _, client in ipairs(redis.call('ZRANGEBYSCORE', ENDS, '-inf', now)) do
    drop(client)
  end
  redis.call('ZREMRANGEBYSCORE', LEFT, '-inf', now)
end

-- Returns nil for a client that is not there.
local function read_beats(client)
  local text = redis.call('HGET', BEATS, client)
  if not text then
    return nil
  end
  local seen, since, holds = string.match(text, '^(%d+) (%d+)(.*)')
  local beats = { seen = tonumber(seen), changed = tonumber(since), holds = {} }
  for name, till in string.gmatch(holds, '(%w+)=(%d+)') do
    beats.holds[name] = tonumber(till)
  end
  return beats
end

-- Drops the client when nobody keeps it any more.
local function write_beats(client, beats)
  local last, text = 0, int(beats.seen) .. ' ' .. int(beats.changed)
  for name, till in pairs(beats.holds) do
    if till > now then
      text = text .. ' ' .. name .. '=' .. int(till)
      last = math.max(last, till)
    end
  end
  if last == 0 then
    drop(client)
    return
  end
  redis.call('HSET', BEATS, client, text)
  redis.call('ZADD', ENDS, last, client)
end

-- Notes in the person's index where the client is. An entry outlasts its client by minutes, so that only few beats
-- have to write it.
local function index(person, entry, ttl)
  local till = redis.call('ZSCORE', person, entry)
  if not till or tonumber(till) < now + ttl then
    redis.call('ZREMRANGEBYSCORE', person, '-inf', now)
    redis.call('ZADD', person, now + ttl + 300000000, entry)
    outlive(person, person)
  end
end

-- Replaces what others see of the client, and reports whether that is a difference.
local function show(client, before, after)
  local differs = not before
  for _, field in ipairs({ 'name', 'avatar', 'status', 'currentPage', 'editingField' }) do
    differs = differs or before[field] ~= after[field]
  end
  if differs then
    if redis.call('HSET', SHOWN, client, cjson.encode(after)) == 1 then
      redis.call('HINCRBY', PEOPLE, person_of(client), 1)
    end
    changed = true
  end
  return differs
end

local function lay(patch, state)
  for field, value in pairs(patch) do
    state[field] = value ~= cjson.null and value or nil
  end
end

local function tell()
  if changed then
    redis.call('PUBLISH', channel, hint)
  end
end
