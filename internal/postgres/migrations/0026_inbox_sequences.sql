-- How often inboxes of an organization changed by marks and erasures, and for each inbox the sequence of its newest change: an
-- instance asks for those that changed since it asked last.
CREATE TABLE inbox_sequences (
    org_id text COLLATE "C" NOT NULL PRIMARY KEY,
    newest bigint NOT NULL
);

SELECT keep_apart('inbox_sequences');

ALTER TABLE inboxes ADD COLUMN sequence bigint NOT NULL DEFAULT 0;

-- Where the table has rows, the program makes the index; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('inboxes') = 0 THEN
        CREATE INDEX inboxes_by_sequence ON inboxes (org_id, sequence, user_id);
    END IF;
END
$$;

-- inbox_sequences_of returns the sequences of organizations, and nothing else of them.
CREATE FUNCTION inbox_sequences_of(ids text[]) RETURNS TABLE (id text, newest bigint) LANGUAGE plpgsql AS $$
DECLARE
    org text;
BEGIN
    FOREACH org IN ARRAY ids LOOP
        PERFORM set_config('tandem.org', org, true);
        RETURN QUERY SELECT s.org_id, s.newest FROM inbox_sequences s WHERE s.org_id = org;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
END
$$;
