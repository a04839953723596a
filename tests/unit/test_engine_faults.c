/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The engine postgresql when the server, the network, the database or a setting is not as it should
 * be. */
#include "config.h"

#include "engine_fixture.h"

#include "util/array.h"
#include "util/clock.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
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

static struct engine_settings by_tcp(const char *host, const char *port)
{
    struct engine_settings settings = engine_fixture_settings();
    static char hosts[64];

    snprintf(hosts, sizeof hosts, "%s:%s", host, port);
    settings.hosts = hosts;
    settings.password = engine_fixture.password;
    return settings;
}

static int step_with(const struct engine_settings *settings)
{
    struct engine *engine = engine_fixture_open(settings);
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };
    int code;

    engine_fixture.message[0] = '\0';
    code = engine_fixture_step(engine, &tick, &told);
    CLASS->close(engine);
    assert_null(strstr(engine_fixture.message, engine_fixture.password));
    assert_null(strchr(engine_fixture.message, '\n'));
    return code;
}

/* Whatever is lost, a write was made, once. */
static void test_lost_answers(void **state)
{
    static const char *const kinds[] = { "refuse", "cut", "swallow", "part" };
    static const char *const words[] = { "SET statement_timeout", "FOR UPDATE", "INTO fob.records",
                                         "COMMIT", "NOTIFY" };
    struct engine *reader = engine_fixture_create();
    struct engine_settings settings = by_tcp("127.0.0.1", engine_fixture.proxy);
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };
    unsigned char stamp = 1;
    unsigned used = 0;
    int result;

    (void)state;
    settings.timeout_ms = 1600;
    SUCCEED(engine_fixture_write(reader, 'a', "1", stamp, 0, &result));
    SUCCEED(engine_fixture_step(reader, &tick, &told));
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        for (size_t word = 0; word < ARRAY_SIZE(words); word++) {
            struct engine *engine = engine_fixture_open(&settings);
            const uint64_t before = tick.revision;
            char sealed[16];
            char count[16];

            snprintf(sealed, sizeof sealed, "%d", stamp + 1);
            engine_fixture_tell("rule %s %s", kinds[kind], words[word]);
            if (engine_fixture_write(engine, 'a', sealed, (unsigned char)(stamp + 1), stamp,
                                     &result) != FOB_SUCCESS)
                fail_msg("%s %s: %s", kinds[kind], words[word], engine_fixture.message);
            assert_int_equal(result, FOB_SUCCESS);
            stamp++;
            SUCCEED(engine_fixture_step(reader, &tick, &told));
            assert_string_equal(told.sealed[0], sealed);
            assert_int_equal(tick.revision, before + 1);
            engine_fixture_tell("rules");
            snprintf(count, sizeof count, "%u\n", ++used);
            assert_string_equal(engine_fixture.said, count);
            CLASS->close(engine);
        }
    }
    CLASS->close(reader);
}

/* What cannot be looked up is unknown: here, because a standby that must have it is away. */
static void test_unknown(void **state)
{
    struct engine_settings settings = engine_fixture_settings();
    struct engine *engine = engine_fixture_create();
    struct engine *hasty;
    struct engine_claim claim = { .seconds = 60 };
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };

    (void)state;
    settings.timeout_ms = 600;
    hasty = engine_fixture_open(&settings);
    SUCCEED(engine_fixture_step(hasty, &tick, &told));
    engine_fixture_tell("setting synchronous_standby_names = 'away'");
    /* The server stops waiting, and says so in a warning: that is no success. */
    engine_fixture_tell(
        "hold fob DO $$ BEGIN PERFORM pg_sleep(0.2); PERFORM pg_cancel_backend(pid) "
        "FROM pg_stat_activity WHERE wait_event = 'SyncRep'; END $$");
    assert_int_equal(engine_fixture_write(hasty, 'a', "x", 2, 0, NULL), FOB_SYSTEM);
    assert_non_null(strstr(engine_fixture.message, "cannot be looked up"));
    assert_int_equal(CLASS->claim(hasty, &claim, NULL), FOB_UNAVAILABLE);
    engine_fixture_tell("setting synchronous_standby_names = ''");
    SUCCEED(engine_fixture_write(engine, 'c', "y", 3, 0, NULL));
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    CLASS->close(hasty);
    CLASS->close(engine);
}

