/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The engine postgresql, which keeps a store in a PostgreSQL database: fob-postgresql(7).
 *
 * postgresql.c is the table of its functions, and pg_schema.c has the tables of the database.  An
 * operation (pg_do.c) connects (pg_connect.c, pg_places.c), asks (pg_ask.c), and is made again when
 * the connection was lost or the server says so (pg_error.c).
 */
#ifndef FOB_STORE_POSTGRESQL_PG_H
#define FOB_STORE_POSTGRESQL_PG_H

#include "store/engine.h"

#include <libpq-fe.h>
#include <locale.h>
#include <stdio.h>

/* Beside enum fob_code, between these files: why an operation has to be made again.  Why is in
 * engine->why. */
#define PG_LOST (-1)  /* with a new connection */
#define PG_AGAIN (-2) /* with the same one */

#define PG_VERSION_OF_SCHEMA 1

/* Where a server may be. */
struct pg_place {
    const char *host; /* or the folder of a socket */
    char port[6];
    bool local; /* nobody is between */
};

struct engine {
    const struct engine_host *host;
    struct engine_settings settings;
    char *hosts; /* that the places point into */
    struct pg_place *places;
    size_t place_count;
    bool secure;         /* TLS is needed */
    const char *ca_file; /* with SECURE */
    locale_t plain;      /* in which libpq's messages are in English */
    PGconn *conn;
    int64_t end;       /* of the operation, CLOCK_MONOTONIC in ms */
    int64_t deadline;  /* of this attempt at it */
    bool was_there;    /* a server was reached before */
    bool listening;    /* this connection gets notifications */
    bool unreplicated; /* the server stopped waiting for a standby */
    char where[300];   /* the server of CONN, or the last that was tried */
    char why[400];
    char text[500]; /* what describe() gave */
};

/* pg_places.c: parse the settings' hosts.  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOMEM. */
int pg_places(struct engine *engine);

/* pg_connect.c: have a connection to a server that takes writes, until the operation's end. Returns
 * FOB_SUCCESS and the codes of engine.h. */
int pg_connect(struct engine *engine);

/* pg_link.c: wait for EVENTS of the connection until END; false when it is too late. */
bool pg_wait(const struct engine *engine, short events, int64_t end);
/* Begin an attempt, which has half of the time that is left: when an answer does not come, there
 * has to be time to ask on another connection. */
void pg_begin(struct engine *engine);
/* The same, with all of the time again: bytes come, or go. */
void pg_extend(struct engine *engine);
/* Let go of the connection. */
void pg_disconnect(struct engine *engine);

/* pg_attempt.c: connect to PLACE, at ADDRESS unless it is NULL, until the deadline END.  Returns
 * FOB_SUCCESS; PG_LOST; or a code, without a message, WHY it must not be tried again.  SOON: it is
 * there, but not ready. */
int pg_attempt(struct engine *engine, const struct pg_place *place, const char *address,
               int64_t end, bool *soon);

/* pg_error.c: the code for what the server said.  Sets the message, or engine->why. */
int pg_error(struct engine *engine, const PGresult *result);
/* The code for SQLSTATE, without a message. */
int pg_error_code(const char *sqlstate);
/* Note why, from a text of libpq, and return PG_LOST. */
int pg_error_lost(struct engine *engine, const char *text);
/* Copy the first line of TEXT without control characters. */
void pg_error_line(char *line, size_t size, const char *text);
/* What the server has is no store, or damaged: FOB_CORRUPT. */
int pg_error_damaged(struct engine *engine, const char *what);
/* The tables are of another version: FOB_CONFIG. */
int pg_error_version(struct engine *engine, int64_t version);

