-- The digest that tells of the notification, once one was begun; NULL until then.
ALTER TABLE digest_items ADD COLUMN digest_id text COLLATE "C";

-- The address that the mail server does not know. No digest goes there, until the person has another address or chooses a digest again.
ALTER TABLE notification_settings ADD COLUMN refused_email text;
