/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds and reads fob.yaml. */
#include "config.h"

#include "core/config/settings_parts.h"

#include <fob/http.h>

#include "core/config/schema.h"
#include "store/layout.h"
#include "util/array.h"
#include "util/error.h"
#include "util/path.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct fob_option http_options[] = {
    FOB_HTTP_OPTIONS(NULL, "30", "3"),
    { 0 },
};
static const struct yaml_shape http_keys[] = {
    { "ca_file", SHAPE_OPTION, .options = http_options },
    { "timeout", SHAPE_OPTION, .options = http_options },
    { "retries", SHAPE_OPTION, .options = http_options },
    { 0 },
};

static const struct fob_option log_options[] = {
    { .name = "syslog",
      .type = FOB_OPTION_BOOLEAN,
      .value = "false",
      .summary = "Whether lines also go to syslog" },
    { .name = "required",
      .type = FOB_OPTION_BOOLEAN,
      .value = "true",
      .summary = "Whether an event that cannot be logged is refused" },
    { .name = "max_size",
      .type = FOB_OPTION_SIZE,
      .value = "8M",
      .min = 16 * 1024,
      .max = 1 << 30,
      .summary = "The size at which the log is rotated" },
    { .name = "keep",
      .type = FOB_OPTION_INTEGER,
      .value = "9",
      .min = 1,
      .max = 99,
      .summary = "The number of older files" },
    { 0 },
};
static const struct yaml_shape log_keys[] = {
    { "path", SHAPE_TEXT, .pattern = "^/", .summary = "The audit log" },
    { "syslog", SHAPE_OPTION, .options = log_options },
    { "required", SHAPE_OPTION, .options = log_options },
    { "max_size", SHAPE_OPTION, .options = log_options },
    { "keep", SHAPE_OPTION, .options = log_options },
    { 0 },
};

static const struct fob_option containment_options[] = {
    { .name = "required",
      .type = FOB_OPTION_BOOLEAN,
      .value = "true",
      .summary = "Whether a plugin runs only if the kernel can contain it" },
    { .name = "hook_limit",
      .type = FOB_OPTION_DURATION,
      .value = "5m",
      .min = 1,
      .max = 24 * 3600,
      .summary = "The longest time that a hook may run" },
    { 0 },
};
static const struct yaml_shape containment_keys[] = {
    { "required", SHAPE_OPTION, .options = containment_options },
    { "hook_limit", SHAPE_OPTION, .options = containment_options },
    { 0 },
};

static const struct yaml_shape folder_shape = { .kind = SHAPE_TEXT, .pattern = "^/" };
static const struct yaml_shape word_shape = { .kind = SHAPE_TEXT };

const struct yaml_shape settings_keys[] = {
    { "store", SHAPE_MAP, .inner = settings_store_keys, .summary = "Where encrypted records are" },
    { "key_file", SHAPE_TEXT, .pattern = "^/", .summary = "The key file that opens the store" },
    { "key_command", SHAPE_LIST, .min = 1, .inner = &word_shape,
      .summary = "A program that prints a key, and its arguments" },
    { "on_change", SHAPE_LIST, .min = 1, .inner = &word_shape,
      .summary = "A program that runs for each account whose status changes" },
    { "plugins", SHAPE_LIST, .min = 1, .inner = &folder_shape, .summary = "Folders with plugins" },
    { "providers", SHAPE_LIST, .min = 1, .inner = &folder_shape,
      .summary = "Folders with providers" },
    { "http", SHAPE_MAP, .inner = http_keys, .summary = "Defaults for plugins that use HTTP" },
    { "containment", SHAPE_MAP, .inner = containment_keys, .summary = "The sandbox of plugins" },
    { "log", SHAPE_MAP, .inner = log_keys, .summary = "The audit log" },
    { "hub", SHAPE_MAP, .inner = settings_hub_keys, .summary = "The web page of invitations" },
    { 0 },
};

