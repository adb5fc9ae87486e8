-- When the version before was made, by which filters judge it. NULL for changes that make no version or the first, and for
-- those from before this migration, of which the log is asked.
ALTER TABLE log ADD COLUMN prior_updated_at timestamptz;

-- The changes of access to one entity. Where the table has rows, the program makes the index; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('log') = 0 THEN
        CREATE INDEX log_access_by_entity ON log (org_id, entity_id, position) WHERE regards IS NOT NULL;
    END IF;
END
$$;
