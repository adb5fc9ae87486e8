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
