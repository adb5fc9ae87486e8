-- How often inboxes of an organization changed by marks and erasures, and for each inbox the sequence of its newest change: an
-- instance asks for those that changed since it asked last.
CREATE TABLE inbox_sequences (
    org_id TEXT NOT NULL PRIMARY KEY,
    newest INTEGER NOT NULL
) STRICT;

ALTER TABLE inboxes ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
CREATE INDEX inboxes_by_sequence ON inboxes (org_id, sequence, user_id);
