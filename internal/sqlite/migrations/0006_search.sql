-- What lists are searched, narrowed and counted by; package search says how. The
-- index follows the entities in transactions of its own.

CREATE INDEX entities_by_position ON entities (org_id, position);
CREATE INDEX entities_by_start ON entities (org_id, type, starts_at) WHERE starts_at IS NOT NULL;
CREATE INDEX log_by_kind ON log (org_id, entity_type, type, position);

CREATE TABLE search_state (
    org_id   TEXT NOT NULL PRIMARY KEY,
    -- What the index has: the entities as they were at this position of the log. 0 is nothing.
    position INTEGER NOT NULL DEFAULT 0,
    -- The form of folded text in all rows of the organization.
    form     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The entities that the index has, and what it has of each.
CREATE TABLE search_documents (
    org_id    TEXT NOT NULL,
    type      TEXT NOT NULL,
    number    INTEGER NOT NULL,
    entity_id TEXT NOT NULL,
    source    TEXT NOT NULL,
    PRIMARY KEY (org_id, type, number)
) STRICT;

CREATE UNIQUE INDEX search_documents_by_entity ON search_documents (org_id, entity_id);

-- The bitmaps: which numbers have a key, chunk by chunk.
CREATE TABLE search_chunks (
    org_id  TEXT NOT NULL,
    type    TEXT NOT NULL,
    key     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    members BLOB NOT NULL,
    PRIMARY KEY (org_id, type, key, at)
) STRICT, WITHOUT ROWID;
