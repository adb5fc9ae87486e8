-- What instances share of certificates that they have by ACME: the key of the account at the authority, certificates with their
-- keys, and the answers to challenges, in PEM or as the authority wants them. holder may order the certificate of a name until
-- held_until.
CREATE TABLE certificates (
    name       text COLLATE "C" NOT NULL PRIMARY KEY,
    value      text NOT NULL DEFAULT '',
    holder     text COLLATE "C" NOT NULL DEFAULT '',
    held_until timestamptz
);
