-- Every primary key starts with org_id, so that organizations are kept apart by
-- a prefix. Times are Unix milliseconds. JSON is text. Text compares by byte.

CREATE TABLE organizations (
    id    TEXT NOT NULL PRIMARY KEY,
    name  TEXT NOT NULL,
    -- The position of the newest change of the organization's log.
    head  INTEGER NOT NULL DEFAULT 0,
    -- The identity of the log; new when its history is replaced.
    epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    org_id    TEXT NOT NULL,
    id        TEXT NOT NULL,
    name      TEXT NOT NULL,
    email     TEXT,
    avatar    TEXT,
    erased_at INTEGER,
    PRIMARY KEY (org_id, id)
) STRICT;

CREATE TABLE members (
    org_id          TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    role            TEXT NOT NULL,
    -- The sort key of the person's name.
    name_key        TEXT NOT NULL,
    presence_hidden INTEGER NOT NULL DEFAULT 0,
    removed_at      INTEGER,
    PRIMARY KEY (org_id, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users
) STRICT;

CREATE INDEX members_by_name ON members (org_id, name_key, user_id) WHERE removed_at IS NULL;

CREATE TABLE entities (
    org_id      TEXT NOT NULL,
    id          TEXT NOT NULL,
    type        TEXT NOT NULL,
    version     INTEGER NOT NULL,
    -- The change that made the version.
    position    INTEGER NOT NULL,
    -- The snapshot. The columns below are taken from it, to filter and to sort by.
    owner_id    TEXT,
    customer_id TEXT,
    status      TEXT NOT NULL,
    visibility  TEXT NOT NULL,
    starts_at   INTEGER,
    created_by  TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    deleted_at  INTEGER,
    name_key    TEXT NOT NULL,
    data        TEXT NOT NULL,
    search      TEXT NOT NULL,
    PRIMARY KEY (org_id, id)
) STRICT;

CREATE INDEX entities_by_update ON entities (org_id, type, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX entities_by_creation ON entities (org_id, type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX entities_by_name ON entities (org_id, type, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX entities_by_customer ON entities (org_id, customer_id, type, updated_at, id) WHERE deleted_at IS NULL;

CREATE TABLE log (
    org_id             TEXT NOT NULL,
    position           INTEGER NOT NULL,
    type               TEXT NOT NULL,
    -- Empty, and the version 0, for a change of a member.
    entity_type        TEXT NOT NULL,
    entity_id          TEXT NOT NULL,
    entity_version     INTEGER NOT NULL,
    customer_id        TEXT,
    prior_customer_id  TEXT,
    actor_id           TEXT NOT NULL,
    client_mutation_id TEXT,
    merged             INTEGER NOT NULL,
    comment_id         TEXT,
    conflict_id        TEXT,
    occurred_at        INTEGER NOT NULL,
    changes            TEXT,
    metadata           TEXT,
    -- The entity as the change left it; NULL where it made no version.
    snapshot           TEXT,
    PRIMARY KEY (org_id, position)
) STRICT;

CREATE UNIQUE INDEX log_by_mutation ON log (org_id, actor_id, client_mutation_id) WHERE client_mutation_id IS NOT NULL;
CREATE UNIQUE INDEX log_by_version ON log (org_id, entity_id, entity_version) WHERE snapshot IS NOT NULL;
CREATE INDEX log_by_entity ON log (org_id, entity_id, position);
CREATE INDEX log_by_actor ON log (org_id, actor_id, position);
CREATE INDEX log_by_customer ON log (org_id, customer_id, position) WHERE customer_id IS NOT NULL;
CREATE INDEX log_by_prior_customer ON log (org_id, prior_customer_id, position) WHERE prior_customer_id IS NOT NULL;
CREATE INDEX log_by_view ON log (org_id, entity_id, actor_id, occurred_at) WHERE type = 'VIEW';

CREATE TABLE comments (
    org_id      TEXT NOT NULL,
    id          TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    entity_id   TEXT NOT NULL,
    author_id   TEXT NOT NULL,
    body        TEXT NOT NULL,
    mention_ids TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, entity_id) REFERENCES entities
) STRICT;

CREATE INDEX comments_by_entity ON comments (org_id, entity_id, created_at, id);

CREATE TABLE conflicts (
    org_id          TEXT NOT NULL,
    id              TEXT NOT NULL,
    entity_type     TEXT NOT NULL,
    entity_id       TEXT NOT NULL,
    base_version    INTEGER NOT NULL,
    remote_version  INTEGER NOT NULL,
    fields          TEXT NOT NULL,
    patch           TEXT NOT NULL,
    detected_at     INTEGER NOT NULL,
    detected_for_id TEXT NOT NULL,
    resolution      TEXT,
    resolved_by_id  TEXT,
    resolved_at     INTEGER,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, entity_id) REFERENCES entities
) STRICT;

CREATE INDEX conflicts_by_detection ON conflicts (org_id, detected_at, id);
CREATE INDEX conflicts_open ON conflicts (org_id, detected_at, id) WHERE resolution IS NULL;
CREATE INDEX conflicts_by_entity ON conflicts (org_id, entity_id, detected_at, id);

-- The primary key keeps a person from being told twice of one change.
CREATE TABLE notifications (
    org_id      TEXT NOT NULL,
    position    INTEGER NOT NULL,
    user_id     TEXT NOT NULL,
    id          TEXT NOT NULL,
    kind        TEXT NOT NULL,
    title       TEXT NOT NULL,
    body        TEXT NOT NULL,
    entity_type TEXT,
    entity_id   TEXT,
    actor_id    TEXT,
    created_at  INTEGER NOT NULL,
    read_at     INTEGER,
    PRIMARY KEY (org_id, position, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users
) STRICT;

CREATE UNIQUE INDEX notifications_by_id ON notifications (org_id, id);
CREATE INDEX notifications_by_user ON notifications (org_id, user_id, position);
CREATE INDEX notifications_unread ON notifications (org_id, user_id, position) WHERE read_at IS NULL;
