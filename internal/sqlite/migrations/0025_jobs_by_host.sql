-- A claim passes over push services that are busy or left alone, without reading what waits for them.
CREATE INDEX jobs_by_host ON jobs (org_id, kind, host, due_at);
