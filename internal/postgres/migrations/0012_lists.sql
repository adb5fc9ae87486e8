-- The position up to which the index of lists has keys of all kinds.
ALTER TABLE search_state ADD COLUMN keyed bigint NOT NULL DEFAULT 0;

-- What deals are sorted by. The job that keeps the index fills it in for earlier rows.
ALTER TABLE entities ADD COLUMN amount bigint;

-- What was deleted, and the orders by the time and by the amount of an entity. The rows without a value
-- are in the index too. Where the table has rows, the program makes the indexes; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('entities') = 0 THEN
        CREATE INDEX entities_bin ON entities (org_id, type, updated_at, id) WHERE deleted_at IS NOT NULL;
        CREATE INDEX entities_in_time ON entities (org_id, type, starts_at, id) WHERE deleted_at IS NULL;
        CREATE INDEX entities_by_amount ON entities (org_id, type, amount, id) WHERE deleted_at IS NULL;
    END IF;
END
$$;