/* A parameter of a statement: bytes in PostgreSQL's binary format. */
struct pg_value {
    Oid type;
    const void *data;
    size_t size;
};
/* A number for a parameter. */
struct pg_number {
    unsigned char bytes[8];
};
static inline struct pg_number pg_number(int64_t number)
{
    struct pg_number value = { { 0 } };

    wire_put(value.bytes, (uint64_t)number, sizeof value.bytes);
    return value;
}
#define PG_BYTEA 17
#define PG_INT8 20
#define PG_BYTEA_ARRAY 1001
#define PG_BYTES(bytes, length) ((struct pg_value){ PG_BYTEA, (bytes), (length) })
#define PG_NUMBER(number) ((struct pg_value){ PG_INT8, (number).bytes, sizeof(number).bytes })

/* pg_ask.c: make a statement, or several without values; they return the codes of engine.h, PG_LOST
 * and PG_AGAIN.  The caller clears each RESULT. */
int pg_ask(struct engine *engine, const char *sql, const struct pg_value *values, size_t count,
           PGresult **result);
/* The results that have rows, as texts, and at most MAX of them; the others stay NULL. */
int pg_script(struct engine *engine, const char *sql, PGresult **results, size_t max);
/* Give each row to FN as it comes; another code than FOB_SUCCESS ends that, and the connection. */
typedef int pg_row_fn(const PGresult *row, void *data);
int pg_stream(struct engine *engine, const char *sql, const struct pg_value *value, pg_row_fn *fn,
              void *data);

/* Cells of a binary result.  False when they are NULL, or have another size. */
bool pg_get_number(const PGresult *result, int row, int column, int64_t *number);
bool pg_get_bytes(const PGresult *result, int row, int column, void *bytes, size_t size);
struct span pg_get_span(const PGresult *result, int row, int column);

/* pg_do.c: connect, and make OPERATION, as often as must be, within the settings' time. */
typedef int pg_operation_fn(struct engine *engine, void *data);
int pg_do(struct engine *engine, pg_operation_fn *fn, void *data);

/* pg_schema.c */
extern const char pg_schema_text[];   /* for an administrator */
extern const char pg_schema_tables[]; /* for create() */

/* pg_records.c: write CHANGES, sorted, with the store's lock, and set their results.  Then sort
 * them, which the caller frees, for that. */
int pg_records_write(struct engine *engine, struct engine_change **changes, size_t count,
                     int64_t revision);
int pg_records_sort(struct engine *engine, struct engine_change *changes, size_t count,
                    struct engine_change ***sorted);

/* For pg_script(): a transaction in which each statement sees what others have committed before it;
 * and its end, whose answer also means that the standby has it, however long that takes. */
#define PG_BEGIN "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
#define PG_COMMIT "SET LOCAL statement_timeout = 0; COMMIT"
/* Write bytes as an expression of SQL. */
void pg_hex(FILE *sql, const void *data, size_t size);

/* What struct engine_class says, each in a file of its own subject. */
int pg_create(struct engine *engine, struct span header,
              const unsigned char stamp[static ENGINE_STAMP],
              const unsigned char tick[static ENGINE_STAMP]);
int pg_step(struct engine *engine, const struct engine_tick *known, const struct engine_sink *sink,
            struct engine_tick *now);
int pg_apply(struct engine *engine, struct engine_transaction *transaction, bool *unknown,
             struct engine_tick *now);
int pg_apply_retire(struct engine *engine, struct span place);
int pg_claim(struct engine *engine, const struct engine_claim *claim, struct engine_holder *holder);
int pg_claim_look(struct engine *engine, const unsigned char id[static ENGINE_ID],
                  struct engine_holder *holder);
int pg_claim_end(struct engine *engine, const struct engine_claim *claim, bool keep);
int pg_calls(struct engine *engine, const struct engine_calls *calls, uint64_t *taken,
             int64_t *wait);
int pg_machine_see(struct engine *engine, const struct engine_machine *machine);
int pg_machine_list(struct engine *engine, engine_machine_fn *fn, void *data);
int pg_machine_forget(struct engine *engine, const unsigned char id[static ENGINE_ID]);
int pg_follow(struct engine *engine, int timeout_ms);

#endif
