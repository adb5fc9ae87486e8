-- due_organizations looks up the same rows as before, in a loop and not in a recursive query, which Citus refuses for rows
-- of several organizations.
CREATE OR REPLACE FUNCTION due_organizations(sought text, at timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    org text := '';
BEGIN
    PERFORM set_config('tandem.listing', 'on', true);
    LOOP
        SELECT j.org_id INTO org FROM jobs j WHERE j.org_id > org ORDER BY j.org_id LIMIT 1;
        EXIT WHEN org IS NULL;
        IF EXISTS (SELECT FROM jobs j WHERE j.org_id = org AND j.kind = sought AND j.due_at <= at)
            OR EXISTS (SELECT FROM jobs j WHERE j.org_id = org AND j.expires_at <= at AND j.due_at <= at) THEN
            RETURN NEXT org;
        END IF;
    END LOOP;
    PERFORM set_config('tandem.listing', '', true);
END
$$;
