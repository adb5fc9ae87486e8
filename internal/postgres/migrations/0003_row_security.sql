-- Organizations are kept apart twice: by the condition on org_id that every
-- statement has, and by row-level security, which holds also where a statement
-- forgets it. A transaction says which organization it is for,
--
--     SELECT set_config('tandem.org', 'acme', true)
--
-- and sees and touches the rows of that one. One that says none sees none.
--
-- A migration that adds a table with org_id has to call keep_apart for it. One
-- that changes rows of many organizations has to say each of them, by a loop over
-- organization_ids(), since it is held as well: what it does not say, it does not
-- find, and no error tells it so.

-- keep_apart puts a table under row-level security, by the column that names the
-- organization. FORCE, because the server's role usually owns the tables, and
-- owners would be exempt. What may be written is what may be seen. What was said
-- in an earlier transaction of a connection is '' in the next one, not NULL.
CREATE FUNCTION keep_apart(apart regclass, org name DEFAULT 'org_id') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', apart);
    EXECUTE format('CREATE POLICY apart ON %s USING (%I = NULLIF(current_setting(''tandem.org'', true), ''''))', apart, org);
END
$$;

SELECT keep_apart('organizations', 'id');
SELECT keep_apart('users');
SELECT keep_apart('members');
SELECT keep_apart('entities');
SELECT keep_apart('log');
SELECT keep_apart('comments');
SELECT keep_apart('conflicts');
SELECT keep_apart('notifications');
SELECT keep_apart('grants');

-- listing shows all rows of organizations, and nothing else, to organization_ids.
CREATE POLICY listing ON organizations FOR SELECT USING (current_setting('tandem.listing', true) = 'on');

-- organization_ids returns the ids of all organizations, for work that is done for
-- one after the other.
CREATE FUNCTION organization_ids() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tandem.listing', 'on', true);
    RETURN QUERY SELECT o.id FROM organizations o ORDER BY o.id;
    PERFORM set_config('tandem.listing', '', true);
END
$$;

-- heads returns how far the logs of organizations reach, and nothing else of them.
-- It says each of them in its turn, and in the end none.
CREATE FUNCTION heads(ids text[]) RETURNS TABLE (id text, epoch bigint, head bigint, oldest bigint) LANGUAGE plpgsql AS $$
DECLARE
    org text;
BEGIN
    FOREACH org IN ARRAY ids LOOP
        PERFORM set_config('tandem.org', org, true);
        RETURN QUERY SELECT o.id, o.epoch, o.head,
            COALESCE((SELECT MIN(l.position) FROM log l WHERE l.org_id = o.id), o.head + 1)
            FROM organizations o WHERE o.id = org;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
END
$$;
