-- How many people were erased. A write that was decided before the newest of these
-- erasures is decided anew, so that nothing about the person is written after it.
ALTER TABLE organizations ADD COLUMN erasures bigint NOT NULL DEFAULT 0;

-- For pruning: what was deleted, by the change that deleted it.
CREATE INDEX entities_deleted ON entities (org_id, position) WHERE deleted_at IS NOT NULL;
-- For erasing and exporting what is about one person.
CREATE INDEX comments_by_author ON comments (org_id, author_id);
CREATE INDEX conflicts_by_person ON conflicts (org_id, detected_for_id);
CREATE INDEX notifications_by_actor ON notifications (org_id, actor_id, position);

-- old_log returns an organization whose log begins with a change that is older than
-- a time, and has a newer one; NULL if there is none. It says each organization in
-- its turn, and in the end none.
CREATE FUNCTION old_log(before timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    org text;
    old text;
BEGIN
    FOR org IN SELECT organization_ids() LOOP
        PERFORM set_config('tandem.org', org, true);
        SELECT o.id INTO old FROM organizations o CROSS JOIN LATERAL
            (SELECT l.position, l.occurred_at FROM log l WHERE l.org_id = o.id ORDER BY l.position LIMIT 1) AS oldest
            WHERE o.id = org AND oldest.occurred_at < before AND oldest.position < o.head;
        EXIT WHEN old IS NOT NULL;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
    RETURN old;
END
$$;
