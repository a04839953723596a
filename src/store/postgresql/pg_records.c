/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes records within a transaction that has the store's lock: many with one statement. */
#include "config.h"

#include "store/postgresql/pg.h"

#include <stdlib.h>

/* What one statement has at most, though always one record. */
#define CHUNK_RECORDS 2000
#define CHUNK_BYTES ((size_t)8 * 1024 * 1024)

/* An array in PostgreSQL's binary format: five numbers, then each item after its size. */
#define ARRAY_HEAD 20
#define ITEM_HEAD 4

typedef struct span records_cell_fn(const struct engine_change *change);

static struct span records_id(const struct engine_change *change)
{
    return (struct span){ change->id, ENGINE_ID };
}

static struct span records_name(const struct engine_change *change)
{
    return change->name;
}

static struct span records_sealed(const struct engine_change *change)
{
    return change->sealed;
}

static struct span records_stamp(const struct engine_change *change)
{
    return (struct span){ change->stamp, ENGINE_STAMP };
}

static struct span records_expected(const struct engine_change *change)
{
    return (struct span){ change->expected, ENGINE_STAMP };
}

static records_cell_fn *const columns[] = {
    records_id, records_name, records_sealed, records_stamp, records_expected,
};
#define COLUMNS (sizeof columns / sizeof *columns)

/* The array of one column of the changes; its bytes are freed by the caller. */
static bool records_array(struct engine_change *const *changes, size_t count, records_cell_fn *cell,
                          struct pg_value *value)
{
    const uint32_t head[] = { 1, 0, PG_BYTEA, (uint32_t)count, 1 };
    size_t size = ARRAY_HEAD;
    unsigned char *at;

    for (size_t i = 0; i < count; i++)
        size += ITEM_HEAD + cell(changes[i]).size;
    at = malloc(size);
    if (at == NULL)
        return false;
    *value = (struct pg_value){ PG_BYTEA_ARRAY, at, size };
    for (size_t i = 0; i < sizeof head / sizeof *head; i++, at += 4)
        wire_put(at, head[i], 4);
    for (size_t i = 0; i < count; i++) {
        const struct span item = cell(changes[i]);

        wire_put(at, item.size, ITEM_HEAD);
        if (item.size > 0)
            memcpy(at + ITEM_HEAD, item.data, item.size);
        at += ITEM_HEAD + item.size;
    }
    return true;
}

static int records_compare(const void *a, const void *b)
{
    const struct engine_change *const *one = a;
    const struct engine_change *const *other = b;

    return memcmp((*one)->id, (*other)->id, ENGINE_ID);
}

/* Mark the changes whose ids are in RESULT as made. */
static int records_mark(struct engine *engine, struct engine_change **changes, size_t count,
                        const PGresult *result)
{
    for (int i = 0; i < PQntuples(result); i++) {
        struct engine_change key;
        const struct engine_change *key_at = &key;
        struct engine_change **found = NULL;

        if (pg_get_bytes(result, i, 0, key.id, ENGINE_ID))
            found = bsearch(&key_at, changes, count, sizeof *changes, records_compare);
        if (found == NULL)
            return pg_error_damaged(engine, "a damaged row in fob.records");
        (*found)->result = FOB_SUCCESS;
    }
    return FOB_SUCCESS;
}

static int records_chunk(struct engine *engine, struct engine_change **changes, size_t count,
                         int64_t revision)
{
    static const unsigned char none[ENGINE_STAMP];
    struct pg_value values[COLUMNS + 2] = { { 0, NULL, 0 } };
    struct pg_number number = pg_number(revision);
    PGresult *result = NULL;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < COLUMNS && code == FOB_SUCCESS; i++)
        if (!records_array(changes, count, columns[i], &values[i]))
            code = engine->host->fail(FOB_NOMEM, "out of memory");
    values[COLUMNS] = PG_NUMBER(number);
    values[COLUMNS + 1] = PG_BYTES(none, ENGINE_STAMP);
    if (code == FOB_SUCCESS)
        code = pg_ask(engine,
                      "WITH new AS (SELECT * FROM unnest($1, $2, $3, $4, $5)"
                      " AS u (id, name, sealed, stamp, expected)),"
                      " good AS (SELECT n.* FROM new AS n LEFT JOIN fob.records AS r ON r.id = n.id"
                      " WHERE CASE WHEN n.expected = $7 THEN r.sealed IS NULL"
                      " ELSE r.stamp = n.expected AND r.sealed IS NOT NULL END) "
                      "INSERT INTO fob.records AS r (id, name, sealed, stamp, revision)"
                      " SELECT id, name, CASE WHEN length(sealed) > 0 THEN sealed END, stamp, $6"
                      " FROM good ON CONFLICT (id) DO UPDATE SET name ="
                      " CASE WHEN length(excluded.name) > 0 THEN excluded.name ELSE r.name END,"
                      " sealed = excluded.sealed, stamp = excluded.stamp,"
                      " revision = excluded.revision RETURNING id",
                      values, COLUMNS + 2, &result);
    if (code == FOB_SUCCESS)
        code = records_mark(engine, changes, count, result);
    PQclear(result);
    for (size_t i = 0; i < COLUMNS; i++)
        free((void *)(uintptr_t)values[i].data);
    return code;
}

int pg_records_write(struct engine *engine, struct engine_change **changes, size_t count,
                     int64_t revision)
{
    size_t begin = 0;
    size_t bytes = 0;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        bytes += changes[i]->sealed.size + changes[i]->name.size;
        if (i + 1 < count && i + 1 - begin < CHUNK_RECORDS && bytes < CHUNK_BYTES)
            continue;
        if (begin > 0)
            pg_extend(engine);
        code = records_chunk(engine, changes + begin, i + 1 - begin, revision);
        begin = i + 1;
        bytes = 0;
    }
    return code;
}

int pg_records_sort(struct engine *engine, struct engine_change *changes, size_t count,
                    struct engine_change ***sorted)
{
    struct engine_change **new = calloc(count + 1, sizeof *new);

    if (new == NULL)
        return engine->host->fail(FOB_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++)
        new[i] = &changes[i];
    qsort(new, count, sizeof *new, records_compare);
    for (size_t i = 1; i < count; i++) {
        if (records_compare(&new[i - 1], &new[i]) == 0) {
            free(new);
            return engine->host->fail(FOB_INVALID, "two changes of one record");
        }
    }
    *sorted = new;
    return FOB_SUCCESS;
}
