/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Talks to tests/store/server.py, which removes everything when this process has ended. */
#include "config.h"

#include "engine_fixture.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NO_SERVER 77

struct engine_fixture engine_fixture;
static FILE *to;
static FILE *from;
static pid_t server;
static unsigned char next_stamp;

static int fixture_fail(int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(engine_fixture.message, sizeof engine_fixture.message, format, args);
    va_end(args);
    engine_fixture.hint[0] = '\0';
    return code;
}

static void fixture_hint(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(engine_fixture.hint, sizeof engine_fixture.hint, format, args);
    va_end(args);
}

static int fixture_random(void *data, size_t size)
{
    return getrandom(data, size, 0) == (ssize_t)size ? FOB_SUCCESS : FOB_SYSTEM;
}

static const struct engine_host host = {
    .size = sizeof host,
    .fail = fixture_fail,
    .hint = fixture_hint,
    .random = fixture_random,
};

/* Read the server's answer; false at its end. */
static bool fixture_listen(void)
{
    char line[2048];
    size_t used = 0;

    engine_fixture.said[0] = '\0';
    while (fgets(line, sizeof line, from) != NULL) {
        if (strcmp(line, "ok\n") == 0)
            return true;
        used += (size_t)snprintf(engine_fixture.said + used, sizeof engine_fixture.said - used,
                                 "%s", line);
        assert_true(used < sizeof engine_fixture.said);
        if (strncmp(line, "failed", 6) == 0)
            fail_msg("the server says: %s", line);
    }
    return false;
}

static void fixture_setting(const char *name, char *value, size_t size)
{
    const char *at = strstr(engine_fixture.said, name);

    assert_non_null(at);
    at += strlen(name);
    snprintf(value, size, "%.*s", (int)strcspn(at, "\n"), at);
}

static bool fixture_start(void)
{
    const char *top = getenv("abs_top_srcdir");
    char path[4096];
    int up[2];
    int down[2];

    snprintf(path, sizeof path, "%s/tests/store/server.py", top != NULL ? top : ".");
    if (pipe2(up, O_CLOEXEC) != 0 || pipe2(down, O_CLOEXEC) != 0)
        abort();
    server = fork();
    if (server == 0) {
        dup2(up[0], 0);
        dup2(down[1], 1);
        execlp("python3", "python3", path, "serve", (char *)NULL);
        _exit(127);
    }
    close(up[0]);
    close(down[1]);
    to = fdopen(up[1], "w");
    from = fdopen(down[0], "r");
    if (server < 0 || to == NULL || from == NULL)
        abort();
    return fixture_listen();
}

