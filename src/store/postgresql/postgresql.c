/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The engine's functions, and its beginning and end. */
#include "config.h"

#include "store/postgresql/pg.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void postgresql_close(struct engine *engine)
{
    if (engine == NULL)
        return;
    pg_disconnect(engine);
    if (engine->plain != (locale_t)0)
        freelocale(engine->plain);
    free(engine->places);
    free(engine->hosts);
    free(engine);
}

/* The parent goes on using the connection: what libpq says goodbye with must not reach it. */
static void postgresql_leave(struct engine *engine)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int fd = engine->conn != NULL ? PQsocket(engine->conn) : -1;

    if (fd >= 0 && (null < 0 || dup3(null, fd, O_CLOEXEC) < 0))
        engine->conn = NULL;
    if (null >= 0)
        close(null);
    postgresql_close(engine);
}

static int postgresql_check(const struct engine *engine)
{
    const struct engine_settings *settings = &engine->settings;

    if (settings->timeout_ms < 1)
        return engine->host->fail(FOB_CONFIG, "timeout must be more than 0");
    if ((settings->cert_file == NULL) != (settings->key_file == NULL))
        return engine->host->fail(FOB_CONFIG,
                                  "a certificate needs its key, and a key its certificate");
    return FOB_SUCCESS;
}

static int postgresql_open(const struct engine_host *host, const struct engine_settings *settings,
                           struct engine **engine)
{
    struct engine *new = calloc(1, sizeof *new);
    locale_t global = new != NULL ? duplocale(LC_GLOBAL_LOCALE) : (locale_t)0;
    int code;

    if (global != (locale_t)0)
        new->plain = newlocale(LC_MESSAGES_MASK, "C", global);
    if (new == NULL || new->plain == (locale_t)0) {
        if (global != (locale_t)0)
            freelocale(global);
        free(new);
        return host->fail(FOB_NOMEM, "out of memory");
    }
    new->host = host;
    new->settings = *settings;
    if (settings->user == NULL)
        new->settings.user = "fob";
    if (settings->database == NULL)
        new->settings.database = "fob";
    code = postgresql_check(new);
    if (code == FOB_SUCCESS)
        code = pg_places(new);
    if (code != FOB_SUCCESS) {
        postgresql_close(new);
        return code;
    }
    *engine = new;
    return FOB_SUCCESS;
}

static int postgresql_describe_now(struct engine *engine, void *data)
{
    const char *version = PQparameterStatus(engine->conn, "server_version");
    const char *protocol = PQsslAttribute(engine->conn, "protocol");
    char line[100];

    (void)data;
    pg_error_line(line, sizeof line, version != NULL ? version : "of an unknown version");
    snprintf(engine->text, sizeof engine->text, "PostgreSQL %s at %s%s%s", line, engine->where,
             protocol != NULL ? ", " : "", protocol != NULL ? protocol : "");
    return FOB_SUCCESS;
}

static int postgresql_describe(struct engine *engine, const char **text)
{
    int code = pg_do(engine, postgresql_describe_now, NULL);

    if (code == FOB_SUCCESS)
        *text = engine->text;
    return code;
}

__attribute__((visibility("default"))) extern const struct engine_class fob_engine;
const struct engine_class fob_engine = {
    .abi = ENGINE_ABI,
    .size = sizeof fob_engine,
    .name = "postgresql",
    .schema = pg_schema_text,
    .open = postgresql_open,
    .close = postgresql_close,
    .leave = postgresql_leave,
    .create = pg_create,
    .step = pg_step,
    .apply = pg_apply,
    .claim = pg_claim,
    .look = pg_claim_look,
    .unclaim = pg_claim_end,
    .take_calls = pg_calls,
    .see = pg_machine_see,
    .machines = pg_machine_list,
    .forget = pg_machine_forget,
    .follow = pg_follow,
    .retire = pg_apply_retire,
    .describe = postgresql_describe,
};
