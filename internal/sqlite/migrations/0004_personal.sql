-- For pruning: what was deleted, by the change that deleted it.
CREATE INDEX entities_deleted ON entities (org_id, position) WHERE deleted_at IS NOT NULL;
-- For erasing and exporting what is about one person.
CREATE INDEX comments_by_author ON comments (org_id, author_id);
CREATE INDEX conflicts_by_person ON conflicts (org_id, detected_for_id);
CREATE INDEX notifications_by_actor ON notifications (org_id, actor_id, position);
