-- The position up to which the index of lists has keys of all kinds.
ALTER TABLE search_state ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0;

-- What deals are sorted by. The job that keeps the index fills it in for earlier rows.
ALTER TABLE entities ADD COLUMN amount INTEGER;

-- What was deleted, and the orders by the time and by the amount of an entity. The rows without a value
-- are in the index too.
CREATE INDEX entities_bin ON entities (org_id, type, updated_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX entities_in_time ON entities (org_id, type, starts_at, id) WHERE deleted_at IS NULL;
CREATE INDEX entities_by_amount ON entities (org_id, type, amount, id) WHERE deleted_at IS NULL;
