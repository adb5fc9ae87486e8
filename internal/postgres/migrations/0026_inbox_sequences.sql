-- How often inboxes of an organization changed by marks and erasures, and for each inbox the sequence of its newest change: an
-- instance asks for those that changed since it asked last.
CREATE TABLE inbox_sequences (
    org_id text COLLATE "C" NOT NULL PRIMARY KEY,
    newest bigint NOT NULL
);

SELECT keep_apart('inbox_sequences');

ALTER TABLE inboxes ADD COLUMN sequence bigint NOT NULL DEFAULT 0;
CREATE INDEX inboxes_by_sequence ON inboxes (org_id, sequence, user_id);

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

-- The browsers of people who were removed. A removal deletes them from now on.
DO $$
DECLARE
    org text;
BEGIN
    FOR org IN SELECT organization_ids() LOOP
        PERFORM set_config('tandem.org', org, true);
        DELETE FROM push_endpoints e USING push_subscriptions s, members m WHERE e.holder = org AND e.hash = s.endpoint_hash AND s.org_id = org
            AND m.org_id = org AND m.user_id = s.user_id AND m.removed_at IS NOT NULL;
        DELETE FROM push_subscriptions s USING members m WHERE s.org_id = org AND m.org_id = org AND m.user_id = s.user_id AND m.removed_at IS NOT NULL;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
END
$$;
