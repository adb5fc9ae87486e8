-- Readers of one entity also read the changes that alter somebody's access, which are few. Where
-- the log has rows, the program makes the index; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('log') = 0 THEN
        CREATE INDEX log_access ON log (org_id, position) WHERE regards IS NOT NULL;
    END IF;
END
$$;
