-- log_stats returns the number of changes in all logs, when the oldest of them was made, and the number of open conflicts.
-- A log has no gaps, so its ends tell how many changes it has. It looks up two rows for each organization, and those of its open
-- conflicts.
CREATE FUNCTION log_stats() RETURNS TABLE (total bigint, since timestamptz, undecided bigint) LANGUAGE plpgsql AS $$
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
            (SELECT f.position, f.occurred_at FROM log f WHERE f.org_id = o.id ORDER BY f.position LIMIT 1) AS l
            WHERE o.id = org;
        total := total + COALESCE(size, 0);
        since := LEAST(since, began);
        undecided := undecided + (SELECT COUNT(*) FROM conflicts c WHERE c.org_id = org AND c.resolution IS NULL);
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
    RETURN NEXT;
END
$$;
