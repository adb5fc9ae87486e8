#!/bin/sh
# Creates the database when the container starts with an empty volume. Its owner is not a superuser, since Postgres does not apply
# row-level security to superusers (docs/operations/install.md, "The database's role").
set -eu

psql --set=ON_ERROR_STOP=1 --username=postgres --set=password="$TANDEM_PASSWORD" <<'SQL'
CREATE ROLE tandem LOGIN PASSWORD :'password';
CREATE DATABASE tandem OWNER tandem;
SQL
