-- When the token was issued from which the person's profile was learned.
ALTER TABLE users ADD COLUMN learned_at timestamptz;

-- Who chose the values of patch, by field, where it is not detected_for_id.
ALTER TABLE conflicts ADD COLUMN authors json;
-- Who may see the edit, and who may see the entity at base_version, as lists of
-- ids; NULL is everybody who may see the entity.
ALTER TABLE conflicts ADD COLUMN audience json;
ALTER TABLE conflicts ADD COLUMN base_audience json;

-- Older conflicts have the audiences of the changes that they are about. Where these
-- were pruned, only admins see the values of what is restricted.
DO $$
DECLARE
    org text;
BEGIN
    FOR org IN SELECT organization_ids() LOOP
        PERFORM set_config('tandem.org', org, true);
        UPDATE conflicts c SET
            audience = COALESCE(
                (SELECT COALESCE(l.audience::text, 'null')::json FROM log l WHERE l.org_id = c.org_id AND l.entity_id = c.entity_id
                    AND l.conflict_id = c.id AND l.type = 'CONFLICT' ORDER BY l.position DESC LIMIT 1),
                CASE WHEN e.visibility = 'RESTRICTED' THEN '[]'::json END),
            base_audience = COALESCE(
                (SELECT COALESCE(l.audience::text, 'null')::json FROM log l WHERE l.org_id = c.org_id AND l.entity_id = c.entity_id
                    AND l.entity_version = c.base_version AND l.snapshot IS NOT NULL),
                CASE WHEN e.visibility = 'RESTRICTED' THEN '[]'::json END)
            FROM entities e, organizations o
            WHERE c.org_id = org AND e.org_id = c.org_id AND e.id = c.entity_id AND o.id = c.org_id AND o.restricts;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
END
$$;

-- A fingerprint of the input that came with client_mutation_id, to tell a repetition
-- from another mutation. NULL in older rows. It comes last, since it locks the log until
-- the transaction ends.
ALTER TABLE log ADD COLUMN fingerprint text COLLATE "C";