static void settings_free_paths(struct path_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

static void settings_free_command(char **command)
{
    for (char **word = command; word != NULL && *word != NULL; word++)
        free(*word);
    free(command);
}

void settings_find_closed(const struct settings *settings, const char *paths[SETTINGS_CLOSED])
{
    paths[0] = settings->store_path;
    paths[1] = settings->key_file;
    paths[2] = settings->log_path;
    paths[3] = settings->credential;
}

void settings_free(struct settings *settings)
{
    if (settings == NULL)
        return;
    free(settings->place);
    free(settings->store_path);
    settings_free_store(settings);
    free(settings->key_file);
    free(settings->credential);
    settings_free_command(settings->key_command);
    settings_free_command(settings->on_change);
    free(settings->log_path);
    free(settings->hub.logo);
    free(settings->hub.spool);
    free(settings->hub.inbox);
    settings_free_paths(&settings->plugins);
    settings_free_paths(&settings->providers);
    settings_free_paths(&settings->machine_providers);
    yaml_file_free(settings->file);
    free(settings);
}

static int settings_parse_paths(struct yaml_file *file, const struct yaml_node *node,
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

        if (node->values[i]->kind != YAML_TEXT)
            yaml_mistake(file, node->values[i], "must be text");
        code = settings_parse_path(file, node->values[i], &path);
        if (code == FOB_SUCCESS && path != NULL)
            code = settings_add_path(list, path);
        free(path);
    }
    return code;
}

/* Read a command as a list of words, never as a line for a shell. */
static int settings_parse_command(struct yaml_file *file, const char *key, char ***command)
{
    const struct yaml_node *node = yaml_get(file->root, key);
    const char *word;
    size_t count = 0; /* the valid words; the first NULL ends the list */

    if (node == NULL)
        return FOB_SUCCESS;
    if (node->kind != YAML_LIST || node->count == 0) {
        yaml_mistake(file, node, "must be a list: the program and its arguments");
        return FOB_SUCCESS;
    }
    *command = calloc(node->count + 1, sizeof **command);
    if (*command == NULL)
        return error_nomem();
    for (size_t i = 0; i < node->count; i++) {
        if (!yaml_text(file, node->values[i], &word))
            continue;
        if (i == 0 && word[0] != '/')
            yaml_mistake(file, node->values[i], "the program must be an absolute path");
        (*command)[count] = strdup(word);
        if ((*command)[count++] == NULL)
            return error_nomem();
    }
    return FOB_SUCCESS;
}

