-- Who may see what. Entities that are restricted are few, so what is asked of
-- them has partial indexes, which are empty where nothing is restricted.

-- Whether anything in the organization is, or once was, restricted.
ALTER TABLE organizations ADD COLUMN restricts INTEGER NOT NULL DEFAULT 0;

-- Whether the person may see, or once could, something that is not for all.
ALTER TABLE members ADD COLUMN insider INTEGER NOT NULL DEFAULT 0;

-- Who may see the change, as a list of ids; NULL is everybody.
ALTER TABLE log ADD COLUMN audience TEXT;
-- Whose access the change alters; NULL is nobody's.
ALTER TABLE log ADD COLUMN regards TEXT;

CREATE INDEX entities_restricted ON entities (org_id, id) WHERE visibility = 'RESTRICTED';

CREATE TABLE grants (
    org_id     TEXT NOT NULL,
    entity_id  TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    level      TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, entity_id, user_id),
    FOREIGN KEY (org_id, entity_id) REFERENCES entities,
    FOREIGN KEY (org_id, user_id) REFERENCES users
) STRICT;

CREATE INDEX grants_by_user ON grants (org_id, user_id);