static void test_busy(void **state)
{
    struct engine_settings settings = engine_fixture_settings();
    struct engine *engine = engine_fixture_create();
    struct engine *hasty;

    (void)state;
    settings.timeout_ms = 300;
    hasty = engine_fixture_open(&settings);
    engine_fixture_tell("hold fob BEGIN; SELECT 1 FROM fob.meta FOR UPDATE; SELECT pg_sleep(1)");
    assert_int_equal(engine_fixture_write(hasty, 'a', "x", 2, 0, NULL), FOB_UNAVAILABLE);
    SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, NULL));
    CLASS->close(hasty);
    CLASS->close(engine);
}

/* A process that is stopped while it has the store's lock does not keep others from writing. */
static void test_client_stops(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_settings settings = by_tcp("127.0.0.1", engine_fixture.proxy);
    char before[32];
    pid_t child;
    int status;

    (void)state;
    settings.timeout_ms = 60000;
    engine_fixture_tell("rules");
    snprintf(before, sizeof before, "%.31s", engine_fixture.said);
    /* It waits for an answer, with the lock. */
    engine_fixture_tell("rule swallow FOR UPDATE");
    child = fork();
    if (child == 0) {
        engine = engine_fixture_open(&settings);
        engine_fixture_write(engine, 'a', "x", 2, 0, NULL);
        _exit(0);
    }
    do
        engine_fixture_tell("rules");
    while (strcmp(engine_fixture.said, before) == 0);
    assert_int_equal(kill(child, SIGSTOP), 0);
    SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, &status));
    assert_int_equal(status, FOB_SUCCESS);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    CLASS->close(engine);
}

static void test_server_stops(void **state)
{
    struct engine_settings settings = engine_fixture_settings();
    struct engine *engine = engine_fixture_create();
    struct engine *hasty;
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };
    int64_t begun;

    (void)state;
    settings.timeout_ms = 500;
    hasty = engine_fixture_open(&settings);
    SUCCEED(engine_fixture_step(hasty, &tick, &told));
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    engine_fixture_tell("pause");
    begun = clock_ms();
    assert_int_equal(engine_fixture_step(hasty, &tick, &told), FOB_UNAVAILABLE);
    assert_int_equal(step_with(&settings), FOB_UNAVAILABLE);
    assert_in_range(clock_ms() - begun, 900, 2500);
    engine_fixture_tell("resume");
    SUCCEED(engine_fixture_step(hasty, &tick, &told));
    engine_fixture_tell("kill");
    begun = clock_ms();
    assert_int_equal(engine_fixture_step(hasty, &tick, &told), FOB_UNAVAILABLE);
    /* Nobody was there before: it does not wait for a fail-over. */
    settings.timeout_ms = 20000;
    assert_int_equal(step_with(&settings), FOB_UNAVAILABLE);
    assert_true(clock_ms() - begun < 5000);
    engine_fixture_tell("start");
    SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, NULL));
    SUCCEED(engine_fixture_step(hasty, &tick, &told));
    assert_int_equal(told.count, 1);
    CLASS->close(hasty);
    CLASS->close(engine);
}

/* In a child: write until the pipe STOP is closed, and count into the pipe COUNT. */
static int write_on(int stop, int count)
{
    struct engine_settings settings = engine_fixture_settings();
    struct pollfd polled = { stop, POLLIN, 0 };
    struct engine *engine;
    unsigned char stamp = 0;
    unsigned writes = 0;

    settings.timeout_ms = 20000;
    engine = engine_fixture_open(&settings);
    while (poll(&polled, 1, 0) == 0) {
        const unsigned char next = stamp % 250 + 1;
        int result;

        if (engine_fixture_write(engine, 'a', "x", next, stamp, &result) != FOB_SUCCESS ||
            result != FOB_SUCCESS) {
            fprintf(stderr, "write %u: %d %s\n", writes, result, engine_fixture.message);
            return 1;
        }
        stamp = next;
        writes++;
    }
    CLASS->close(engine);
    return write(count, &writes, sizeof writes) == (ssize_t)sizeof writes ? 0 : 1;
}

/* Wait until the store has another revision. */
static void await_write(void)
{
    char before[32];

    engine_fixture_tell("sql fob SELECT revision FROM fob.meta");
    snprintf(before, sizeof before, "%.31s", engine_fixture.said);
    do {
        int status;

        assert_int_equal(waitpid(-1, &status, WNOHANG), 0);
        engine_fixture_tell("sql fob SELECT revision FROM fob.meta");
    } while (strcmp(before, engine_fixture.said) == 0);
}