static int settings_parse_http(struct settings *settings)
{
    struct yaml_file *file = settings->file;
    struct option_values values = { NULL, 0 };
    const struct yaml_node *http = settings_parse_section(file, "http", http_keys);
    const struct option_layer layer = { file, http, true };
    int code;

    if (http == NULL)
        return FOB_SUCCESS;
    code = schema_resolve(http_options, &layer, 1, http, &values);
    schema_free(&values);
    settings->http = http;
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

static int settings_parse_log(struct settings *settings)
{
    struct yaml_file *file = settings->file;
    struct option_values values = { NULL, 0 };
    const struct yaml_node *log = settings_parse_section(file, "log", log_keys);
    const struct option_layer layer = { file, log, true };
    int code = schema_resolve(log_options, &layer, log != NULL, log, &values);

    if (code == FOB_SUCCESS) {
        settings->log_syslog = values.values[0].number != 0;
        settings->log_required = values.values[1].number != 0;
        settings->log_max_size = (uint64_t)values.values[2].number;
        settings->log_keep = (unsigned)values.values[3].number;
    }
    schema_free(&values);
    if (code == FOB_NOMEM || log == NULL)
        return code == FOB_NOMEM ? code : FOB_SUCCESS;
    return settings_parse_path(file, yaml_get(log, "path"), &settings->log_path);
}

static int settings_parse_containment(struct settings *settings)
{
    struct yaml_file *file = settings->file;
    struct option_values values = { NULL, 0 };
    const struct yaml_node *containment =
        settings_parse_section(file, "containment", containment_keys);
    const struct option_layer layer = { file, containment, true };
    int code =
        schema_resolve(containment_options, &layer, containment != NULL, containment, &values);

    if (code == FOB_SUCCESS) {
        settings->containment_required = values.values[0].number != 0;
        settings->hook_limit = (unsigned)values.values[1].number;
    }
    schema_free(&values);
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

/* Every copy of the store would carry a key file that lies inside it. */
static int settings_check_key_file(struct settings *settings)
{
    static const char why[] = "must not be inside the store, or a copied store carries its key";
    size_t size = strlen(settings->store_path);
    const struct yaml_node *node;

    if (strncmp(settings->key_file, settings->store_path, size) != 0 ||
        (settings->key_file[size] != '/' && settings->key_file[size] != '\0' && size > 1))
        return FOB_SUCCESS;
    if (settings->file == NULL)
        return error_set(FOB_CONFIG, "%s: the key file %s", settings->key_file, why);
    node = yaml_get(settings->file->root, "key_file");
    if (node == NULL)
        node = yaml_get(yaml_get(settings->file->root, "store"), "path");
    yaml_mistake(settings->file, node, "key_file: %s %s", settings->key_file, why);
    return FOB_SUCCESS;
}

/* Whether PATH is FOLDER/NAME, or below it. */
static bool settings_is_at(const char *path, const char *folder, const char *name)
{
    size_t folder_size = strlen(folder);
    size_t name_size = strlen(name);

    return strncmp(path, folder, folder_size) == 0 && path[folder_size] == '/' &&
           strncmp(path + folder_size + 1, name, name_size) == 0 &&
           (path[folder_size + 1 + name_size] == '\0' || path[folder_size + 1 + name_size] == '/');
}

/* Whether PATH is one of the store's own files in FOLDER, or below one. */
static bool settings_is_of_store(const char *path, const char *folder)
{
    static const char *const names[] = { LAYOUT_HEADER, LAYOUT_NEW_HEADER, LAYOUT_ACCOUNTS,
                                         LAYOUT_LOCK,   LAYOUT_VALIDATED,  LAYOUT_FRESH,
                                         LAYOUT_MOVED };
    size_t size = strlen(folder);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (settings_is_at(path, folder, names[i]))
            return true;
    }
    return strncmp(path, folder, size) == 0 && path[size] == '/' &&
           strncmp(path + size + 1, LAYOUT_BUDGET, strlen(LAYOUT_BUDGET)) == 0;
}

/* Whether PATH is FILE, which may have been opened under another name. */
static bool settings_is_file(const char *path, const struct yaml_file *file)
{
    const char *name = file != NULL ? strrchr(file->name, '/') : NULL;
    struct stat mine;
    struct stat theirs;

    if (file == NULL)
        return false;
    /* Compare the names first; they mostly differ. */
    name = name != NULL ? name + 1 : file->name;
    return strcmp(strrchr(path, '/') + 1, name) == 0 && stat(path, &mine) == 0 &&
           stat(file->name, &theirs) == 0 && mine.st_dev == theirs.st_dev &&
           mine.st_ino == theirs.st_ino;
}

/* Refuse a log path that names another file of fob's, which log lines would ruin. */
static int settings_check_log(struct settings *settings)
{
    const char *path = settings->log_path;

    if (strcmp(path, settings->key_file) != 0 &&
        !settings_is_of_store(path, settings->store_path) &&
        !settings_is_file(path, settings->file))
        return FOB_SUCCESS;
    if (settings->file == NULL)
        return error_set(FOB_CONFIG, "%s: the log's path is that of another file", path);
    yaml_mistake(settings->file, yaml_get(yaml_get(settings->file->root, "log"), "path"),
                 "log: %s is the path of another file", path);
    return FOB_SUCCESS;
}

static int settings_report_mistakes(const struct mistakes *mistakes)
{
    if (mistakes->failed)
        return error_nomem();
    if (mistakes->count == 0)
        return FOB_SUCCESS;
    error_set_lines(FOB_CONFIG, mistakes->lines, mistakes->count);
    error_hint("see fob.yaml(5)");
    return FOB_CONFIG;
}

static int settings_read_file(struct settings *settings)
{
    struct yaml_file *file = settings->file;
    int code = FOB_SUCCESS;

    if (file->root == NULL || !yaml_shape_check(file, file->root, settings_keys))
        return FOB_SUCCESS;
    code = settings_parse_store(settings);
    if (code == FOB_SUCCESS)
        code = settings_parse_path(file, yaml_get(file->root, "key_file"), &settings->key_file);
    if (code == FOB_SUCCESS)
        code = settings_parse_command(file, "key_command", &settings->key_command);
    if (code == FOB_SUCCESS)
        code = settings_parse_command(file, "on_change", &settings->on_change);
    if (code == FOB_SUCCESS)
        code = settings_parse_paths(file, yaml_get(file->root, "plugins"), &settings->plugins);
    if (code == FOB_SUCCESS)
        code = settings_parse_paths(file, yaml_get(file->root, "providers"), &settings->providers);
    if (code == FOB_SUCCESS)
        code = settings_parse_http(settings);
    return code == FOB_SUCCESS ? settings_parse_hub(settings) : code;
}

/* Fill SETTINGS from the file, if there is one, and from the defaults. */
static int settings_fill(struct settings *settings)
{
    int code = settings->file != NULL ? settings_read_file(settings) : FOB_SUCCESS;

    if (code == FOB_SUCCESS)
        code = settings_parse_log(settings);
    if (code == FOB_SUCCESS)
        code = settings_parse_containment(settings);
    if (code == FOB_SUCCESS)
        code = settings_fill_defaults(settings);
    if (code == FOB_SUCCESS)
        code = settings_check_key_file(settings);
    if (code == FOB_SUCCESS)
        code = settings_check_log(settings);
    if (code == FOB_SUCCESS && settings->file != NULL)
        code = settings_report_mistakes(&settings->file->mistakes);
    return code;
}

/* Open the requested file, or the first of the usual files that exists; FILE stays NULL when there
 * is none. */
static int settings_find_file(const char *path, uid_t user, struct yaml_file **file)
{
    char *own = NULL;
    int code;

    if (path == NULL) {
        path = secure_getenv("FOB_CONFIG");
        if (path != NULL && path[0] == '\0')
            path = NULL;
    }
    if (path != NULL && text_is_unexpanded(path)) {
        code = error_set(FOB_CONFIG, "%s: " TEXT_UNEXPANDED, path);
        error_hint(TEXT_UNEXPANDED_HINT);
        return code;
    }
    if (path != NULL) {
        code = yaml_read_path(path, user, file);
        if (code == FOB_NOT_FOUND)
            error_hint("name an existing file with --config or $FOB_CONFIG");
        return code;
    }
    code = settings_user_path("XDG_CONFIG_HOME", ".config", "fob/fob.yaml", &own);
    if (code == FOB_SUCCESS)
        code = own != NULL ? yaml_read_path(own, user, file) : FOB_NOT_FOUND;
    free(own);
    if (code == FOB_NOT_FOUND)
        code = yaml_read_path(FOB_SYSCONFDIR "/fob.yaml", user, file);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

/* Only a relative path costs system calls. */
static int settings_find_place(const char *name, char **place)
{
    *place = name[0] == '/' ? strdup(name) : realpath(name, NULL);
    return *place != NULL ? FOB_SUCCESS : error_system("%s", name);
}

int settings_read(const char *path, struct settings **settings)
{
    struct settings *new = calloc(1, sizeof *new);
    uid_t saved;
    int code;

    if (new == NULL)
        return error_nomem();
    new->hub = (struct settings_hub){ "", "", "", "", "", NULL, NULL, NULL };
    (void)!getresuid(&new->real_user, &new->user, &saved);
    code = settings_find_file(path, new->user, &new->file);
    if (code == FOB_SUCCESS && new->file != NULL)
        code = settings_find_place(new->file->name, &new->place);
    if (code == FOB_SUCCESS)
        code = settings_fill(new);
    if (code != FOB_SUCCESS) {
        settings_free(new);
        return code;
    }
    error_clear();
    *settings = new;
    return FOB_SUCCESS;
}
