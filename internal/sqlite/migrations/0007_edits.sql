-- A fingerprint of the input that came with client_mutation_id, to tell a repetition
-- from another mutation. NULL in older rows.
ALTER TABLE log ADD COLUMN fingerprint TEXT;

-- When the token was issued from which the person's profile was learned.
ALTER TABLE users ADD COLUMN learned_at INTEGER;

-- Who chose the values of patch, by field, where it is not detected_for_id.
ALTER TABLE conflicts ADD COLUMN authors TEXT;
-- Who may see the edit, and who may see the entity at base_version, as lists of
-- ids; NULL is everybody who may see the entity.
ALTER TABLE conflicts ADD COLUMN audience TEXT;
ALTER TABLE conflicts ADD COLUMN base_audience TEXT;

-- Older conflicts have the audiences of the changes that they are about. Where these
-- were pruned, only admins see the values of what is restricted.
UPDATE conflicts SET
    audience = COALESCE(
        (SELECT COALESCE(l.audience, 'null') FROM log l WHERE l.org_id = conflicts.org_id AND l.entity_id = conflicts.entity_id
            AND l.conflict_id = conflicts.id AND l.type = 'CONFLICT' ORDER BY l.position DESC LIMIT 1),
        CASE WHEN e.visibility = 'RESTRICTED' THEN '[]' END),
    base_audience = COALESCE(
        (SELECT COALESCE(l.audience, 'null') FROM log l WHERE l.org_id = conflicts.org_id AND l.entity_id = conflicts.entity_id
            AND l.entity_version = conflicts.base_version AND l.snapshot IS NOT NULL),
        CASE WHEN e.visibility = 'RESTRICTED' THEN '[]' END)
    FROM entities e, organizations o
    WHERE e.org_id = conflicts.org_id AND e.id = conflicts.entity_id AND o.id = conflicts.org_id AND o.restricts;