/* While it is killed and started again, an operation waits, and none is lost or made twice. */
static void test_restart(void **state)
{
    struct engine *engine = engine_fixture_create();
    char revision[32];
    unsigned writes;
    int stop[2];
    int count[2];
    int status;

    (void)state;
    CLASS->close(engine);
    assert_int_equal(pipe(stop), 0);
    assert_int_equal(pipe(count), 0);
    if (fork() == 0) {
        close(stop[1]);
        _exit(write_on(stop[0], count[1]));
    }
    close(stop[0]);
    for (int i = 0; i < 3; i++) {
        await_write();
        engine_fixture_tell("kill");
        engine_fixture_tell("start");
    }
    await_write();
    close(stop[1]);
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
    assert_int_equal(read(count[0], &writes, sizeof writes), sizeof writes);
    close(count[0]);
    close(count[1]);
    engine_fixture_tell("sql fob SELECT revision FROM fob.meta");
    snprintf(revision, sizeof revision, "%u\n", writes + 1);
    assert_string_equal(engine_fixture.said, revision);
}

static void test_tls(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_settings settings = by_tcp("localhost", engine_fixture.port);
    const char *text = NULL;
    char ca[300];

    (void)state;
    CLASS->close(engine);
    SUCCEED(step_with(&settings));
    snprintf(ca, sizeof ca, "%s/ca.pem", engine_fixture.certs);
    settings.ca_file = ca;
    SUCCEED(step_with(&settings));
    engine = engine_fixture_open(&settings);
    SUCCEED(CLASS->describe(engine, &text));
    assert_non_null(strstr(text, "TLSv1."));
    CLASS->close(engine);
    snprintf(ca, sizeof ca, "%s/other-ca.pem", engine_fixture.certs);
    assert_int_equal(step_with(&settings), FOB_UNTRUSTED);
    assert_true(engine_fixture.hint[0] != '\0');
    snprintf(ca, sizeof ca, "%s/none.pem", engine_fixture.certs);
    assert_int_equal(step_with(&settings), FOB_CONFIG);
    snprintf(ca, sizeof ca, "%s/ca.pem", engine_fixture.certs);
    engine_fixture_tell("certificate expired");
    assert_int_equal(step_with(&settings), FOB_UNTRUSTED);
    engine_fixture_tell("certificate wrong-host");
    assert_int_equal(step_with(&settings), FOB_UNTRUSTED);
    engine_fixture_tell("certificate self-signed");
    assert_int_equal(step_with(&settings), FOB_UNTRUSTED);
    engine_fixture_tell("certificate good");
    SUCCEED(step_with(&settings));
}

static void test_client_certificate(void **state)
{
    struct engine_settings settings = by_tcp("localhost", engine_fixture.port);
    struct engine *engine;
    const char *text = NULL;
    char ca[300];
    char cert[300];
    char key[300];

    (void)state;
    snprintf(ca, sizeof ca, "%s/ca.pem", engine_fixture.certs);
    snprintf(cert, sizeof cert, "%s/client-good.pem", engine_fixture.certs);
    snprintf(key, sizeof key, "%s/client-good.key", engine_fixture.certs);
    settings.ca_file = ca;
    settings.cert_file = cert;
    settings.key_file = key;
    settings.user = "certified";
    settings.password = NULL;
    engine = engine_fixture_open(&settings);
    SUCCEED(CLASS->describe(engine, &text));
    CLASS->close(engine);
    snprintf(cert, sizeof cert, "%s/client-expired.pem", engine_fixture.certs);
    snprintf(key, sizeof key, "%s/client-expired.key", engine_fixture.certs);
    assert_int_equal(step_with(&settings), FOB_NOT_ALLOWED);
    snprintf(cert, sizeof cert, "%s/client-other-ca.pem", engine_fixture.certs);
    snprintf(key, sizeof key, "%s/client-other-ca.key", engine_fixture.certs);
    assert_int_equal(step_with(&settings), FOB_NOT_ALLOWED);
    snprintf(key, sizeof key, "%s/none.key", engine_fixture.certs);
    assert_int_equal(step_with(&settings), FOB_CONFIG);
    settings.cert_file = NULL;
    settings.key_file = NULL;
    assert_int_equal(step_with(&settings), FOB_NOT_ALLOWED);
}

static void test_not_allowed(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_settings settings = by_tcp("127.0.0.1", engine_fixture.port);

    (void)state;
    CLASS->close(engine);
    SUCCEED(step_with(&settings));
    settings.password = "wrong";
    assert_int_equal(step_with(&settings), FOB_NOT_ALLOWED);
    settings.password = NULL;
    assert_int_equal(step_with(&settings), FOB_NOT_ALLOWED);
    settings.password = engine_fixture.password;
    settings.user = "idle";
    assert_int_equal(step_with(&settings), FOB_NOT_ALLOWED);
    assert_non_null(strstr(engine_fixture.message, "idle"));
    settings.user = "unheard-of";
    assert_int_equal(step_with(&settings), FOB_NOT_ALLOWED);
    settings.user = "fob";
    settings.database = "unheard-of";
    assert_int_equal(step_with(&settings), FOB_CONFIG);
}

