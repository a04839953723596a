/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The engine postgresql on a server that is well: each function, and several who use it at once. */
#include "config.h"

#include "engine_fixture.h"

#include "util/array.h"
#include "util/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CLASS engine_fixture.class
#define SUCCEED(call)                                          \
    do {                                                       \
        if ((call) != FOB_SUCCESS)                             \
            fail_msg("%s: %s", #call, engine_fixture.message); \
    } while (0)

static void test_create(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine *other = engine_fixture_open(NULL);
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };
    unsigned char stamp[ENGINE_STAMP];

    (void)state;
    /* Once more, as after a lost answer. */
    engine_fixture_stamp(stamp, 1);
    SUCCEED(CLASS->create(other, wire_text("header"), stamp, stamp));
    engine_fixture_stamp(stamp, 2);
    assert_int_equal(CLASS->create(other, wire_text("another"), stamp, stamp), FOB_EXISTS);
    SUCCEED(engine_fixture_step(other, &tick, &told));
    assert_true(told.all);
    assert_string_equal(told.header, "header");
    assert_int_equal(told.count, 0);
    assert_int_equal(tick.revision, 1);
    SUCCEED(engine_fixture_step(other, &tick, &told));
    assert_false(told.all);
    assert_string_equal(told.header, "");
    CLASS->close(other);
    CLASS->close(engine);
}

static void test_not_there(void **state)
{
    struct engine *engine = engine_fixture_open(NULL);
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };

    (void)state;
    engine_fixture_empty();
    assert_int_equal(engine_fixture_step(engine, &tick, &told), FOB_NOT_FOUND);
    assert_non_null(strstr(engine_fixture.hint, "fob init"));
    assert_int_equal(engine_fixture_write(engine, 1, "x", 2, 0, NULL), FOB_NOT_FOUND);
    CLASS->close(engine);
}

/* One writes, another reads. */
static void test_records(void **state)
{
    struct engine *one = engine_fixture_create();
    struct engine *other = engine_fixture_open(NULL);
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };
    int result;

    (void)state;
    SUCCEED(engine_fixture_step(other, &tick, &told));
    SUCCEED(engine_fixture_write(one, 'a', "first", 2, 0, &result));
    assert_int_equal(result, FOB_SUCCESS);
    SUCCEED(engine_fixture_write(one, 'a', "lost", 3, 0, &result));
    assert_int_equal(result, FOB_CHANGED);
    SUCCEED(engine_fixture_write(one, 'b', "lost", 3, 9, &result));
    assert_int_equal(result, FOB_CHANGED);
    SUCCEED(engine_fixture_step(other, &tick, &told));
    assert_int_equal(told.count, 1);
    assert_int_equal(told.ids[0], 'a');
    assert_string_equal(told.sealed[0], "first");
    assert_false(told.all);
    SUCCEED(engine_fixture_write(one, 'a', "second", 3, 2, &result));
    assert_int_equal(result, FOB_SUCCESS);
    SUCCEED(engine_fixture_write(one, 'b', "other", 4, 0, &result));
    SUCCEED(engine_fixture_write(one, 'a', "", 5, 3, &result));
    assert_int_equal(result, FOB_SUCCESS);
    SUCCEED(engine_fixture_write(one, 'a', "", 6, 5, &result));
    assert_int_equal(result, FOB_CHANGED);
    SUCCEED(engine_fixture_step(other, &tick, &told));
    assert_int_equal(told.count, 2);
    for (size_t i = 0; i < told.count; i++)
        assert_string_equal(told.sealed[i], told.ids[i] == 'a' ? "" : "other");
    /* Who begins hears nothing of what was erased. */
    tick.revision = 0;
    SUCCEED(engine_fixture_step(other, &tick, &told));
    assert_true(told.all);
    assert_int_equal(told.count, 1);
    SUCCEED(engine_fixture_write(one, 'a', "again", 7, 0, &result));
    assert_int_equal(result, FOB_SUCCESS);
    SUCCEED(engine_fixture_step(other, &tick, &told));
    assert_string_equal(told.sealed[0], "again");
    CLASS->close(one);
    CLASS->close(other);
}

