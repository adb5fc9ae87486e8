-- Readers of one entity also read the changes that alter somebody's access, which are few.
CREATE INDEX log_access ON log (org_id, position) WHERE regards IS NOT NULL;
