-- What people want to be told. NULL and a missing row are what a person did not choose.
CREATE TABLE notification_settings (
    org_id     TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    -- HH:MM in the time zone; both NULL for no quiet hours.
    quiet_from TEXT,
    quiet_to   TEXT,
    -- An IANA name.
    time_zone  TEXT,
    digest     TEXT,
    PRIMARY KEY (org_id, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users
) STRICT;

-- The channels of each kind for which a person chose some; an empty list is the choice not to be told.
CREATE TABLE notification_channels (
    org_id   TEXT NOT NULL,
    user_id  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    channels TEXT NOT NULL,
    PRIMARY KEY (org_id, user_id, kind),
    FOREIGN KEY (org_id, user_id) REFERENCES users
) STRICT;

-- The channels for everybody in the organization who did not choose.
CREATE TABLE notification_defaults (
    org_id   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    channels TEXT NOT NULL,
    PRIMARY KEY (org_id, kind)
) STRICT;

-- Entities that people do not want to be told about, until a time or for good (NULL).
CREATE TABLE mutes (
    org_id    TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    until     INTEGER,
    PRIMARY KEY (org_id, user_id, entity_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users,
    FOREIGN KEY (org_id, entity_id) REFERENCES entities
) STRICT;

CREATE INDEX mutes_by_entity ON mutes (org_id, entity_id);

-- Whether the notification is in the inbox; otherwise it reaches its person on other channels only.
ALTER TABLE notifications ADD COLUMN in_app INTEGER NOT NULL DEFAULT TRUE;
