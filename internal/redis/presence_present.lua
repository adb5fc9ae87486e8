-- Returns the clients as they are kept: all of shown, and all of beats.
sweep()
tell()
return { redis.call('HGETALL', SHOWN), redis.call('HGETALL', BEATS) }
