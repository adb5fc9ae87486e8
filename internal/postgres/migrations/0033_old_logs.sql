-- old_logs finds all organizations whose logs begin with old changes. old_log finds one of them, so pruning looked at all
-- organizations for each of them; it stays for releases that call it.
CREATE FUNCTION old_logs(before timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    org text;
BEGIN
    FOR org IN SELECT organization_ids() LOOP
        PERFORM set_config('tandem.org', org, true);
        RETURN QUERY SELECT o.id FROM organizations o CROSS JOIN LATERAL
            (SELECT l.position, l.occurred_at FROM log l WHERE l.org_id = o.id AND l.position > o.pruned ORDER BY l.position LIMIT 1) AS oldest
            WHERE o.id = org AND oldest.occurred_at < before AND oldest.position < o.head;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
END
$$;
