-- A claim passes over push services that are busy or left alone, without reading what waits for them. Where the table has rows, the
-- program makes the index; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('jobs') = 0 THEN
        CREATE INDEX jobs_by_host ON jobs (org_id, kind, host, due_at);
    END IF;
END
$$;
