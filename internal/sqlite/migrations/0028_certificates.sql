-- What an instance keeps of certificates that it has by ACME: the key of the account at the authority, certificates with their
-- keys, and the answers to challenges, in PEM or as the authority wants them. holder may order the certificate of a name until
-- held_until.
CREATE TABLE certificates (
    name       TEXT NOT NULL PRIMARY KEY,
    value      TEXT NOT NULL DEFAULT '',
    holder     TEXT NOT NULL DEFAULT '',
    held_until INTEGER
) STRICT;
