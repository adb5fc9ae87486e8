-- What lists are searched, narrowed and counted by; package search says how. The
-- index follows the entities in transactions of its own.

-- Numbered indexes of large tables are made by the program, without a lock, where
-- the tables have rows; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('entities') = 0 THEN
        CREATE INDEX entities_by_position ON entities (org_id, position);
        CREATE INDEX entities_by_start ON entities (org_id, type, starts_at) WHERE starts_at IS NOT NULL;
    END IF;
    IF pg_relation_size('log') = 0 THEN
        CREATE INDEX log_by_kind ON log (org_id, entity_type, type, position);
    END IF;
END
$$;

CREATE TABLE search_state (
    org_id   text COLLATE "C" NOT NULL PRIMARY KEY,
    -- What the index has: the entities as they were at this position of the log. 0 is nothing.
    position bigint NOT NULL DEFAULT 0,
    -- The form of folded text in all rows of the organization.
    form     integer NOT NULL DEFAULT 0
);

-- The entities that the index has, and what it has of each.
CREATE TABLE search_documents (
    org_id    text COLLATE "C" NOT NULL,
    type      text COLLATE "C" NOT NULL,
    number    integer NOT NULL,
    entity_id text COLLATE "C" NOT NULL,
    source    text NOT NULL,
    PRIMARY KEY (org_id, type, number)
);

CREATE UNIQUE INDEX search_documents_by_entity ON search_documents (org_id, entity_id);

-- The bitmaps: which numbers have a key, chunk by chunk.
CREATE TABLE search_chunks (
    org_id  text COLLATE "C" NOT NULL,
    type    text COLLATE "C" NOT NULL,
    key     text COLLATE "C" NOT NULL,
    at      integer NOT NULL,
    members bytea NOT NULL,
    PRIMARY KEY (org_id, type, key, at)
) WITH (fillfactor = 80);

SELECT keep_apart('search_state');
SELECT keep_apart('search_documents');
SELECT keep_apart('search_chunks');

-- unindexed returns the organizations whose text is not in a form, or whose index
-- lacks something: few entities where there is none yet, else one. It says each
-- organization in its turn, and in the end none.
CREATE FUNCTION unindexed(current integer, few bigint) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    org text;
    state search_state;
    lacking bigint;
BEGIN
    FOR org IN SELECT organization_ids() LOOP
        PERFORM set_config('tandem.org', org, true);
        SELECT s.* INTO state FROM search_state s WHERE s.org_id = org;
        SELECT COUNT(*) INTO lacking FROM
            (SELECT 1 FROM entities e WHERE e.org_id = org AND e.position > COALESCE(state.position, 0) LIMIT few) AS e;
        IF COALESCE(state.form, 0) < current OR lacking >= few OR state.position > 0 AND lacking > 0 THEN
            RETURN NEXT org;
        END IF;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
END
$$;
