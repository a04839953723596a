/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Claims: rows with an end, by the server's clock. */
#include "config.h"

#include "store/postgresql/pg.h"

struct claim {
    const struct engine_claim *claim;
    const unsigned char *id;
    struct engine_holder holder;
    bool keep;
};

static int claim_find(struct engine *engine, struct claim *claim)
{
    const struct pg_value id = PG_BYTES(claim->id, ENGINE_ID);
    struct engine_holder *holder = &claim->holder;
    PGresult *result = NULL;
    struct span note;
    int code = pg_ask(engine,
                      "SELECT holder, note,"
                      " floor(extract(epoch FROM clock_timestamp() - since) * 1000)::bigint,"
                      " floor(extract(epoch FROM until - clock_timestamp()) * 1000)::bigint"
                      " FROM fob.claims WHERE id = $1",
                      &id, 1, &result);

    if (code != FOB_SUCCESS)
        return code;
    note = pg_get_span(result, 0, 1);
    if (PQntuples(result) == 0) {
        code = FOB_NOT_FOUND;
    } else if (!pg_get_bytes(result, 0, 0, holder->holder, ENGINE_STAMP) ||
               note.size > sizeof holder->note || !pg_get_number(result, 0, 2, &holder->age_ms) ||
               !pg_get_number(result, 0, 3, &holder->left_ms)) {
        code = pg_error_damaged(engine, "a damaged row in fob.claims");
    } else {
        memcpy(holder->note, note.data, note.size);
        holder->note_size = note.size;
    }
    PQclear(result);
    return code;
}

static int claim_take(struct engine *engine, void *data)
{
    struct claim *claim = data;
    const struct engine_claim *wish = claim->claim;
    struct pg_number ms = pg_number((int64_t)wish->seconds * 1000);
    const struct pg_value values[] = {
        PG_BYTES(wish->id, ENGINE_ID),
        PG_BYTES(wish->holder, ENGINE_STAMP),
        PG_BYTES(wish->note.data, wish->note.size),
        PG_NUMBER(ms),
    };
    PGresult *result = NULL;
    bool taken;
    int code = pg_ask(engine,
                      "INSERT INTO fob.claims AS c (id, holder, note, since, until)"
                      " VALUES ($1, $2, $3, clock_timestamp(),"
                      " clock_timestamp() + $4 * interval '1 millisecond')"
                      " ON CONFLICT (id) DO UPDATE SET holder = $2, note = $3,"
                      " since = CASE WHEN c.until > clock_timestamp() THEN c.since"
                      " ELSE clock_timestamp() END,"
                      " until = clock_timestamp() + $4 * interval '1 millisecond'"
                      " WHERE c.holder = $2 OR c.until <= clock_timestamp() RETURNING 1",
                      values, sizeof values / sizeof *values, &result);

    if (code != FOB_SUCCESS)
        return code;
    taken = PQntuples(result) == 1;
    PQclear(result);
    if (taken)
        return FOB_SUCCESS;
    code = claim_find(engine, claim);
    if (code == FOB_NOT_FOUND || (code == FOB_SUCCESS && claim->holder.left_ms <= 0))
        return pg_error_lost(engine, "others take the same claim") == PG_LOST ? PG_AGAIN : code;
    return code == FOB_SUCCESS ? FOB_IGNORE : code;
}

int pg_claim(struct engine *engine, const struct engine_claim *claim, struct engine_holder *holder)
{
    struct claim wish = { .claim = claim, .id = claim->id };
    int code;

    if (claim->note.size > sizeof holder->note)
        return engine->host->fail(FOB_INVALID, "too large a note for a claim");
    code = pg_do(engine, claim_take, &wish);
    if (code == FOB_IGNORE && holder != NULL)
        *holder = wish.holder;
    return code;
}

static int claim_look(struct engine *engine, void *data)
{
    return claim_find(engine, data);
}

int pg_claim_look(struct engine *engine, const unsigned char id[static ENGINE_ID],
                  struct engine_holder *holder)
{
    struct claim wish = { .id = id };
    int code = pg_do(engine, claim_look, &wish);

    if (code == FOB_SUCCESS)
        *holder = wish.holder;
    return code;
}

static int claim_end(struct engine *engine, void *data)
{
    const struct claim *claim = data;
    const struct pg_value values[] = {
        PG_BYTES(claim->id, ENGINE_ID),
        PG_BYTES(claim->claim->holder, ENGINE_STAMP),
        PG_BYTES(claim->claim->note.data, claim->claim->note.size),
    };

    return claim->keep ? pg_ask(engine,
                                "UPDATE fob.claims SET note = $3, until = clock_timestamp()"
                                " WHERE id = $1 AND holder = $2 AND until > clock_timestamp()",
                                values, 3, NULL)
                       : pg_ask(engine, "DELETE FROM fob.claims WHERE id = $1 AND holder = $2",
                                values, 2, NULL);
}

int pg_claim_end(struct engine *engine, const struct engine_claim *claim, bool keep)
{
    struct claim wish = { .claim = claim, .id = claim->id, .keep = keep };

    if (claim->note.size > sizeof wish.holder.note)
        return engine->host->fail(FOB_INVALID, "too large a note for a claim");
    return pg_do(engine, claim_end, &wish);
}
