/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds and reads fob.yaml; supplies the defaults. */
#include "config.h"

#include "core/settings.h"

#include <fob/http.h>

#include "core/schema.h"
#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void settings_free(struct settings *settings)
{
    if (settings == NULL)
        return;
    free(settings->store_path);
    free(settings->key_file);
    free(settings->log_path);
    for (size_t i = 0; i < settings->plugins.count; i++)
        free(settings->plugins.items[i]);
    free(settings->plugins.items);
    for (size_t i = 0; i < settings->providers.count; i++)
        free(settings->providers.items[i]);
    free(settings->providers.items);
    yaml_free(settings->file);
    free(settings);
}

static int add_path(struct path_list *list, const char *path)
{
    char *copy = strdup(path);
    char **more = reallocarray(list->items, list->count + 1, sizeof *more);

    if (more != NULL)
        list->items = more;
    if (copy == NULL || more == NULL) {
        free(copy);
        return error_nomem();
    }
    list->items[list->count++] = copy;
    return FOB_SUCCESS;
}

/* The caller's home; NULL when it has none.  The caller frees it. */
static char *home_folder(void)
{
    const char *home = secure_getenv("HOME");
    const struct passwd *user;

    if (home != NULL && home[0] == '/')
        return strdup(home);
    user = getpwuid(geteuid());
    return user != NULL && user->pw_dir[0] == '/' ? strdup(user->pw_dir) : NULL;
}

/* $VARIABLE/NAME, or ~/FALLBACK/NAME when the variable is unset or relative, as the XDG Base
 * Directory Specification has it.  NULL when there is neither, or no memory. */
static char *user_path(const char *variable, const char *fallback, const char *name)
{
    const char *folder = secure_getenv(variable);
    struct strbuf path = STRBUF_INIT;
    char *home;

    if (folder != NULL && folder[0] == '/')
        return path_join(folder, name);
    home = home_folder();
    if (home == NULL)
        return NULL;
    strbuf_printf(&path, "%s/%s/%s", home, fallback, name);
    free(home);
    return strbuf_take(&path);
}

/* PATH if it was set, else the machine's for root, else the user's own. */
static int default_path(char **path, const char *machine, char *own)
{
    if (*path == NULL && geteuid() == 0)
        *path = strdup(machine);
    else if (*path == NULL) {
        *path = own;
        own = NULL;
    }
    free(own);
    if (*path != NULL)
        return FOB_SUCCESS;
    error_set(FOB_CONFIG, "no home folder: nowhere to keep the store");
    error_hint("set HOME, or name the paths in a configuration file (fob.yaml(5))");
    return FOB_CONFIG;
}

static int default_providers(struct settings *settings)
{
    char *own = NULL;
    int code = FOB_SUCCESS;

    if (settings->providers.count == 0) {
        if (geteuid() != 0)
            own = user_path("XDG_CONFIG_HOME", ".config", "fob/providers.d");
        if (own != NULL)
            code = add_path(&settings->providers, own);
        if (code == FOB_SUCCESS)
            code = add_path(&settings->providers, FOB_SYSCONFDIR "/providers.d");
        free(own);
    }
    return code == FOB_SUCCESS ? add_path(&settings->providers, FOB_PROVIDERDIR) : code;
}

static int fill_defaults(struct settings *settings)
{
    int code = default_path(&settings->store_path, FOB_LOCALSTATEDIR,
                            user_path("XDG_DATA_HOME", ".local/share", "fob"));

    if (code == FOB_SUCCESS)
        code = default_path(&settings->key_file, FOB_SYSCONFDIR "/key",
                            user_path("XDG_STATE_HOME", ".local/state", "fob/key"));
    if (code == FOB_SUCCESS && settings->plugins.count == 0)
        code = add_path(&settings->plugins, FOB_PLUGINDIR);
    if (code == FOB_SUCCESS)
        code = default_providers(settings);
    if (code == FOB_SUCCESS && settings->log_path == NULL) {
        settings->log_path = path_join(settings->store_path, "log");
        if (settings->log_path == NULL)
            code = error_nomem();
    }
    return code;
}

/* An absolute path at NODE into PATH; NODE may be NULL. */
static int take_path(struct yaml_file *file, const struct yaml_node *node, char **path)
{
    const char *text;

    if (node == NULL || !yaml_text(file, node, &text))
        return FOB_SUCCESS;
    if (text[0] != '/') {
        yaml_mistake(file, node, "must be an absolute path");
        return FOB_SUCCESS;
    }
    *path = strdup(text);
    return *path != NULL ? FOB_SUCCESS : error_nomem();
}

static int take_paths(struct yaml_file *file, const struct yaml_node *node,
                      struct path_list *list)
{
    int code = FOB_SUCCESS;

    if (node == NULL)
        return FOB_SUCCESS;
    if (node->kind != YAML_LIST || node->count == 0) {
        yaml_mistake(file, node, "must be a list of folders");
        return FOB_SUCCESS;
    }
    for (size_t i = 0; i < node->count && code == FOB_SUCCESS; i++) {
        char *path = NULL;

        code = take_path(file, node->values[i], &path);
        if (code == FOB_SUCCESS && path != NULL)
            code = add_path(list, path);
        free(path);
    }
    return code;
}