/* The sink's refusal ends a step, and the engine can be used on. */
static void test_sink_refuses(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_ABORT };

    (void)state;
    SUCCEED(engine_fixture_write(engine, 'a', "first", 2, 0, NULL));
    assert_int_equal(engine_fixture_step(engine, &tick, &told), FOB_ABORT);
    assert_int_equal(tick.revision, 0);
    told.answer = FOB_SUCCESS;
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    assert_int_equal(told.count, 1);
    CLASS->close(engine);
}

static void test_header(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_transaction transaction = { .new_header = wire_text("new header") };
    struct engine_tick tick = { .revision = 0 };
    struct engine_tick now;
    struct told told = { .answer = FOB_SUCCESS };
    bool unknown;

    (void)state;
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    engine_fixture_stamp(transaction.stamp, 7);
    engine_fixture_stamp(transaction.header, 1);
    engine_fixture_stamp(transaction.new_header_stamp, 2);
    SUCCEED(CLASS->apply(engine, &transaction, &unknown, &now));
    assert_int_equal(now.revision, 2);
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    assert_string_equal(told.header, "new header");
    assert_memory_equal(&tick, &now, sizeof tick);
    /* Who has the old one writes nothing. */
    engine_fixture.message[0] = '\0';
    assert_int_equal(engine_fixture_write(engine, 'a', "x", 2, 0, NULL), FOB_CHANGED);
    assert_string_equal(engine_fixture.message, "");
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    assert_int_equal(told.count, 0);
    CLASS->close(engine);
}

#define MANY 8000
#define RECORD 700

static void test_many(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_change *changes = calloc(MANY, sizeof *changes);
    struct engine_transaction transaction = { .changes = changes, .count = MANY };
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };
    static char sealed[RECORD];
    bool unknown;

    (void)state;
    assert_non_null(changes);
    memset(sealed, 's', sizeof sealed);
    SUCCEED(engine_fixture_write(engine, 255, "in the way", 2, 0, NULL));
    engine_fixture_stamp(transaction.stamp, 7);
    engine_fixture_stamp(transaction.header, 1);
    for (size_t i = 0; i < MANY; i++) {
        wire_put(changes[i].id, i * 2654435761U, 4);
        changes[i].name = wire_text("n");
        changes[i].sealed = (struct span){ sealed, sizeof sealed };
        engine_fixture_stamp(changes[i].stamp, 9);
    }
    engine_fixture_id(changes[5000].id, 255);
    SUCCEED(CLASS->apply(engine, &transaction, &unknown, &tick));
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(changes[i].result, i == 5000 ? FOB_CHANGED : FOB_SUCCESS);
    tick.revision = 0;
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    assert_int_equal(told.count, MANY);
    assert_int_equal(told.bytes, (MANY - 1) * RECORD + strlen("in the way"));
    memcpy(changes[1].id, changes[0].id, ENGINE_ID);
    assert_int_equal(CLASS->apply(engine, &transaction, &unknown, &tick), FOB_INVALID);
    free(changes);
    CLASS->close(engine);
}

/* In a child: write record 'a' on top of what it has, COUNT times, with stamps of its own. */
static int add_up(int count)
{
    struct engine *engine = engine_fixture_open(NULL);
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };

    for (int done = 0; done < count;) {
        unsigned char expected;
        char sealed[16];
        int result;
        int number;

        if (engine_fixture_step(engine, &tick, &told) != FOB_SUCCESS)
            return 1;
        tick.revision = 0;
        /* The stamp is the number, too. */
        number = atoi(told.sealed[0]);
        expected = (unsigned char)number;
        snprintf(sealed, sizeof sealed, "%d", number + 1);
        if (engine_fixture_write(engine, 'a', sealed, (unsigned char)(number + 1), expected,
                                 &result) != FOB_SUCCESS)
            return 2;
        done += result == FOB_SUCCESS;
    }
    CLASS->close(engine);
    return 0;
}

