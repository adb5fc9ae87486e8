-- Browsers that are sent messages. endpoint_hash is the SHA-256 of the endpoint, in hex; host is that of the endpoint.
CREATE TABLE push_subscriptions (
    org_id        TEXT NOT NULL,
    id            TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    endpoint      TEXT NOT NULL,
    endpoint_hash TEXT NOT NULL,
    host          TEXT NOT NULL,
    p256dh        TEXT NOT NULL,
    auth          TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) STRICT;

CREATE UNIQUE INDEX push_subscriptions_by_endpoint ON push_subscriptions (org_id, endpoint_hash);
CREATE INDEX push_subscriptions_by_user ON push_subscriptions (org_id, user_id, created_at, id);

-- The organization that an endpoint belongs to, of all: the one in which it was registered last.
CREATE TABLE push_endpoints (
    hash   TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL
) STRICT;

-- Keys of the whole deployment, made by the first instance that needs one.
CREATE TABLE deployment_keys (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What is to be sent: a notification to a browser (PUSH; target is the subscription), or a person's digest (DIGEST; target
-- is the person, and notification_id is empty). A row is due at due_at. The instance that claims it moves that on, so that
-- another one takes it over if the first one dies; holder tells who claimed it last. grown counts what was added since the
-- row was made. A row that is not pending was sent: it delays the next message under the same key until due_at, and is
-- deleted then. ready_at is when the row was first due, for the age of the oldest.
CREATE TABLE jobs (
    org_id          TEXT NOT NULL,
    kind            TEXT NOT NULL,
    target          TEXT NOT NULL,
    notification_id TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    host            TEXT NOT NULL,
    pending         INTEGER NOT NULL DEFAULT TRUE,
    planned         INTEGER NOT NULL DEFAULT FALSE,
    grown           INTEGER NOT NULL DEFAULT 0,
    attempts        INTEGER NOT NULL DEFAULT 0,
    holder          TEXT,
    due_at          INTEGER NOT NULL,
    ready_at        INTEGER NOT NULL,
    queued_at       INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    PRIMARY KEY (org_id, kind, target, notification_id)
) STRICT;

CREATE INDEX jobs_by_due ON jobs (org_id, due_at);
CREATE INDEX jobs_by_user ON jobs (org_id, user_id);

-- The notifications of which a person's next digest tells.
CREATE TABLE digest_items (
    org_id          TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    notification_id TEXT NOT NULL,
    PRIMARY KEY (org_id, user_id, notification_id)
) STRICT;
