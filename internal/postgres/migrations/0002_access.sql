-- Who may see what. Entities that are restricted are few, so what is asked of
-- them has partial indexes, which are empty where nothing is restricted.

-- Whether anything in the organization is, or once was, restricted.
ALTER TABLE organizations ADD COLUMN restricts boolean NOT NULL DEFAULT FALSE;

-- Whether the person may see, or once could, something that is not for all.
ALTER TABLE members ADD COLUMN insider boolean NOT NULL DEFAULT FALSE;

-- Who may see the change, as a list of ids; NULL is everybody.
ALTER TABLE log ADD COLUMN audience jsonb;
-- Whose access the change alters; NULL is nobody's.
ALTER TABLE log ADD COLUMN regards json;

CREATE INDEX entities_restricted ON entities (org_id, id) WHERE visibility = 'RESTRICTED';

CREATE TABLE grants (
    org_id     text COLLATE "C" NOT NULL,
    entity_id  text COLLATE "C" NOT NULL,
    user_id    text COLLATE "C" NOT NULL,
    level      text COLLATE "C" NOT NULL,
    granted_by text COLLATE "C" NOT NULL,
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, entity_id, user_id),
    FOREIGN KEY (org_id, entity_id) REFERENCES entities,
    FOREIGN KEY (org_id, user_id) REFERENCES users
);

CREATE INDEX grants_by_user ON grants (org_id, user_id);