static void wait_for_children(int count)
{
    int status;

    for (int i = 0; i < count; i++) {
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

/* No addition of several processes is lost. */
static void test_race(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };

    (void)state;
    SUCCEED(engine_fixture_write(engine, 'a', "1", 1, 0, NULL));
    for (int i = 0; i < 4; i++)
        if (fork() == 0)
            _exit(add_up(25));
    wait_for_children(4);
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    assert_string_equal(told.sealed[0], "101");
    CLASS->close(engine);
}

/* Of machines that make a store at once, one does. */
static void test_create_race(void **state)
{
    int made = 0;
    int status;

    (void)state;
    engine_fixture_empty();
    for (unsigned char i = 1; i <= 5; i++) {
        if (fork() == 0) {
            struct engine *engine = engine_fixture_open(NULL);
            unsigned char stamp[ENGINE_STAMP];
            int code;

            engine_fixture_stamp(stamp, i);
            code = CLASS->create(engine, wire_text("header"), stamp, stamp);
            CLASS->close(engine);
            if (code != FOB_SUCCESS && code != FOB_EXISTS)
                fprintf(stderr, "%s\n", engine_fixture.message);
            _exit(code);
        }
    }
    for (int i = 0; i < 5; i++) {
        assert_true(wait(&status) > 0);
        assert_true(WEXITSTATUS(status) == FOB_SUCCESS || WEXITSTATUS(status) == FOB_EXISTS);
        made += WEXITSTATUS(status) == FOB_SUCCESS;
    }
    assert_int_equal(made, 1);
}

static void test_claims(void **state)
{
    struct engine *one = engine_fixture_create();
    struct engine *other = engine_fixture_open(NULL);
    struct engine_claim mine = { .seconds = 60, .note = wire_text("mine") };
    struct engine_claim theirs = { .seconds = 60, .note = wire_text("theirs") };
    struct engine_holder holder;
    struct engine_change change = { .name = wire_text("n"), .sealed = wire_text("s") };
    struct engine_transaction transaction = { .changes = &change, .count = 1, .claim = &theirs };
    struct engine_tick tick;
    bool unknown;

    (void)state;
    engine_fixture_stamp(mine.holder, 1);
    engine_fixture_stamp(theirs.holder, 2);
    assert_int_equal(CLASS->look(one, mine.id, &holder), FOB_NOT_FOUND);
    SUCCEED(CLASS->claim(one, &mine, &holder));
    SUCCEED(CLASS->claim(one, &mine, NULL));
    assert_int_equal(CLASS->claim(other, &theirs, &holder), FOB_IGNORE);
    assert_memory_equal(holder.holder, mine.holder, ENGINE_STAMP);
    assert_memory_equal(holder.note, "mine", 4);
    assert_int_equal(holder.note_size, 4);
    assert_in_range(holder.left_ms, 50000, 60000);
    assert_in_range(holder.age_ms, 0, 10000);
    /* Only its holder ends it, or writes under it. */
    engine_fixture_stamp(transaction.header, 1);
    engine_fixture_stamp(transaction.stamp, 9);
    engine_fixture_stamp(change.stamp, 9);
    assert_int_equal(CLASS->apply(other, &transaction, &unknown, &tick), FOB_CHANGED);
    SUCCEED(CLASS->unclaim(other, &theirs, false));
    SUCCEED(CLASS->look(other, mine.id, &holder));
    mine.note = wire_text("done");
    SUCCEED(CLASS->unclaim(one, &mine, true));
    SUCCEED(CLASS->look(other, mine.id, &holder));
    assert_memory_equal(holder.note, "done", 4);
    assert_true(holder.left_ms <= 0);
    SUCCEED(CLASS->claim(other, &theirs, &holder));
    SUCCEED(CLASS->apply(other, &transaction, &unknown, &tick));
    assert_int_equal(change.result, FOB_SUCCESS);
    SUCCEED(CLASS->unclaim(other, &theirs, false));
    assert_int_equal(CLASS->look(one, mine.id, &holder), FOB_NOT_FOUND);
    /* One that has ended is free. */
    mine.seconds = 0;
    SUCCEED(CLASS->claim(one, &mine, NULL));
    SUCCEED(CLASS->claim(other, &theirs, NULL));
    mine.note = (struct span){ engine_fixture.said, 257 };
    assert_int_equal(CLASS->claim(one, &mine, NULL), FOB_INVALID);
    CLASS->close(one);
    CLASS->close(other);
}

static void test_calls(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_calls calls = { .per_minute = 100, .most = 60, .leave = 10, .within_ms = 5000 };
    uint64_t taken;
    int64_t wait_ms;

    (void)state;
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    assert_int_equal(taken, 60);
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    assert_int_equal(taken, 30);
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    assert_int_equal(taken, 0);
    assert_in_range(wait_ms, 60000, 66000);
    calls.leave = 0;
    calls.most = 3;
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    assert_int_equal(taken, 3);
    /* As if 66 seconds had gone by. */
    engine_fixture_tell(
        "sql fob UPDATE fob.calls SET ends = (SELECT array_agg(e - 66000) FROM unnest(ends) "
        "AS u (e))");
    calls.most = 1000;
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    assert_int_equal(taken, 100);
    engine_fixture_tell("sql fob SELECT cardinality(ends) FROM fob.calls");
    assert_string_equal(engine_fixture.said, "1\n");
    calls.per_minute = 1000000;
    calls.most = 1000000;
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    assert_int_equal(taken, 999900);
    calls.id[0] = 1;
    calls.per_minute = UINT64_MAX;
    calls.most = 5;
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    assert_int_equal(taken, 5);
    calls.leave = UINT64_MAX;
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    assert_int_equal(taken, 0);
    assert_true(wait_ms > 0);
    CLASS->close(engine);
}

/* What three processes take at once. */
#define LIMIT 50
static int make_calls(int fd)
{
    struct engine *engine = engine_fixture_open(NULL);
    struct engine_calls calls = { .per_minute = LIMIT, .most = 7, .within_ms = 1000 };
    uint64_t taken = 1;
    int64_t wait_ms;

    for (int i = 0; i < 20; i++) {
        if (CLASS->take_calls(engine, &calls, &taken, &wait_ms) != FOB_SUCCESS)
            return 1;
        if (write(fd, &taken, sizeof taken) != (ssize_t)sizeof taken)
            return 1;
    }
    CLASS->close(engine);
    return 0;
}

static void test_calls_race(void **state)
{
    struct engine *engine = engine_fixture_create();
    uint64_t taken;
    uint64_t sum = 0;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            _exit(make_calls(ends[1]));
    wait_for_children(3);
    close(ends[1]);
    while (read(ends[0], &taken, sizeof taken) == (ssize_t)sizeof taken)
        sum += taken;
    close(ends[0]);
    assert_int_equal(sum, LIMIT);
    CLASS->close(engine);
}

/* In no minute more calls are made than the budget has, whenever in their time they are made, and
 * whenever they are taken.  In place of waiting the row is put back in time. */
static void test_calls_minute(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_calls calls = { .per_minute = LIMIT, .most = 7, .within_ms = 3000 };
    struct {
        int64_t from; /* it was taken not before that, */
        int64_t to;   /* and not after that */
        uint64_t count;
    } taken[70];
    uint64_t random = 1;
    uint64_t all = 0;
    int64_t gone = 0;
    bool waited = false;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
        uint64_t near = 0;
        int64_t shift;
        int64_t wait_ms = 0;

        taken[i].from = clock_ms() + gone;
        SUCCEED(CLASS->take_calls(engine, &calls, &taken[i].count, &wait_ms));
        taken[i].to = clock_ms() + gone;
        all += taken[i].count;
        /* Those of which the last call may be made within a minute before the first of these. */
        for (size_t j = 0; j <= i; j++)
            if (taken[j].from + calls.within_ms > taken[i].to - 60000)
                near += taken[j].count;
        assert_true(near <= LIMIT);
        assert_true(!waited || taken[i].count > 0);
        random = random * 6364136223846793005U + 1442695040888963407U;
        shift = (int64_t)(random >> 33) % 4000;
        /* After the wait there is one; but any other time may go by. */
        waited = taken[i].count == 0 && i % 2 == 0;
        if (waited)
            shift = wait_ms;
        gone += shift;
        engine_fixture_tell(
            "sql fob UPDATE fob.calls SET ends = (SELECT array_agg(e - %lld ORDER BY e) "
            "FROM unnest(ends) AS u (e))",
            (long long)shift);
    }
    /* No more than a seventh is lost to the time that calls have. */
    assert_true((int64_t)all > (int64_t)LIMIT * gone / 70000);
    CLASS->close(engine);
}

