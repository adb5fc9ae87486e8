-- Activity of one person of some kinds, and of a stretch of time, however much else the log has.
-- GREATEST(position, 0) is the position. As an expression it keeps the planner from reading another index
-- in the order of positions, in which it would look for somebody who did nothing in the whole log.
-- Where the log has rows, the program makes the indexes; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('log') = 0 THEN
        CREATE INDEX log_by_actor_kind ON log (org_id, actor_id, entity_type, type, GREATEST(position, 0));
        CREATE INDEX log_by_time ON log (org_id, occurred_at, position);
    END IF;
END
$$;
