/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads store: of fob.yaml: where the records are, for one machine or for several. */
#include "config.h"

#include "core/config/settings_parts.h"

#include <fob/fob.h>

#include "core/config/schema.h"
#include "util/error.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOSTS_DEFAULT "/var/run/postgresql"
#define HOST_NAME_MAX_SIZE 65

static const char *const drivers[] = { "file", "postgresql", NULL };

static const struct fob_option times[] = {
    { .name = "max_age",
      .type = FOB_OPTION_DURATION,
      .value = "5s",
      .min = 1,
      .max = 3600,
      .summary = "How old what this machine has may be when it is used" },
    { .name = "offline",
      .type = FOB_OPTION_DURATION,
      .value = "0",
      .max = 7 * 24 * 3600,
      .summary = "How much older it may be while the server cannot be reached" },
    { .name = "timeout",
      .type = FOB_OPTION_DURATION,
      .value = "15s",
      .min = 1,
      .max = 300,
      .summary = "How long the server may take" },
    { 0 },
};

static const struct fob_option files[] = {
    { .name = "shared",
      .type = FOB_OPTION_BOOLEAN,
      .value = "true",
      .summary = "Whether other machines may use the folder, too" },
    { 0 },
};

static const struct yaml_shape host_shape = { .kind = SHAPE_TEXT, .pattern = "^[^ ,]+$" };

/* The first keys are those of a store of files. */
#define FILE_KEYS 3
const struct yaml_shape settings_store_keys[] = {
    { "driver", SHAPE_TEXT, .words = drivers, .summary = "The storage of encrypted records" },
    { "path", SHAPE_TEXT, .pattern = "^/",
      .summary = "The store's folder, or this machine's copy of it" },
    { "shared", SHAPE_OPTION, .options = files },
    { "hosts", SHAPE_LIST, .min = 1, .inner = &host_shape,
      .summary = "The database's servers, or the folder of a socket" },
    { "database", SHAPE_WORD, .summary = "The database" },
    { "user", SHAPE_WORD, .summary = "The database's user" },
    { "password_file", SHAPE_TEXT, .pattern = "^/", .summary = "A file with the user's password" },
    { "ca_file", SHAPE_TEXT, .pattern = "^/", .summary = "Who may sign the server's certificate" },
    { "cert_file", SHAPE_TEXT, .pattern = "^/", .summary = "This machine's certificate" },
    { "cert_key", SHAPE_TEXT, .pattern = "^/", .summary = "The key of the certificate" },
    { "machine", SHAPE_TEXT, .pattern = SHAPE_NAME, .summary = "This machine's name" },
    { "max_age", SHAPE_OPTION, .options = times },
    { "offline", SHAPE_OPTION, .options = times },
    { "timeout", SHAPE_OPTION, .options = times },
    { 0 },
};

void settings_free_store(struct settings *settings)
{
    free(settings->hosts);
    free(settings->machine);
}

/* The text at KEY, or OTHER when there is none. */
static const char *store_text(const struct yaml_node *store, const char *key, const char *other)
{
    const struct yaml_node *node = yaml_get(store, key);

    return node != NULL && node->kind == YAML_TEXT ? node->text : other;
}

static int store_parse_hosts(struct settings *settings, const struct yaml_node *node)
{
    struct strbuf hosts = STRBUF_INIT;
    const char *host;

    if (node == NULL)
        strbuf_add_text(&hosts, HOSTS_DEFAULT);
    for (size_t i = 0; node != NULL && i < node->count; i++) {
        if (!yaml_text(settings->file, node->values[i], &host))
            continue;
        if (host[0] == '\0' || strpbrk(host, " ,") != NULL)
            yaml_mistake(settings->file, node->values[i], "not a host: \"%s\"", host);
        strbuf_printf(&hosts, "%s%s", hosts.size > 0 ? "," : "", host);
    }
    settings->hosts = strbuf_detach(&hosts);
    settings->remote.hosts = settings->hosts;
    return settings->hosts != NULL ? FOB_SUCCESS : error_nomem();
}

/* The machine's own name, without a domain, is the default. */
static int store_parse_machine(struct settings *settings, const struct yaml_node *store)
{
    char host[HOST_NAME_MAX_SIZE] = "";
    const char *name = store_text(store, "machine", NULL);

    if (name == NULL && gethostname(host, sizeof host - 1) == 0)
        host[strcspn(host, ".")] = '\0';
    settings->machine = strdup(name != NULL ? name : host);
    settings->remote.machine = settings->machine;
    if (settings->machine == NULL)
        return error_nomem();
    if (!text_is_name(settings->machine))
        yaml_mistake(settings->file, store,
                     "machine: \"%s\" is not a name: small letters, digits, dots, - and _",
                     settings->machine);
    return FOB_SUCCESS;
}

static int store_parse_times(struct settings *settings, const struct yaml_node *store)
{
    struct option_values values = { NULL, 0 };
    const struct option_layer layer = { settings->file, store, true };
    const int code = schema_resolve(times, &layer, 1, store, &values);

    if (code == FOB_SUCCESS) {
        settings->remote.max_age_ms = values.values[0].number * 1000;
        settings->remote.offline_ms = values.values[1].number * 1000;
        settings->remote.timeout_ms = (int)values.values[2].number * 1000;
    }
    schema_free(&values);
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

/* A store of files takes no key of the others. */
static int store_parse_files(struct settings *settings, const struct yaml_node *store)
{
    struct option_values values = { NULL, 0 };
    const struct option_layer layer = { settings->file, store, true };
    const int code = schema_resolve(files, &layer, 1, store, &values);

    if (code == FOB_SUCCESS)
        settings->store_is_alone = values.values[0].number == 0;
    schema_free(&values);
    for (const struct yaml_shape *key = settings_store_keys + FILE_KEYS; key->key != NULL; key++) {
        const struct yaml_node *node = yaml_get(store, key->key);

        if (node != NULL)
            yaml_mistake(settings->file, node, "%s: only with driver: postgresql", key->key);
    }
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

static int store_parse_remote(struct settings *settings, const struct yaml_node *store,
                              const char *driver)
{
    struct store_remote *remote = &settings->remote;
    int code;

    if (yaml_get(store, "shared") != NULL)
        yaml_mistake(settings->file, yaml_get(store, "shared"), "shared: only with driver: file");
    settings->shared = true;
    remote->driver = driver;
    remote->database = store_text(store, "database", "fob");
    remote->user = store_text(store, "user", "fob");
    remote->password_file = store_text(store, "password_file", NULL);
    remote->ca_file = store_text(store, "ca_file", NULL);
    remote->cert_file = store_text(store, "cert_file", NULL);
    remote->cert_key = store_text(store, "cert_key", NULL);
    if ((remote->cert_file == NULL) != (remote->cert_key == NULL))
        yaml_mistake(settings->file, store, "cert_file and cert_key belong together");
    code = store_parse_hosts(settings, yaml_get(store, "hosts"));
    if (code == FOB_SUCCESS)
        code = store_parse_machine(settings, store);
    return code == FOB_SUCCESS ? store_parse_times(settings, store) : code;
}

int settings_parse_store(struct settings *settings)
{
    struct yaml_file *file = settings->file;
    const struct yaml_node *store = settings_parse_section(file, "store", settings_store_keys);
    const char *driver = store_text(store, "driver", "file");
    int code = settings_parse_path(file, yaml_get(store, "path"), &settings->store_path);

    if (code != FOB_SUCCESS || store == NULL)
        return code;
    if (strcmp(driver, "file") != 0)
        return store_parse_remote(settings, store, driver);
    return store_parse_files(settings, store);
}
