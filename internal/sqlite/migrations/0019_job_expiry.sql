-- A claim first deletes what has expired, without a look at everything that is due.
CREATE INDEX jobs_by_expiry ON jobs (org_id, expires_at);
