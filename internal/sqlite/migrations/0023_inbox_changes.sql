-- What changed in an inbox since its client read it: what was marked, what was snoozed until a time, and what is about an entity.
-- New notifications are in the third of these indexes only.
CREATE INDEX notifications_marked ON notifications (org_id, user_id, marked) WHERE marked > 0;
CREATE INDEX notifications_snoozed ON notifications (org_id, user_id, snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX notifications_about ON notifications (org_id, entity_id, user_id, position);
