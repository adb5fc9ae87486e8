-- Browsers that are sent messages. endpoint_hash is the SHA-256 of the endpoint, in hex; host is that of the endpoint.
CREATE TABLE push_subscriptions (
    org_id        text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    user_id       text COLLATE "C" NOT NULL,
    endpoint      text NOT NULL,
    endpoint_hash text COLLATE "C" NOT NULL,
    host          text COLLATE "C" NOT NULL,
    p256dh        text NOT NULL,
    auth          text NOT NULL,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE UNIQUE INDEX push_subscriptions_by_endpoint ON push_subscriptions (org_id, endpoint_hash);
CREATE INDEX push_subscriptions_by_user ON push_subscriptions (org_id, user_id, created_at, id);

-- The organization that an endpoint belongs to, of all: the one in which it was registered last.
CREATE TABLE push_endpoints (
    hash   text COLLATE "C" NOT NULL PRIMARY KEY,
    holder text COLLATE "C" NOT NULL
);

-- Keys of the whole deployment, made by the first instance that needs one.
CREATE TABLE deployment_keys (
    name  text COLLATE "C" NOT NULL PRIMARY KEY,
    value text NOT NULL
);

-- What is to be sent: a notification to a browser (PUSH; target is the subscription), or a person's digest (DIGEST; target
-- is the person, and notification_id is empty). A row is due at due_at. The instance that claims it moves that on, so that
-- another one takes it over if the first one dies; holder tells who claimed it last. grown counts what was added since the
-- row was made. A row that is not pending was sent: it delays the next message under the same key until due_at, and is
-- deleted then. ready_at is when the row was first due, for the age of the oldest.
CREATE TABLE jobs (
    org_id          text COLLATE "C" NOT NULL,
    kind            text COLLATE "C" NOT NULL,
    target          text COLLATE "C" NOT NULL,
    notification_id text COLLATE "C" NOT NULL,
    user_id         text COLLATE "C" NOT NULL,
    host            text COLLATE "C" NOT NULL,
    pending         boolean NOT NULL DEFAULT TRUE,
    planned         boolean NOT NULL DEFAULT FALSE,
    grown           integer NOT NULL DEFAULT 0,
    attempts        integer NOT NULL DEFAULT 0,
    holder          text COLLATE "C",
    due_at          timestamptz NOT NULL,
    ready_at        timestamptz NOT NULL,
    queued_at       timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (org_id, kind, target, notification_id)
);

CREATE INDEX jobs_by_due ON jobs (org_id, due_at);
CREATE INDEX jobs_by_user ON jobs (org_id, user_id);

-- The notifications of which a person's next digest tells.
CREATE TABLE digest_items (
    org_id          text COLLATE "C" NOT NULL,
    user_id         text COLLATE "C" NOT NULL,
    notification_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, user_id, notification_id)
);

SELECT keep_apart('push_subscriptions');
SELECT keep_apart('jobs');
SELECT keep_apart('digest_items');

-- listing shows all jobs, which hold ids and times only, to due_organizations and job_stats.
CREATE POLICY listing ON jobs FOR SELECT USING (current_setting('tandem.listing', true) = 'on');

-- due_organizations returns the organizations with jobs that are due. It looks up one row for each organization with jobs.
CREATE FUNCTION due_organizations(at timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tandem.listing', 'on', true);
    RETURN QUERY WITH RECURSIVE orgs AS (
        (SELECT j.org_id FROM jobs j ORDER BY j.org_id LIMIT 1)
        UNION ALL
        SELECT (SELECT j.org_id FROM jobs j WHERE j.org_id > o.org_id ORDER BY j.org_id LIMIT 1) FROM orgs o WHERE o.org_id IS NOT NULL
    ) SELECT o.org_id FROM orgs o WHERE o.org_id IS NOT NULL AND EXISTS (SELECT FROM jobs j WHERE j.org_id = o.org_id AND j.due_at <= at);
    PERFORM set_config('tandem.listing', '', true);
END
$$;

-- job_stats returns how many jobs wait, by kind, and since when the oldest of those that are due has been.
CREATE FUNCTION job_stats(at timestamptz) RETURNS TABLE (kind text, waiting bigint, oldest timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tandem.listing', 'on', true);
    RETURN QUERY SELECT j.kind, COUNT(*), MIN(j.ready_at) FILTER (WHERE j.ready_at <= at) FROM jobs j WHERE j.pending GROUP BY j.kind;
    PERFORM set_config('tandem.listing', '', true);
END
$$;

-- release_endpoint deletes the subscription of an endpoint, with its jobs, unless it is that of a person in an organization. It
-- says the organization that has it, and in the end the one that it was called for.
CREATE FUNCTION release_endpoint(sought text, org text, person text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held text;
    gone text;
BEGIN
    SELECT e.holder INTO held FROM push_endpoints e WHERE e.hash = sought;
    IF held IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('tandem.org', held, true);
    DELETE FROM push_subscriptions s WHERE s.org_id = held AND s.endpoint_hash = sought AND (held <> org OR s.user_id <> person)
        RETURNING s.id INTO gone;
    DELETE FROM jobs j WHERE j.org_id = held AND j.kind = 'PUSH' AND j.target = gone;
    PERFORM set_config('tandem.org', org, true);
END
$$;
