-- Whether messages of Web Push name records and people, which a locked screen shows too. NULL: the setting of the server holds.
ALTER TABLE organizations ADD COLUMN push_content boolean;
