-- The log is written at its end and pruned at its beginning. Autovacuum looks after it when a twentieth of it was deleted or
-- inserted, not a fifth, so that pruned rows make room soon and each vacuum is short. Rows of the log seldom change, so each
-- vacuum freezes what it reads, and the one that prevents wraparound, for which migrations have to wait, finds little to do.
ALTER TABLE log SET (
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_freeze_min_age = 0
);

-- Changes up to this position are gone, so nobody looks for the beginning of a log among them: until they are vacuumed, each
-- look would pass all of them. It may be too small, as after a release that does not set it.
ALTER TABLE organizations ADD COLUMN pruned bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION heads(ids text[]) RETURNS TABLE (id text, epoch bigint, head bigint, oldest bigint) LANGUAGE plpgsql AS $$
DECLARE
    org text;
BEGIN
    FOREACH org IN ARRAY ids LOOP
        PERFORM set_config('tandem.org', org, true);
        RETURN QUERY SELECT o.id, o.epoch, o.head,
            COALESCE((SELECT MIN(l.position) FROM log l WHERE l.org_id = o.id AND l.position > o.pruned), o.head + 1)
            FROM organizations o WHERE o.id = org;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
END
$$;

CREATE OR REPLACE FUNCTION old_log(before timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    org text;
    old text;
BEGIN
    FOR org IN SELECT organization_ids() LOOP
        PERFORM set_config('tandem.org', org, true);
        SELECT o.id INTO old FROM organizations o CROSS JOIN LATERAL
            (SELECT l.position, l.occurred_at FROM log l WHERE l.org_id = o.id AND l.position > o.pruned ORDER BY l.position LIMIT 1) AS oldest
            WHERE o.id = org AND oldest.occurred_at < before AND oldest.position < o.head;
        EXIT WHEN old IS NOT NULL;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
    RETURN old;
END
$$;

CREATE OR REPLACE FUNCTION log_stats() RETURNS TABLE (total bigint, since timestamptz, undecided bigint) LANGUAGE plpgsql AS $$
DECLARE
    org text;
    size bigint;
    began timestamptz;
BEGIN
    total := 0;
    undecided := 0;
    FOR org IN SELECT organization_ids() LOOP
        PERFORM set_config('tandem.org', org, true);
        SELECT o.head - l.position + 1, l.occurred_at INTO size, began FROM organizations o CROSS JOIN LATERAL
            (SELECT f.position, f.occurred_at FROM log f WHERE f.org_id = o.id AND f.position > o.pruned ORDER BY f.position LIMIT 1) AS l
            WHERE o.id = org;
        total := total + COALESCE(size, 0);
        since := LEAST(since, began);
        undecided := undecided + (SELECT COUNT(*) FROM conflicts c WHERE c.org_id = org AND c.resolution IS NULL);
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
    RETURN NEXT;
END
$$;
