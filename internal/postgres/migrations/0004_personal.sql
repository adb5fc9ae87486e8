-- How many people were erased. A write that was decided before the newest of these
-- erasures is decided anew, so that nothing about the person is written after it.
ALTER TABLE organizations ADD COLUMN erasures bigint NOT NULL DEFAULT 0;

-- For pruning: what was deleted, by the change that deleted it.
CREATE INDEX entities_deleted ON entities (org_id, position) WHERE deleted_at IS NOT NULL;
-- For erasing and exporting what is about one person.
CREATE INDEX comments_by_author ON comments (org_id, author_id);
CREATE INDEX conflicts_by_person ON conflicts (org_id, detected_for_id);
CREATE INDEX notifications_by_actor ON notifications (org_id, actor_id, position);
