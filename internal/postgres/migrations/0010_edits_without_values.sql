-- The fields that a new version of an entity changed, and whose edits they are, without the values in
-- changes, which may be long: an edit of an old version reads many of them. NULL in older rows.
ALTER TABLE log ADD COLUMN edited json;