static int fixture_end(void)
{
    int status;

    fclose(to);
    fclose(from);
    while (waitpid(server, &status, 0) != server)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int engine_fixture_run(int (*tests)(void))
{
    const char *folder = getenv("FOB_LIBEXEC");
    char path[4096];
    void *module;
    int failed;

    snprintf(path, sizeof path, "%s/postgresql.so", folder != NULL ? folder : ".libs");
    module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (module == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return getenv("CI") != NULL ? 1 : NO_SERVER;
    }
    engine_fixture.class = dlsym(module, ENGINE_SYMBOL);
    if (!fixture_start()) {
        failed = fixture_end();
        return failed == NO_SERVER && getenv("CI") != NULL ? 1 : failed;
    }
    fixture_setting("folder=", engine_fixture.folder, sizeof engine_fixture.folder);
    fixture_setting("socket=", engine_fixture.socket, sizeof engine_fixture.socket);
    fixture_setting("port=", engine_fixture.port, sizeof engine_fixture.port);
    fixture_setting("proxy=", engine_fixture.proxy, sizeof engine_fixture.proxy);
    fixture_setting("certs=", engine_fixture.certs, sizeof engine_fixture.certs);
    fixture_setting("password=", engine_fixture.password, sizeof engine_fixture.password);
    failed = tests();
    return fixture_end() != 0 || failed > 0 ? 1 : 0;
}

void engine_fixture_tell(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(to, format, args);
    va_end(args);
    putc('\n', to);
    fflush(to);
    if (!fixture_listen())
        fail_msg("the server's program has ended");
}

struct engine_settings engine_fixture_settings(void)
{
    static char hosts[256];

    snprintf(hosts, sizeof hosts, "%s:%s", engine_fixture.socket, engine_fixture.port);
    return (struct engine_settings){ .size = sizeof(struct engine_settings),
                                     .hosts = hosts,
                                     .database = "fob",
                                     .user = "fob",
                                     .timeout_ms = 5000 };
}

struct engine *engine_fixture_open(const struct engine_settings *settings)
{
    const struct engine_settings usual = engine_fixture_settings();
    struct engine *engine = NULL;

    assert_int_equal(
        engine_fixture.class->open(&host, settings != NULL ? settings : &usual, &engine),
        FOB_SUCCESS);
    assert_non_null(engine);
    return engine;
}

int engine_fixture_refuse(const struct engine_settings *settings)
{
    struct engine *engine = NULL;
    int code = engine_fixture.class->open(&host, settings, &engine);

    assert_null(engine);
    return code;
}

void engine_fixture_stamp(unsigned char *stamp, unsigned char byte)
{
    memset(stamp, byte, ENGINE_STAMP);
}

void engine_fixture_id(unsigned char *id, unsigned char byte)
{
    memset(id, byte, ENGINE_ID);
}

void engine_fixture_empty(void)
{
    engine_fixture_tell("sql fob DROP SCHEMA IF EXISTS fob CASCADE");
}

struct engine *engine_fixture_create(void)
{
    struct engine *engine;
    unsigned char stamp[ENGINE_STAMP];

    engine_fixture_empty();
    engine = engine_fixture_open(NULL);
    engine_fixture_stamp(stamp, 1);
    if (engine_fixture.class->create(engine, wire_text("header"), stamp, stamp) != FOB_SUCCESS)
        fail_msg("create: %s", engine_fixture.message);
    return engine;
}

static int told_all(void *data)
{
    struct told *told = data;

    told->all = true;
    return told->answer;
}

static int told_header(struct span header, void *data)
{
    struct told *told = data;

    snprintf(told->header, sizeof told->header, "%.*s", (int)header.size,
             (const char *)header.data);
    return told->answer;
}

static int told_moved(struct span place, void *data)
{
    struct told *told = data;

    snprintf(told->moved, sizeof told->moved, "%.*s", (int)place.size, (const char *)place.data);
    return told->answer;
}

static int told_record(const unsigned char id[static ENGINE_ID], struct span name,
                       struct span sealed, void *data)
{
    struct told *told = data;

    told->bytes += sealed.size;
    assert_true(name.size > 0);
    if (told->count < TOLD_MAX) {
        told->ids[told->count] = (char)id[0];
        snprintf(told->sealed[told->count], sizeof told->sealed[0], "%.*s", (int)sealed.size,
                 (const char *)sealed.data);
    }
    told->count++;
    return told->answer;
}

int engine_fixture_step(struct engine *engine, struct engine_tick *tick, struct told *told)
{
    const int answer = told->answer;
    const struct engine_sink sink = { told, told_all, told_header, told_record, told_moved };

    *told = (struct told){ .answer = answer };
    return engine_fixture.class->step(engine, tick, &sink, tick);
}

int engine_fixture_write(struct engine *engine, unsigned char id, const char *sealed,
                         unsigned char stamp, unsigned char expected, int *result)
{
    struct engine_change change = { .name = wire_text("name"), .sealed = wire_text(sealed) };
    struct engine_transaction transaction = { .changes = &change, .count = 1 };
    struct engine_tick now;
    bool unknown = false;
    int code;

    engine_fixture_id(change.id, id);
    engine_fixture_stamp(change.stamp, stamp);
    engine_fixture_stamp(change.expected, expected);
    engine_fixture_stamp(transaction.header, 1);
    fixture_random(transaction.stamp, ENGINE_STAMP);
    transaction.stamp[0] = ++next_stamp;
    code = engine_fixture.class->apply(engine, &transaction, &unknown, &now);
    assert_true(!unknown || code == FOB_SYSTEM);
    if (result != NULL)
        *result = change.result;
    return code;
}