/* The map at KEY with nothing but KNOWN keys in it; NULL when there is none. */
static const struct yaml_node *section(struct yaml_file *file, const char *key,
                                       const char *const *known, size_t count)
{
    const struct yaml_node *node = yaml_get(file->root, key);

    return node != NULL && yaml_map(file, node, known, count) ? node : NULL;
}

static int take_store(struct settings *settings)
{
    static const char *const known[] = { "driver", "path" };
    struct yaml_file *file = settings->file;
    const struct yaml_node *store = section(file, "store", known, 2);
    const struct yaml_node *driver = yaml_get(store, "driver");
    const char *name;

    if (driver != NULL && yaml_text(file, driver, &name) && strcmp(name, "file") != 0)
        yaml_mistake(file, driver, "unknown driver %s; the only one is file", name);
    return take_path(file, yaml_get(store, "path"), &settings->store_path);
}

static int take_http(struct settings *settings)
{
    static const struct fob_option options[] = {
        FOB_HTTP_OPTIONS(NULL, "30", "3"),
        { 0 },
    };
    static const char *const known[] = { "ca_file", "timeout", "retries" };
    struct yaml_file *file = settings->file;
    struct option_values values = { NULL, 0 };
    const struct yaml_node *http = section(file, "http", known, 3);
    const struct option_layer layer = { file, http, true };
    int code;

    if (http == NULL)
        return FOB_SUCCESS;
    code = schema_resolve(options, &layer, 1, http, &values);
    schema_free(&values);
    settings->http = http;
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

static int take_log(struct settings *settings)
{
    static const char *const known[] = { "path", "syslog" };
    struct yaml_file *file = settings->file;
    const struct yaml_node *log = section(file, "log", known, 2);
    const struct yaml_node *to_syslog = yaml_get(log, "syslog");

    if (to_syslog != NULL)
        (void)yaml_boolean(file, to_syslog, &settings->log_syslog);
    return take_path(file, yaml_get(log, "path"), &settings->log_path);
}

/* A key inside the store would go with every copy of it. */
static void check_key_file(struct settings *settings)
{
    size_t size = strlen(settings->store_path);

    if (strncmp(settings->key_file, settings->store_path, size) == 0 &&
        settings->key_file[size] == '/')
        yaml_mistake(settings->file, yaml_get(settings->file->root, "key_file"),
                     "key_file: must not be inside the store, or a copied store carries its key");
}

static int read_file(struct settings *settings)
{
    static const char *const known[] = { "store", "key_file", "plugins", "providers", "http",
                                         "log" };
    struct yaml_file *file = settings->file;
    int code = FOB_SUCCESS;

    if (file->root != NULL && yaml_map(file, file->root, known, sizeof known / sizeof *known)) {
        code = take_store(settings);
        if (code == FOB_SUCCESS)
            code = take_path(file, yaml_get(file->root, "key_file"), &settings->key_file);
        if (code == FOB_SUCCESS)
            code = take_paths(file, yaml_get(file->root, "plugins"), &settings->plugins);
        if (code == FOB_SUCCESS)
            code = take_paths(file, yaml_get(file->root, "providers"), &settings->providers);
        if (code == FOB_SUCCESS)
            code = take_http(settings);
        if (code == FOB_SUCCESS)
            code = take_log(settings);
    }
    if (code == FOB_SUCCESS)
        code = fill_defaults(settings);
    if (code == FOB_SUCCESS)
        check_key_file(settings);
    if (code == FOB_SUCCESS && file->mistakes.count > 0)
        code = error_set_lines(FOB_CONFIG, file->mistakes.lines, file->mistakes.count);
    return code;
}

/* Open the file that was asked for, or the first of the usual ones that exists. */
static int find_file(const char *path, struct yaml_file **file)
{
    char *own;
    int code;

    if (path == NULL)
        path = secure_getenv("FOB_CONFIG");
    if (path != NULL && path[0] != '\0') {
        code = yaml_read_path(path, file);
        if (code == FOB_NOT_FOUND)
            error_hint("name an existing file with --config or $FOB_CONFIG");
        return code;
    }
    own = user_path("XDG_CONFIG_HOME", ".config", "fob/fob.yaml");
    code = own != NULL ? yaml_read_path(own, file) : FOB_NOT_FOUND;
    free(own);
    if (code == FOB_NOT_FOUND)
        code = yaml_read_path(FOB_SYSCONFDIR "/fob.yaml", file);
    /* With none of them the defaults serve. */
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

int settings_read(const char *path, struct settings **settings)
{
    struct settings *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL)
        return error_nomem();
    code = find_file(path, &new->file);
    if (code == FOB_SUCCESS)
        code = new->file != NULL ? read_file(new) : fill_defaults(new);
    if (code != FOB_SUCCESS) {
        settings_free(new);
        return code;
    }
    error_clear();
    *settings = new;
    return FOB_SUCCESS;
}