static int count_machine(const struct engine_machine *machine, void *data)
{
    size_t *count = data;

    assert_memory_equal(machine->info.data, "info", 4);
    assert_int_equal(machine->revision, 5);
    assert_in_range(machine->age_ms, 0, 10000);
    (*count)++;
    return FOB_SUCCESS;
}

static void test_machines(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_machine machine = { .revision = 5, .info = wire_text("info") };
    size_t count = 0;

    (void)state;
    SUCCEED(CLASS->see(engine, &machine));
    SUCCEED(CLASS->see(engine, &machine));
    machine.instance[0] = 1;
    assert_int_equal(CLASS->see(engine, &machine), FOB_EXISTS);
    engine_fixture_tell("sql fob UPDATE fob.machines SET seen = seen - interval '61 s'");
    SUCCEED(CLASS->see(engine, &machine));
    machine.id[0] = 1;
    SUCCEED(CLASS->see(engine, &machine));
    SUCCEED(CLASS->machines(engine, count_machine, &count));
    assert_int_equal(count, 2);
    SUCCEED(CLASS->forget(engine, machine.id));
    assert_int_equal(CLASS->forget(engine, machine.id), FOB_NOT_FOUND);
    CLASS->close(engine);
}

static void test_follow(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine *other = engine_fixture_open(NULL);
    int64_t begun;

    (void)state;
    SUCCEED(CLASS->follow(engine, 5000));
    begun = clock_ms();
    SUCCEED(CLASS->follow(engine, 100));
    assert_in_range(clock_ms() - begun, 99, 4000);
    SUCCEED(engine_fixture_write(other, 'a', "x", 2, 0, NULL));
    begun = clock_ms();
    SUCCEED(CLASS->follow(engine, 20000));
    assert_true(clock_ms() - begun < 10000);
    CLASS->close(engine);
    CLASS->close(other);
}

