-- The audit trails. Each row has a hash over itself and the row before; where a
-- trail ends is kept with its organization, so that taking the last rows out shows.
-- The organization '@deployment' is none: it has the trail of what belongs to none.

ALTER TABLE organizations ADD COLUMN audit_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN audit_hash TEXT NOT NULL DEFAULT '';

CREATE TABLE audit (
    org_id         TEXT NOT NULL,
    number         INTEGER NOT NULL,
    occurred_at    INTEGER NOT NULL,
    action         TEXT NOT NULL,
    -- Empty for nobody, and for nothing.
    actor_id       TEXT NOT NULL,
    subject_id     TEXT NOT NULL,
    entity_id      TEXT NOT NULL,
    -- The log row that was written with it; 0 for none.
    position       INTEGER NOT NULL,
    -- What an erasure empties, with its salt. The digest stays, and is what the hash is over.
    address        TEXT NOT NULL,
    agent          TEXT NOT NULL,
    client         TEXT NOT NULL,
    origin_salt    TEXT NOT NULL,
    origin_digest  TEXT NOT NULL,
    details        TEXT,
    details_salt   TEXT NOT NULL,
    details_digest TEXT NOT NULL,
    previous_hash  TEXT NOT NULL,
    hash           TEXT NOT NULL,
    PRIMARY KEY (org_id, number)
) STRICT;

CREATE INDEX audit_by_actor ON audit (org_id, actor_id, number);
CREATE INDEX audit_by_subject ON audit (org_id, subject_id, number) WHERE subject_id <> '';
CREATE INDEX audit_erasures ON audit (org_id, subject_id, number) WHERE action = 'PERSONAL_DATA_ERASED';
