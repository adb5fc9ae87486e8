-- Every primary key starts with org_id, so that organizations are kept apart by
-- a prefix. Text that is sorted or looked up compares by byte (COLLATE "C").
--
-- JSON that is only handed back is json, which keeps the bytes as they came:
-- merging compares values by their bytes. Only what is searched in is jsonb.
--
-- No foreign key leads to organizations. Each would lock the row that every
-- write of the organization updates.

CREATE TABLE organizations (
    id    text COLLATE "C" NOT NULL PRIMARY KEY,
    name  text NOT NULL,
    -- The position of the newest change of the organization's log.
    head  bigint NOT NULL DEFAULT 0,
    -- The identity of the log; new when its history is replaced.
    epoch bigint NOT NULL
    -- Room for the new version of a row that every write updates.
) WITH (fillfactor = 50);

CREATE TABLE users (
    org_id    text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    email     text,
    avatar    text,
    erased_at timestamptz,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE members (
    org_id          text COLLATE "C" NOT NULL,
    user_id         text COLLATE "C" NOT NULL,
    role            text COLLATE "C" NOT NULL,
    -- The sort key of the person's name.
    name_key        text COLLATE "C" NOT NULL,
    presence_hidden boolean NOT NULL DEFAULT FALSE,
    removed_at      timestamptz,
    PRIMARY KEY (org_id, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users
);

CREATE INDEX members_by_name ON members (org_id, name_key, user_id) WHERE removed_at IS NULL;

CREATE TABLE entities (
    org_id      text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    -- The change that made the version.
    position    bigint NOT NULL,
    -- The snapshot. The columns below are taken from it, to filter and to sort by.
    owner_id    text COLLATE "C",
    customer_id text COLLATE "C",
    status      text COLLATE "C" NOT NULL,
    visibility  text COLLATE "C" NOT NULL,
    starts_at   timestamptz,
    created_by  text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    deleted_at  timestamptz,
    name_key    text COLLATE "C" NOT NULL,
    data        jsonb NOT NULL,
    search      text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE INDEX entities_by_update ON entities (org_id, type, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX entities_by_creation ON entities (org_id, type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX entities_by_name ON entities (org_id, type, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX entities_by_customer ON entities (org_id, customer_id, type, updated_at, id) WHERE deleted_at IS NULL;

CREATE TABLE log (
    org_id             text COLLATE "C" NOT NULL,
    position           bigint NOT NULL,
    type               text COLLATE "C" NOT NULL,
    -- Empty, and the version 0, for a change of a member.
    entity_type        text COLLATE "C" NOT NULL,
    entity_id          text COLLATE "C" NOT NULL,
    entity_version     bigint NOT NULL,
    customer_id        text COLLATE "C",
    prior_customer_id  text COLLATE "C",
    actor_id           text COLLATE "C" NOT NULL,
    client_mutation_id text COLLATE "C",
    merged             boolean NOT NULL,
    comment_id         text COLLATE "C",
    conflict_id        text COLLATE "C",
    occurred_at        timestamptz NOT NULL,
    changes            json,
    metadata           json,
    -- The entity as the change left it; NULL where it made no version.
    snapshot           json,
    PRIMARY KEY (org_id, position)
);

CREATE UNIQUE INDEX log_by_mutation ON log (org_id, actor_id, client_mutation_id) WHERE client_mutation_id IS NOT NULL;
CREATE UNIQUE INDEX log_by_version ON log (org_id, entity_id, entity_version) WHERE snapshot IS NOT NULL;
CREATE INDEX log_by_entity ON log (org_id, entity_id, position);
CREATE INDEX log_by_actor ON log (org_id, actor_id, position);
CREATE INDEX log_by_customer ON log (org_id, customer_id, position) WHERE customer_id IS NOT NULL;
CREATE INDEX log_by_prior_customer ON log (org_id, prior_customer_id, position) WHERE prior_customer_id IS NOT NULL;
CREATE INDEX log_by_view ON log (org_id, entity_id, actor_id, occurred_at) WHERE type = 'VIEW';

CREATE TABLE comments (
    org_id      text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    entity_type text COLLATE "C" NOT NULL,
    entity_id   text COLLATE "C" NOT NULL,
    author_id   text COLLATE "C" NOT NULL,
    body        text NOT NULL,
    mention_ids json NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, entity_id) REFERENCES entities
);

CREATE INDEX comments_by_entity ON comments (org_id, entity_id, created_at, id);

CREATE TABLE conflicts (
    org_id          text COLLATE "C" NOT NULL,
    id              text COLLATE "C" NOT NULL,
    entity_type     text COLLATE "C" NOT NULL,
    entity_id       text COLLATE "C" NOT NULL,
    base_version    bigint NOT NULL,
    remote_version  bigint NOT NULL,
    fields          json NOT NULL,
    patch           json NOT NULL,
    detected_at     timestamptz NOT NULL,
    detected_for_id text COLLATE "C" NOT NULL,
    resolution      text COLLATE "C",
    resolved_by_id  text COLLATE "C",
    resolved_at     timestamptz,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, entity_id) REFERENCES entities
);

CREATE INDEX conflicts_by_detection ON conflicts (org_id, detected_at, id);
CREATE INDEX conflicts_open ON conflicts (org_id, detected_at, id) WHERE resolution IS NULL;
CREATE INDEX conflicts_by_entity ON conflicts (org_id, entity_id, detected_at, id);

-- The primary key keeps a person from being told twice of one change.
CREATE TABLE notifications (
    org_id      text COLLATE "C" NOT NULL,
    position    bigint NOT NULL,
    user_id     text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    title       text NOT NULL,
    body        text NOT NULL,
    entity_type text COLLATE "C",
    entity_id   text COLLATE "C",
    actor_id    text COLLATE "C",
    created_at  timestamptz NOT NULL,
    read_at     timestamptz,
    PRIMARY KEY (org_id, position, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users
);

CREATE UNIQUE INDEX notifications_by_id ON notifications (org_id, id);
CREATE INDEX notifications_by_user ON notifications (org_id, user_id, position);
CREATE INDEX notifications_unread ON notifications (org_id, user_id, position) WHERE read_at IS NULL;