static void test_retire(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };

    (void)state;
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    SUCCEED(CLASS->retire(engine, wire_text("elsewhere")));
    SUCCEED(CLASS->retire(engine, wire_text("elsewhere")));
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    assert_string_equal(told.moved, "elsewhere");
    assert_int_equal(engine_fixture_write(engine, 'a', "x", 2, 0, NULL), FOB_CONFIG);
    CLASS->close(engine);
}

static void test_describe(void **state)
{
    struct engine *engine = engine_fixture_create();
    const char *text = NULL;

    (void)state;
    SUCCEED(CLASS->describe(engine, &text));
    assert_memory_equal(text, "PostgreSQL ", 11);
    assert_non_null(strstr(text, engine_fixture.socket));
    CLASS->close(engine);
}

/* A child that leaves does not end the parent's connection. */
static void test_leave(void **state)
{
    struct engine *engine = engine_fixture_create();
    const char *text = NULL;
    char before[16];

    (void)state;
    SUCCEED(CLASS->describe(engine, &text));
    engine_fixture_tell("sql fob SELECT pid FROM pg_stat_activity WHERE application_name = 'fob'");
    snprintf(before, sizeof before, "%.15s", engine_fixture.said);
    if (fork() == 0) {
        CLASS->leave(engine);
        _exit(0);
    }
    wait_for_children(1);
    SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, NULL));
    engine_fixture_tell("sql fob SELECT pid FROM pg_stat_activity WHERE application_name = 'fob'");
    assert_string_equal(engine_fixture.said, before);
    CLASS->close(engine);
}

