-- Where the audit trail ended while the row was the newest of the log; NULL where the
-- trail did not move on meanwhile. So rows that are deleted from the trail's end show,
-- though the end in organizations is set back with them.
ALTER TABLE log ADD COLUMN audit_number INTEGER;
ALTER TABLE log ADD COLUMN audit_hash TEXT;

UPDATE log SET audit_number = o.audit_number, audit_hash = o.audit_hash
    FROM organizations o WHERE log.org_id = o.id AND log.position = o.head AND o.audit_number > 0;
