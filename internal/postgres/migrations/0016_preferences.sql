-- What people want to be told. NULL and a missing row are what a person did not choose.
CREATE TABLE notification_settings (
    org_id     text COLLATE "C" NOT NULL,
    user_id    text COLLATE "C" NOT NULL,
    -- HH:MM in the time zone; both NULL for no quiet hours.
    quiet_from text COLLATE "C",
    quiet_to   text COLLATE "C",
    -- An IANA name.
    time_zone  text COLLATE "C",
    digest     text COLLATE "C",
    PRIMARY KEY (org_id, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users
);

-- The channels of each kind for which a person chose some; an empty list is the choice not to be told.
CREATE TABLE notification_channels (
    org_id   text COLLATE "C" NOT NULL,
    user_id  text COLLATE "C" NOT NULL,
    kind     text COLLATE "C" NOT NULL,
    channels json NOT NULL,
    PRIMARY KEY (org_id, user_id, kind),
    FOREIGN KEY (org_id, user_id) REFERENCES users
);

-- The channels for everybody in the organization who did not choose.
CREATE TABLE notification_defaults (
    org_id   text COLLATE "C" NOT NULL,
    kind     text COLLATE "C" NOT NULL,
    channels json NOT NULL,
    PRIMARY KEY (org_id, kind)
);

-- Entities that people do not want to be told about, until a time or for good (NULL).
CREATE TABLE mutes (
    org_id    text COLLATE "C" NOT NULL,
    user_id   text COLLATE "C" NOT NULL,
    entity_id text COLLATE "C" NOT NULL,
    until     timestamptz,
    PRIMARY KEY (org_id, user_id, entity_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users,
    FOREIGN KEY (org_id, entity_id) REFERENCES entities
);

CREATE INDEX mutes_by_entity ON mutes (org_id, entity_id);

SELECT keep_apart('notification_settings');
SELECT keep_apart('notification_channels');
SELECT keep_apart('notification_defaults');
SELECT keep_apart('mutes');

-- Whether the notification is in the inbox; otherwise it reaches its person on other channels only.
ALTER TABLE notifications ADD COLUMN in_app boolean NOT NULL DEFAULT TRUE;
