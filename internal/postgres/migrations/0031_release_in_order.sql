-- release_endpoint deletes jobs in the order of their keys, in which everybody locks them.
CREATE OR REPLACE FUNCTION release_endpoint(sought text, org text, person text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held text;
    gone text;
BEGIN
    SELECT e.holder INTO held FROM push_endpoints e WHERE e.hash = sought;
    IF held IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('tandem.org', held, true);
    DELETE FROM push_subscriptions s WHERE s.org_id = held AND s.endpoint_hash = sought AND (held <> org OR s.user_id <> person)
        RETURNING s.id INTO gone;
    WITH locked AS MATERIALIZED (SELECT o.target, o.notification_id FROM jobs o WHERE o.org_id = held AND o.kind = 'PUSH' AND o.target = gone
        ORDER BY o.target, o.notification_id FOR UPDATE)
    DELETE FROM jobs j USING locked o WHERE j.org_id = held AND j.kind = 'PUSH' AND j.target = o.target AND j.notification_id = o.notification_id;
    PERFORM set_config('tandem.org', org, true);
END
$$;
