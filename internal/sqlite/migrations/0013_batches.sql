-- The place of a change in its batch; NULL for a change by itself. follows is for filters: an earlier change of the
-- batch has the same audience.
ALTER TABLE log ADD COLUMN batch TEXT;
ALTER TABLE log ADD COLUMN follows INTEGER NOT NULL DEFAULT FALSE;
