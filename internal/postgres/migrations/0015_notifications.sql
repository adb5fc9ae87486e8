-- A burst of changes has one notification, at the position of the newest of them. actor_ids are the people who caused
-- them, the newest first; NULL stands for actor_id alone, and updated_at NULL for created_at. marked is the revision of
-- the person's inbox in which the row was last read, unread or snoozed.
ALTER TABLE notifications ADD COLUMN actor_ids json;
ALTER TABLE notifications ADD COLUMN count integer NOT NULL DEFAULT 1;
ALTER TABLE notifications ADD COLUMN burst json;
ALTER TABLE notifications ADD COLUMN updated_at timestamptz;
ALTER TABLE notifications ADD COLUMN snoozed_until timestamptz;
ALTER TABLE notifications ADD COLUMN marked bigint NOT NULL DEFAULT 0;

-- The rows that a burst makes larger. Where the table has rows, the program makes the index; see indexes.go.
DO $$
BEGIN
    IF pg_relation_size('notifications') = 0 THEN
        CREATE INDEX notifications_by_entity ON notifications (org_id, entity_id, created_at) WHERE read_at IS NULL;
    END IF;
END
$$;

-- Who chose to watch an entity (TRUE), or not to watch it as its owner either (FALSE).
CREATE TABLE watches (
    org_id    text COLLATE "C" NOT NULL,
    entity_id text COLLATE "C" NOT NULL,
    user_id   text COLLATE "C" NOT NULL,
    watching  boolean NOT NULL,
    chosen_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, entity_id, user_id),
    FOREIGN KEY (org_id, entity_id) REFERENCES entities ON DELETE CASCADE
);

CREATE INDEX watches_by_user ON watches (org_id, user_id, entity_id);

-- How often a person's read marks changed, so that their other clients notice.
CREATE TABLE inboxes (
    org_id   text COLLATE "C" NOT NULL,
    user_id  text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    PRIMARY KEY (org_id, user_id)
);

SELECT keep_apart('watches');
SELECT keep_apart('inboxes');
