-- The audit trails. Each row has a hash over itself and the row before; where a
-- trail ends is kept with its organization, so that taking the last rows out shows.
-- The organization '@deployment' is none: it has the trail of what belongs to none.

ALTER TABLE organizations ADD COLUMN audit_number bigint NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN audit_hash text COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE audit (
    org_id         text COLLATE "C" NOT NULL,
    number         bigint NOT NULL,
    occurred_at    timestamptz(3) NOT NULL,
    action         text COLLATE "C" NOT NULL,
    -- Empty for nobody, and for nothing.
    actor_id       text COLLATE "C" NOT NULL,
    subject_id     text COLLATE "C" NOT NULL,
    entity_id      text COLLATE "C" NOT NULL,
    -- The log row that was written with it; 0 for none.
    position       bigint NOT NULL,
    -- What an erasure empties, with its salt. The digest stays, and is what the hash is over.
    address        text NOT NULL,
    agent          text NOT NULL,
    client         text NOT NULL,
    origin_salt    text COLLATE "C" NOT NULL,
    origin_digest  text COLLATE "C" NOT NULL,
    details        json,
    details_salt   text COLLATE "C" NOT NULL,
    details_digest text COLLATE "C" NOT NULL,
    previous_hash  text COLLATE "C" NOT NULL,
    hash           text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, number)
);

CREATE INDEX audit_by_actor ON audit (org_id, actor_id, number);
CREATE INDEX audit_by_subject ON audit (org_id, subject_id, number) WHERE subject_id <> '';
CREATE INDEX audit_erasures ON audit (org_id, subject_id, number) WHERE action = 'PERSONAL_DATA_ERASED';

SELECT keep_apart('audit');
