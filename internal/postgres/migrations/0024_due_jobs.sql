-- The queue is counted by what is due. What waits for a later time, such as the end of a snooze, may be many rows for a year. Where the
-- table has rows, the program makes the index; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('jobs') = 0 THEN
        CREATE INDEX jobs_by_ready ON jobs (ready_at, kind) WHERE pending;
    END IF;
END
$$;

-- job_stats returns how many jobs are due, by kind, and since when the oldest has been. The name of the column is that of an older release.
CREATE OR REPLACE FUNCTION job_stats(at timestamptz) RETURNS TABLE (kind text, waiting bigint, oldest timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tandem.listing', 'on', true);
    RETURN QUERY SELECT j.kind, COUNT(*), MIN(j.ready_at) FROM jobs j WHERE j.pending AND j.ready_at <= at GROUP BY j.kind;
    PERFORM set_config('tandem.listing', '', true);
END
$$;
