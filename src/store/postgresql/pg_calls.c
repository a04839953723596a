/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The budget of a provider: one row, which is read and written by one question, by the server's
 * clock.
 *
 * The row has the calls that were taken, by the second in which the last of them may be made.  They
 * count until a minute after it.  So each call that is made in a minute is counted when the last
 * one of that minute is taken: they are never too many.
 */
#include "config.h"

#include "store/postgresql/pg.h"

#include <stdlib.h>

/* More than any budget, and far from the end of the server's numbers. */
#define MANY ((uint64_t)1 << 40)

struct calls {
    const struct engine_calls *calls;
    int64_t taken;
    int64_t wait;
};

/* With the row locked before it is read: a statement that waits for a row computes with what it had
 * read before. */
static char *calls_text(const struct engine_calls *calls)
{
    const uint64_t limit = calls->per_minute > calls->leave ? calls->per_minute - calls->leave : 0;
    const uint64_t room = limit < MANY ? limit : MANY;
    const uint64_t most = calls->most < MANY ? calls->most : MANY;
    char *text = NULL;
    size_t size;
    FILE *sql = open_memstream(&text, &size);

    if (sql == NULL)
        return NULL;
    fputs(PG_BEGIN "INSERT INTO fob.calls (id, ends, counts, taken, wait) VALUES (", sql);
    pg_hex(sql, calls->id, ENGINE_ID);
    fputs(", '{}', '{}', 0, 0) ON CONFLICT DO NOTHING; SELECT 1 FROM fob.calls WHERE id = ", sql);
    pg_hex(sql, calls->id, ENGINE_ID);
    fprintf(sql,
            " FOR UPDATE;"
            "UPDATE fob.calls AS c SET (ends, counts, taken, wait) = ("
            "WITH t AS (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now),"
            " old AS (SELECT u.e, u.n FROM t, unnest(c.ends, c.counts) AS u (e, n)"
            " WHERE u.e + 60000 > t.now),"
            " used AS (SELECT coalesce(sum(n), 0)::bigint AS n FROM old),"
            " got AS (SELECT greatest(least(%llu, %llu - n), 0) AS n FROM used),"
            " new AS (SELECT e, n FROM old UNION ALL"
            " SELECT (t.now + %u + 999) / 1000 * 1000, got.n FROM t, got WHERE got.n > 0),"
            " sums AS (SELECT e, sum(n)::bigint AS n FROM new GROUP BY e),"
            " freed AS (SELECT e, sum(n) OVER (ORDER BY e) AS n FROM sums)"
            " SELECT coalesce((SELECT array_agg(e ORDER BY e) FROM sums), '{}'),"
            " coalesce((SELECT array_agg(n ORDER BY e) FROM sums), '{}'), got.n,"
            " coalesce((SELECT min(f.e) FROM freed AS f WHERE used.n - f.n < %llu) + 60000 - t.now,"
            " 60000) FROM t, used, got) WHERE id = ",
            (unsigned long long)most, (unsigned long long)room, calls->within_ms,
            (unsigned long long)room);
    pg_hex(sql, calls->id, ENGINE_ID);
    fputs(" RETURNING taken, wait;" PG_COMMIT, sql);
    if (fclose(sql) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static int calls_take(struct engine *engine, void *data)
{
    struct calls *calls = data;
    char *text = calls_text(calls->calls);
    PGresult *results[2] = { NULL, NULL };
    int code = text != NULL ? pg_script(engine, text, results, 2)
                            : engine->host->fail(FOB_NOMEM, "out of memory");

    free(text);
    if (code == FOB_SUCCESS && PQntuples(results[1]) == 1) {
        calls->taken = strtoll(PQgetvalue(results[1], 0, 0), NULL, 10);
        calls->wait = strtoll(PQgetvalue(results[1], 0, 1), NULL, 10);
    } else if (code == FOB_SUCCESS) {
        code = pg_error_damaged(engine, "a row in fob.calls that cannot be written");
    }
    PQclear(results[0]);
    PQclear(results[1]);
    return code;
}

int pg_calls(struct engine *engine, const struct engine_calls *calls, uint64_t *taken,
             int64_t *wait)
{
    struct calls work = { .calls = calls };
    int code = pg_do(engine, calls_take, &work);

    if (code == FOB_SUCCESS) {
        *taken = (uint64_t)work.taken;
        *wait = work.taken > 0 ? 0 : work.wait;
    }
    return code;
}
