-- The queue is counted by what is due. What waits for a later time, such as the end of a snooze, may be many rows for a year.
CREATE INDEX jobs_by_ready ON jobs (ready_at, kind) WHERE pending;
