-- Where the audit trail ended while the row was the newest of the log; NULL where the
-- trail did not move on meanwhile. So rows that are deleted from the trail's end show,
-- though the end in organizations is set back with them.
ALTER TABLE log ADD COLUMN audit_number bigint;
ALTER TABLE log ADD COLUMN audit_hash text COLLATE "C";

DO $$
DECLARE
    org text;
BEGIN
    FOR org IN SELECT organization_ids() LOOP
        PERFORM set_config('tandem.org', org, true);
        UPDATE log l SET audit_number = o.audit_number, audit_hash = o.audit_hash
            FROM organizations o WHERE l.org_id = org AND o.id = org AND l.position = o.head AND o.audit_number > 0;
    END LOOP;
    PERFORM set_config('tandem.org', '', true);
END
$$;