/* What an administrator runs, and a role with rights on the tables alone. */
static void test_schema(void **state)
{
    struct engine_settings settings = engine_fixture_settings();
    struct engine *engine;
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };
    unsigned char stamp[ENGINE_STAMP] = { 1 };
    struct engine_machine machine = { .info = wire_text("i") };
    struct engine_claim claim = { .seconds = 9, .note = wire_text("n") };
    struct engine_calls calls = { .per_minute = 2, .most = 1 };
    uint64_t taken;
    int64_t wait_ms;
    char path[300];
    FILE *file;

    (void)state;
    settings.database = "strict";
    engine = engine_fixture_open(&settings);
    assert_int_equal(CLASS->create(engine, wire_text("header"), stamp, stamp), FOB_NOT_ALLOWED);
    snprintf(path, sizeof path, "%s/schema.sql", engine_fixture.folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(CLASS->schema, file);
    assert_int_equal(fclose(file), 0);
    engine_fixture_tell("file strict %s", path);
    engine_fixture_tell("file strict %s", path);
    assert_int_equal(engine_fixture_step(engine, &tick, &told), FOB_NOT_FOUND);
    engine_fixture_stamp(stamp, 1);
    SUCCEED(CLASS->create(engine, wire_text("header"), stamp, stamp));
    SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, NULL));
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    SUCCEED(CLASS->see(engine, &machine));
    SUCCEED(CLASS->claim(engine, &claim, NULL));
    SUCCEED(CLASS->unclaim(engine, &claim, false));
    SUCCEED(CLASS->take_calls(engine, &calls, &taken, &wait_ms));
    SUCCEED(CLASS->forget(engine, machine.id));
    SUCCEED(CLASS->follow(engine, 1));
    SUCCEED(CLASS->retire(engine, wire_text("p")));
    CLASS->close(engine);
}

/* Old transactions and erased records are deleted; who has not asked for that long gets everything.
 */
static void test_tidy(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };

    (void)state;
    SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, NULL));
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    SUCCEED(engine_fixture_write(engine, 'a', "", 3, 2, NULL));
    engine_fixture_tell("sql fob UPDATE fob.transactions SET made = made - interval '31 days'");
    engine_fixture_tell("sql fob UPDATE fob.meta SET revision = 999");
    SUCCEED(engine_fixture_write(engine, 'b', "y", 2, 0, NULL));
    engine_fixture_tell("sql fob SELECT (SELECT count(*) FROM fob.transactions), "
                        "(SELECT count(*) FROM fob.records)");
    assert_string_equal(engine_fixture.said, "1|1\n");
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    assert_true(told.all);
    assert_string_equal(told.header, "header");
    assert_int_equal(told.count, 1);
    CLASS->close(engine);
}

static int tests(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_create),     cmocka_unit_test(test_not_there),
        cmocka_unit_test(test_records),    cmocka_unit_test(test_sink_refuses),
        cmocka_unit_test(test_header),     cmocka_unit_test(test_many),
        cmocka_unit_test(test_race),       cmocka_unit_test(test_create_race),
        cmocka_unit_test(test_claims),     cmocka_unit_test(test_calls),
        cmocka_unit_test(test_calls_race), cmocka_unit_test(test_calls_minute),
        cmocka_unit_test(test_machines),   cmocka_unit_test(test_follow),
        cmocka_unit_test(test_retire),     cmocka_unit_test(test_describe),
        cmocka_unit_test(test_leave),      cmocka_unit_test(test_schema),
        cmocka_unit_test(test_tidy),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int main(void)
{
    return engine_fixture_run(tests);
}
