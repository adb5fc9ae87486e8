-- A claim is for one kind of jobs, so that an instance without mail does not touch digests, however many wait.
DROP INDEX jobs_by_due;
CREATE INDEX jobs_by_due ON jobs (org_id, kind, due_at);
