/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps a store as one array, of which each transaction appends a new version. */
#include "config.h"

#include "memory_engine.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 20000
#define CLAIMS_MAX 8

struct engine {
    const struct engine_host *host;
};

/* A version of a record, or of the header when ID is all 0. */
struct row {
    unsigned char id[ENGINE_ID];
    unsigned char stamp[ENGINE_STAMP];
    unsigned char *name;
    size_t name_size;
    unsigned char *sealed;
    size_t size;
    uint64_t revision;
};

struct claimed {
    unsigned char id[ENGINE_ID];
    struct engine_holder holder;
};

static struct claimed claims[CLAIMS_MAX];
static size_t claim_count;
static struct row rows[ROWS_MAX];
static size_t row_count;
static struct engine_tick ticks[ROWS_MAX];
static unsigned char *moved; /* where to, sealed */
static size_t moved_size;
static size_t tick_count;
struct memory_engine_orders memory_engine_orders;
unsigned memory_engine_steps;
unsigned memory_engine_transactions;

static const unsigned char header_id[ENGINE_ID];

static unsigned char *copy_of(struct span bytes)
{
    unsigned char *copy = malloc(bytes.size + 1);

    assert_non_null(copy);
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return copy;
}

static void add_row(const unsigned char *id, struct span name, struct span sealed,
                    const unsigned char *stamp)
{
    struct row *row = &rows[row_count++];

    assert_true(row_count < ROWS_MAX);
    *row = (struct row){ .name = copy_of(name),
                         .name_size = name.size,
                         .sealed = copy_of(sealed),
                         .size = sealed.size,
                         .revision = tick_count };
    memcpy(row->id, id, ENGINE_ID);
    memcpy(row->stamp, stamp, ENGINE_STAMP);
}

/* The newest version, or NULL. */
static struct row *find_row(const unsigned char *id)
{
    for (size_t i = row_count; i-- > 0;) {
        if (memcmp(rows[i].id, id, ENGINE_ID) == 0)
            return &rows[i];
    }
    return NULL;
}

static void add_tick(const unsigned char *stamp)
{
    struct engine_tick *tick = &ticks[tick_count++];

    tick->revision = tick_count;
    memcpy(tick->stamp, stamp, ENGINE_STAMP);
}

void memory_engine_reset(void)
{
    for (size_t i = 0; i < row_count; i++) {
        free(rows[i].name);
        free(rows[i].sealed);
    }
    free(moved);
    moved = NULL;
    claim_count = 0;
    row_count = 0;
    tick_count = 0;
    memory_engine_orders = (struct memory_engine_orders){ 0 };
    memory_engine_steps = 0;
    memory_engine_transactions = 0;
}

void memory_engine_roll_back(void)
{
    while (row_count > 0 && rows[row_count - 1].revision == tick_count) {
        row_count--;
        free(rows[row_count].name);
        free(rows[row_count].sealed);
    }
    tick_count--;
}

static int refuse(const struct engine *engine, int code, const char *why)
{
    /* In parentheses: cmocka has a macro of this name. */
    return (engine->host->fail)(code, "memory: %s", why);
}

static int obey(const struct engine *engine)
{
    return memory_engine_orders.down == FOB_SUCCESS
               ? FOB_SUCCESS
               : refuse(engine, memory_engine_orders.down, "told to fail");
}

static int memory_open(const struct engine_host *host, const struct engine_settings *settings,
                       struct engine **engine)
{
    (void)settings;
    *engine = malloc(sizeof **engine);
    assert_non_null(*engine);
    (*engine)->host = host;
    return FOB_SUCCESS;
}

static void memory_close(struct engine *engine)
{
    free(engine);
}

static int memory_create(struct engine *engine, struct span header,
                         const unsigned char stamp[static ENGINE_STAMP],
                         const unsigned char tick[static ENGINE_STAMP])
{
    const struct span none = { NULL, 0 };
    int code = obey(engine);

    if (code != FOB_SUCCESS)
        return code;
    if (tick_count > 0)
        return refuse(engine, FOB_EXISTS, "there is a store");
    add_tick(tick);
    add_row(header_id, none, header, stamp);
    return FOB_SUCCESS;
}

/* Whether ROW is the newest of its record. */
static bool is_newest(const struct row *row)
{
    return find_row(row->id) == row;
}

static int tell_row(const struct row *row, const struct engine_sink *sink)
{
    const struct span name = { row->name, row->name_size };
    const struct span sealed = { row->sealed, row->size };

    if (memcmp(row->id, header_id, ENGINE_ID) == 0)
        return sink->header(sealed, sink->data);
    return sink->record(row->id, name, sealed, sink->data);
}

static int memory_step(struct engine *engine, const struct engine_tick *known,
                       const struct engine_sink *sink, struct engine_tick *now)
{
    int code = obey(engine);

    memory_engine_steps++;
    if (code != FOB_SUCCESS)
        return code;
    if (tick_count == 0)
        return refuse(engine, FOB_NOT_FOUND, "there is no store yet");
    if (known->revision > tick_count ||
        (known->revision > 0 &&
         memcmp(known->stamp, ticks[known->revision - 1].stamp, ENGINE_STAMP) != 0))
        return refuse(engine, FOB_CORRUPT, "the server was rolled back");
    if (known->revision == 0)
        code = sink->all(sink->data);
    for (size_t i = 0; i < row_count && code == FOB_SUCCESS; i++) {
        const struct row *row = &rows[i];

        if (row->revision > known->revision && is_newest(row) &&
            (row->size > 0 || known->revision > 0))
            code = tell_row(row, sink);
    }
    if (code == FOB_SUCCESS && moved != NULL && sink->moved != NULL)
        code = sink->moved((struct span){ moved, moved_size }, sink->data);
    if (code == FOB_SUCCESS)
        *now = ticks[tick_count - 1];
    return code;
}

