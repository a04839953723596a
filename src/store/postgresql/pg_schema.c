/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The tables of the database; fob-store(5) says what is in them. */
#include "config.h"

#include "store/postgresql/pg.h"

#define TABLES                                                                 \
    "CREATE SCHEMA IF NOT EXISTS fob;\n"                                       \
    "CREATE TABLE IF NOT EXISTS fob.version (\n"                               \
    "    one boolean PRIMARY KEY DEFAULT true CHECK (one),\n"                  \
    "    version bigint NOT NULL);\n"                                          \
    "INSERT INTO fob.version (version) VALUES (1) ON CONFLICT DO NOTHING;\n"   \
    "CREATE TABLE IF NOT EXISTS fob.meta (\n"                                  \
    "    one boolean PRIMARY KEY DEFAULT true CHECK (one),\n"                  \
    "    revision bigint NOT NULL,\n"                                          \
    "    stamp bytea NOT NULL CHECK (length(stamp) = 16),\n"                   \
    "    header bytea NOT NULL,\n"                                             \
    "    header_stamp bytea NOT NULL CHECK (length(header_stamp) = 16),\n"     \
    "    header_revision bigint NOT NULL,\n"                                   \
    "    moved bytea);\n"                                                      \
    "CREATE TABLE IF NOT EXISTS fob.records (\n"                               \
    "    id bytea PRIMARY KEY CHECK (length(id) = 32),\n"                      \
    "    stamp bytea NOT NULL CHECK (length(stamp) = 16),\n"                   \
    "    name bytea NOT NULL,\n"                                               \
    "    sealed bytea,\n"                                                      \
    "    revision bigint NOT NULL);\n"                                         \
    "CREATE INDEX IF NOT EXISTS records_revision ON fob.records (revision);\n" \
    "CREATE TABLE IF NOT EXISTS fob.transactions (\n"                          \
    "    revision bigint PRIMARY KEY,\n"                                       \
    "    stamp bytea NOT NULL UNIQUE CHECK (length(stamp) = 16),\n"            \
    "    made timestamp with time zone NOT NULL);\n"                           \
    "CREATE TABLE IF NOT EXISTS fob.claims (\n"                                \
    "    id bytea PRIMARY KEY CHECK (length(id) = 32),\n"                      \
    "    holder bytea NOT NULL CHECK (length(holder) = 16),\n"                 \
    "    note bytea NOT NULL CHECK (length(note) <= 256),\n"                   \
    "    since timestamp with time zone NOT NULL,\n"                           \
    "    until timestamp with time zone NOT NULL);\n"                          \
    "CREATE TABLE IF NOT EXISTS fob.calls (\n"                                 \
    "    id bytea PRIMARY KEY CHECK (length(id) = 32),\n"                      \
    "    ends bigint[] NOT NULL,\n"                                            \
    "    counts bigint[] NOT NULL,\n"                                          \
    "    taken bigint NOT NULL,\n"                                             \
    "    wait bigint NOT NULL);\n"                                             \
    "CREATE TABLE IF NOT EXISTS fob.machines (\n"                              \
    "    id bytea PRIMARY KEY CHECK (length(id) = 32),\n"                      \
    "    instance bytea NOT NULL CHECK (length(instance) = 16),\n"             \
    "    revision bigint NOT NULL,\n"                                          \
    "    info bytea NOT NULL,\n"                                               \
    "    seen timestamp with time zone NOT NULL);\n"

const char pg_schema_tables[] = "BEGIN;\n" TABLES "COMMIT";

const char pg_schema_text[] =
    "-- The tables of a fob store, for the database that the store is to lie in; run this as its\n"
    "-- owner.  Then run `fob init` on one machine.  fob-postgresql(7)\n"
    "BEGIN;\n" TABLES
    "-- The role that fob connects as.  It needs no other right in the database.\n"
    "-- CREATE ROLE fob LOGIN PASSWORD '...';\n"
    "GRANT USAGE ON SCHEMA fob TO fob;\n"
    "GRANT SELECT ON fob.version TO fob;\n"
    "GRANT SELECT, INSERT, UPDATE, DELETE\n"
    "    ON fob.meta, fob.records, fob.transactions, fob.claims, fob.calls, fob.machines TO fob;\n"
    "COMMIT;\n";
