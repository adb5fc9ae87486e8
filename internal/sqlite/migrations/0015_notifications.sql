-- A burst of changes has one notification, at the position of the newest of them. actor_ids are the people who caused
-- them, the newest first; NULL stands for actor_id alone, and updated_at NULL for created_at. marked is the revision of
-- the person's inbox in which the row was last read, unread or snoozed.
ALTER TABLE notifications ADD COLUMN actor_ids TEXT;
ALTER TABLE notifications ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE notifications ADD COLUMN burst TEXT;
ALTER TABLE notifications ADD COLUMN updated_at INTEGER;
ALTER TABLE notifications ADD COLUMN snoozed_until INTEGER;
ALTER TABLE notifications ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;

-- The rows that a burst makes larger.
CREATE INDEX notifications_by_entity ON notifications (org_id, entity_id, created_at) WHERE read_at IS NULL;

-- Who chose to watch an entity (TRUE), or not to watch it as its owner either (FALSE).
CREATE TABLE watches (
    org_id    TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    watching  INTEGER NOT NULL,
    chosen_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, entity_id, user_id),
    FOREIGN KEY (org_id, entity_id) REFERENCES entities ON DELETE CASCADE
) STRICT;

CREATE INDEX watches_by_user ON watches (org_id, user_id, entity_id);

-- How often a person's read marks changed, so that their other clients notice.
CREATE TABLE inboxes (
    org_id   TEXT NOT NULL,
    user_id  TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (org_id, user_id)
) STRICT;