static void judge_change(struct engine_change *change)
{
    static const unsigned char none[ENGINE_STAMP];
    const struct row *row = find_row(change->id);
    const unsigned char *there = row != NULL && row->size > 0 ? row->stamp : none;

    change->result = memcmp(there, change->expected, ENGINE_STAMP) == 0 ? FOB_SUCCESS : FOB_CHANGED;
}

static void make_change(const struct engine_change *change)
{
    const struct row *row = find_row(change->id);
    struct span name = change->name;

    if (name.size == 0 && row != NULL)
        name = (struct span){ row->name, row->name_size };
    add_row(change->id, name, change->sealed, change->stamp);
}

static void make_transaction(struct engine_transaction *transaction)
{
    const struct span none = { NULL, 0 };

    add_tick(transaction->stamp);
    if (transaction->new_header.size > 0)
        add_row(header_id, none, transaction->new_header, transaction->new_header_stamp);
    for (size_t i = 0; i < transaction->count; i++) {
        if (transaction->changes[i].result == FOB_SUCCESS)
            make_change(&transaction->changes[i]);
    }
}

static int memory_apply(struct engine *engine, struct engine_transaction *transaction,
                        bool *unknown, struct engine_tick *now)
{
    void (*before)(void) = memory_engine_orders.before;
    int code;

    memory_engine_transactions++;
    memory_engine_orders.before = NULL;
    if (before != NULL)
        before();
    code = obey(engine);
    if (code != FOB_SUCCESS)
        return code;
    if (memcmp(find_row(header_id)->stamp, transaction->header, ENGINE_STAMP) != 0)
        return FOB_CHANGED;
    for (size_t i = 0; i < transaction->count; i++)
        judge_change(&transaction->changes[i]);
    make_transaction(transaction);
    *now = ticks[tick_count - 1];
    *unknown = memory_engine_orders.unknown;
    memory_engine_orders.unknown = false;
    return *unknown ? refuse(engine, FOB_SYSTEM, "the outcome is not known") : FOB_SUCCESS;
}

static int memory_retire(struct engine *engine, struct span place)
{
    int code = obey(engine);

    if (code != FOB_SUCCESS)
        return code;
    moved = copy_of(place);
    moved_size = place.size;
    return FOB_SUCCESS;
}

static int memory_see(struct engine *engine, const struct engine_machine *machine)
{
    int code = obey(engine);

    (void)machine;
    if (code == FOB_SUCCESS && memory_engine_orders.see != FOB_SUCCESS)
        code = refuse(engine, memory_engine_orders.see, "told to fail");
    return code;
}

static struct claimed *find_claim(const unsigned char *id)
{
    for (size_t i = 0; i < claim_count; i++) {
        if (memcmp(claims[i].id, id, ENGINE_ID) == 0)
            return &claims[i];
    }
    return NULL;
}

static void set_claim(struct claimed *claimed, const struct engine_claim *claim)
{
    memcpy(claimed->id, claim->id, ENGINE_ID);
    claimed->holder = (struct engine_holder){ .left_ms = (int64_t)claim->seconds * 1000,
                                              .note_size = claim->note.size };
    memcpy(claimed->holder.holder, claim->holder, ENGINE_STAMP);
    memcpy(claimed->holder.note, claim->note.data, claim->note.size);
}

static int memory_claim(struct engine *engine, const struct engine_claim *claim,
                        struct engine_holder *holder)
{
    struct claimed *claimed = find_claim(claim->id);
    int code = obey(engine);

    if (code != FOB_SUCCESS)
        return code;
    if (claimed != NULL && claimed->holder.left_ms > 0 &&
        memcmp(claimed->holder.holder, claim->holder, ENGINE_STAMP) != 0) {
        *holder = claimed->holder;
        return FOB_IGNORE;
    }
    assert_true(claimed != NULL || claim_count < CLAIMS_MAX);
    set_claim(claimed != NULL ? claimed : &claims[claim_count++], claim);
    return FOB_SUCCESS;
}

static int memory_look(struct engine *engine, const unsigned char id[static ENGINE_ID],
                       struct engine_holder *holder)
{
    const struct claimed *claimed = find_claim(id);
    int code = obey(engine);

    if (code == FOB_SUCCESS && claimed == NULL)
        code = FOB_NOT_FOUND;
    if (code == FOB_SUCCESS)
        *holder = claimed->holder;
    return code;
}

static int memory_unclaim(struct engine *engine, const struct engine_claim *claim, bool keep)
{
    struct claimed *claimed = find_claim(claim->id);
    int code = obey(engine);

    assert_false(keep);
    if (code == FOB_SUCCESS && claimed != NULL &&
        memcmp(claimed->holder.holder, claim->holder, ENGINE_STAMP) == 0)
        *claimed = claims[--claim_count];
    return code;
}

void memory_engine_let_claims_end(void)
{
    for (size_t i = 0; i < claim_count; i++)
        claims[i].holder.left_ms = 0;
}

int memory_engine_load(const char *driver, const struct engine_class **class)
{
    static const struct engine_class memory = {
        .abi = ENGINE_ABI,
        .size = sizeof memory,
        .name = "memory",
        .open = memory_open,
        .close = memory_close,
        .leave = memory_close,
        .create = memory_create,
        .step = memory_step,
        .apply = memory_apply,
        .claim = memory_claim,
        .look = memory_look,
        .unclaim = memory_unclaim,
        .see = memory_see,
        .retire = memory_retire,
    };

    (void)driver;
    *class = &memory;
    return FOB_SUCCESS;
}