static void test_read_only(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_tick tick = { .revision = 0 };
    struct told told = { .answer = FOB_SUCCESS };

    (void)state;
    engine_fixture_tell("sql fob ALTER ROLE fob SET default_transaction_read_only = on");
    assert_int_equal(step_with(NULL), FOB_SYSTEM);
    engine_fixture_tell("sql fob ALTER ROLE fob RESET ALL");
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    CLASS->close(engine);
}

/* A role that was given another isolation, no sync and no time. */
static void test_role_settings(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_claim claim = { .seconds = 60 };
    int won = 0;
    int status;

    (void)state;
    CLASS->close(engine);
    engine_fixture_tell(
        "sql fob ALTER ROLE fob SET default_transaction_isolation = 'serializable'");
    engine_fixture_tell("sql fob ALTER ROLE fob SET synchronous_commit = off");
    engine_fixture_tell("sql fob ALTER ROLE fob SET standard_conforming_strings = off");
    engine_fixture_tell("sql fob ALTER ROLE fob SET bytea_output = 'escape'");
    engine_fixture_tell("sql fob ALTER ROLE fob SET search_path = ''");
    for (unsigned char child = 1; child <= 3; child++) {
        if (fork() == 0) {
            int got = 0;

            engine = engine_fixture_open(NULL);
            engine_fixture_stamp(claim.holder, child);
            for (unsigned char i = 0; i < 20; i++) {
                int code;

                claim.id[0] = i;
                code = CLASS->claim(engine, &claim, NULL);
                got += code == FOB_SUCCESS;
                if (code != FOB_SUCCESS && code != FOB_IGNORE) {
                    fprintf(stderr, "claim: %s\n", engine_fixture.message);
                    _exit(99);
                }
            }
            CLASS->close(engine);
            _exit(got);
        }
    }
    for (int i = 0; i < 3; i++) {
        assert_true(wait(&status) > 0);
        won += WEXITSTATUS(status);
    }
    assert_int_equal(won, 20);
    engine = engine_fixture_open(NULL);
    SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, NULL));
    CLASS->close(engine);
    SUCCEED(step_with(NULL));
    engine_fixture_tell("sql fob ALTER ROLE fob RESET ALL");
}

static void test_rollback(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine *other;
    struct engine_tick tick = { .revision = 0 };
    struct engine_tick known;
    struct told told = { .answer = FOB_SUCCESS };

    (void)state;
    engine_fixture_tell("restore backup fob");
    SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, NULL));
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    known = tick;
    engine_fixture_tell("restore fob backup");
    /* Older; then another at the same revision; then with newer ones after it. */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(engine_fixture_step(engine, &tick, &told), FOB_CORRUPT);
        assert_non_null(strstr(engine_fixture.hint, "fob store accept-rollback"));
        assert_memory_equal(&tick, &known, sizeof tick);
        other = engine_fixture_open(NULL);
        SUCCEED(engine_fixture_write(other, (unsigned char)('b' + i), "y", 2, 0, NULL));
        CLASS->close(other);
    }
    tick.revision = 0;
    SUCCEED(engine_fixture_step(engine, &tick, &told));
    assert_int_equal(told.count, 3);
    CLASS->close(engine);
}

static void test_other_version(void **state)
{
    struct engine *engine = engine_fixture_create();
    unsigned char stamp[ENGINE_STAMP] = { 1 };

    (void)state;
    engine_fixture_tell("sql fob UPDATE fob.version SET version = 2");
    assert_int_equal(step_with(NULL), FOB_CONFIG);
    assert_int_equal(engine_fixture_write(engine, 'a', "x", 2, 0, NULL), FOB_CONFIG);
    assert_int_equal(CLASS->create(engine, wire_text("h"), stamp, stamp), FOB_CONFIG);
    engine_fixture_tell("sql fob ALTER TABLE fob.meta RENAME COLUMN stamp TO seal");
    assert_int_equal(step_with(NULL), FOB_CONFIG);
    CLASS->close(engine);
}

