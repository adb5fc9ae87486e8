-- A claim is for one kind of jobs, so that an instance without mail does not touch digests, however many wait.
DROP INDEX jobs_by_due;
CREATE INDEX jobs_by_due ON jobs (org_id, kind, due_at);

DROP FUNCTION due_organizations(timestamptz);

-- due_organizations returns the organizations with jobs of a kind that are due, or with expired jobs of any kind. It looks up
-- two rows for each organization with jobs.
CREATE FUNCTION due_organizations(sought text, at timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tandem.listing', 'on', true);
    RETURN QUERY WITH RECURSIVE orgs AS (
        (SELECT j.org_id FROM jobs j ORDER BY j.org_id LIMIT 1)
        UNION ALL
        SELECT (SELECT j.org_id FROM jobs j WHERE j.org_id > o.org_id ORDER BY j.org_id LIMIT 1) FROM orgs o WHERE o.org_id IS NOT NULL
    ) SELECT o.org_id FROM orgs o WHERE o.org_id IS NOT NULL
        AND (EXISTS (SELECT FROM jobs j WHERE j.org_id = o.org_id AND j.kind = sought AND j.due_at <= at)
        OR EXISTS (SELECT FROM jobs j WHERE j.org_id = o.org_id AND j.expires_at <= at AND j.due_at <= at));
    PERFORM set_config('tandem.listing', '', true);
END
$$;
