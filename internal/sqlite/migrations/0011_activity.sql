-- Activity of one person of some kinds, and of a stretch of time, however much else the log has.
CREATE INDEX log_by_actor_kind ON log (org_id, actor_id, entity_type, type, position);
CREATE INDEX log_by_time ON log (org_id, occurred_at, position);