static void test_damaged(void **state)
{
    static const char *const harms[] = {
        "ALTER TABLE fob.records DROP CONSTRAINT records_id_check; UPDATE fob.records SET id = 'a'",
        "UPDATE fob.records SET sealed = ''",
        "ALTER TABLE fob.meta DROP CONSTRAINT meta_stamp_check; UPDATE fob.meta SET stamp = 'a'",
        "UPDATE fob.meta SET revision = -5",
        "DELETE FROM fob.version",
        "ALTER TABLE fob.meta DROP CONSTRAINT meta_pkey; INSERT INTO fob.meta SELECT * FROM "
        "fob.meta",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(harms); i++) {
        struct engine *engine = engine_fixture_create();

        SUCCEED(engine_fixture_write(engine, 'a', "x", 2, 0, NULL));
        CLASS->close(engine);
        engine_fixture_tell("sql fob %s", harms[i]);
        if (step_with(NULL) != FOB_CORRUPT)
            fail_msg("%s: %s", harms[i], engine_fixture.message);
    }
}

/* Nothing of the environment, and no file of the user, counts. */
static void test_environment(void **state)
{
    static const char *const names[] = {
        "PGHOST",
        "PGHOSTADDR",
        "PGPORT",
        "PGDATABASE",
        "PGUSER",
        "PGPASSWORD",
        "PGPASSFILE",
        "PGREQUIREPEER",
        "PGREQUIREAUTH",
        "PGCHANNELBINDING",
        "PGOPTIONS",
        "PGSSLMODE",
        "PGSSLCERT",
        "PGSSLKEY",
        "PGSSLROOTCERT",
        "PGSSLCRL",
        "PGSSLCRLDIR",
        "PGSSLMINPROTOCOLVERSION",
        "PGGSSENCMODE",
        "PGKRBSRVNAME",
        "PGCONNECT_TIMEOUT",
        "PGCLIENTENCODING",
        "PGTARGETSESSIONATTRS",
        "PGLOADBALANCEHOSTS",
        "PGAPPNAME",
        "PGSERVICEFILE",
    };
    struct engine *engine = engine_fixture_create();
    struct engine_settings settings = by_tcp("127.0.0.1", engine_fixture.port);

    (void)state;
    CLASS->close(engine);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        setenv(names[i], "nonsense", 1);
    SUCCEED(step_with(&settings));
    settings.password = NULL;
    setenv("PGPASSWORD", engine_fixture.password, 1);
    assert_int_equal(step_with(&settings), FOB_NOT_ALLOWED);
    setenv("PGSERVICE", "nowhere", 1);
    assert_int_equal(step_with(NULL), FOB_CONFIG);
    assert_non_null(strstr(engine_fixture.hint, "PGSERVICE"));
    unsetenv("PGSERVICE");
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        unsetenv(names[i]);
}

static void test_settings(void **state)
{
    static const char *const bad[] = { "",    "a,",   ":5",     "a:0", "a:70000",
                                       "a:x", "[::1", "[::1]x", "a:" };
    static const char *const good[] = {
        "a", "a:5", "a, b:5", "::1", "[::1]:5", "/run/x", "/run/x:5"
    };
    struct engine_settings settings = engine_fixture_settings();

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        settings.hosts = good[i];
        CLASS->close(engine_fixture_open(&settings));
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        settings.hosts = bad[i];
        assert_int_equal(engine_fixture_refuse(&settings), FOB_CONFIG);
        assert_true(engine_fixture.message[0] != '\0');
    }
    settings = engine_fixture_settings();
    settings.cert_file = "/x";
    assert_int_equal(engine_fixture_refuse(&settings), FOB_CONFIG);
    settings.cert_file = NULL;
    settings.timeout_ms = 0;
    assert_int_equal(engine_fixture_refuse(&settings), FOB_CONFIG);
    settings = engine_fixture_settings();
    settings.hosts = "name.invalid";
    assert_int_equal(step_with(&settings), FOB_UNAVAILABLE);
}

/* The first two are not there. */
static void test_several_hosts(void **state)
{
    struct engine *engine = engine_fixture_create();
    struct engine_settings settings = engine_fixture_settings();
    char hosts[600];

    (void)state;
    CLASS->close(engine);
    snprintf(hosts, sizeof hosts, "%s:1,127.0.0.1:1,%s:%s", engine_fixture.socket,
             engine_fixture.socket, engine_fixture.port);
    settings.hosts = hosts;
    SUCCEED(step_with(&settings));
}

static int tests(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_lost_answers),  cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_busy),          cmocka_unit_test(test_client_stops),
        cmocka_unit_test(test_server_stops),  cmocka_unit_test(test_restart),
        cmocka_unit_test(test_tls),           cmocka_unit_test(test_client_certificate),
        cmocka_unit_test(test_not_allowed),   cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_role_settings), cmocka_unit_test(test_rollback),
        cmocka_unit_test(test_other_version), cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_environment),   cmocka_unit_test(test_settings),
        cmocka_unit_test(test_several_hosts),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int main(void)
{
    return engine_fixture_run(tests);
}
