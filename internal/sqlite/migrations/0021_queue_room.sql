-- In a full queue of a browser, what is not urgent makes room first, and then what is oldest.
ALTER TABLE jobs ADD COLUMN urgent INTEGER NOT NULL DEFAULT TRUE;

-- When the notification was added, or grew last: in a full digest, the oldest makes room.
ALTER TABLE digest_items ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;
