/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob new-plugin: writes a folder with a complete plugin as a starting point. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "util/embedded.h"
#include "fob/skeleton.h"
#include "util/error.h"
#include "util/text.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The path of FILE in the folder NAME; the caller frees it; NULL when memory ran out. */
static char *new_plugin_path_of(const struct embedded_file *file, const char *name)
{
    const struct skeleton_place places[] = { { "@NAME@", name }, { NULL, NULL } };
    struct strbuf path = STRBUF_INIT;

    strbuf_printf(&path, "%s/", name);
    skeleton_add(&path, file->name, places);
    return strbuf_detach(&path);
}

static int new_plugin_write_file(const struct embedded_file *file, const char *name)
{
    const struct skeleton_place places[] = { { "@NAME@", name }, { NULL, NULL } };
    struct strbuf buf = STRBUF_INIT;
    char *path = new_plugin_path_of(file, name);
    int code;

    skeleton_add(&buf, file->text, places);
    buf.failed |= path == NULL;
    code = skeleton_write(path, &buf);
    free(path);
    return code;
}

/* Remove what was written. */
static void new_plugin_remove_folder(const char *name)
{
    for (const struct embedded_file *file = new_plugin_files; file->name != NULL; file++) {
        char *path = new_plugin_path_of(file, name);

        if (path != NULL)
            unlink(path);
        free(path);
    }
    rmdir(name);
}

/* Write the folder and all its files, or nothing. */
static int new_plugin_write_folder(const char *name)
{
    int code = FOB_SUCCESS;

    /* Not group-writable, whatever the umask: fob would not load such a plugin. */
    if (mkdir(name, 0755) < 0) {
        if (errno == EEXIST)
            return error_set(FOB_EXISTS, "%s: exists already, and is left unchanged", name);
        return error_system("%s", name);
    }
    for (const struct embedded_file *file = new_plugin_files; file->name != NULL; file++) {
        code = new_plugin_write_file(file, name);
        if (code != FOB_SUCCESS)
            break;
    }
    if (code != FOB_SUCCESS)
        new_plugin_remove_folder(name);
    return code;
}

static int new_plugin_print_written(const struct cli *cli, const char *name)
{
    struct strbuf document = STRBUF_INIT;

    output_json_begin(&document, NULL, '{');
    output_json_text(&document, "folder", name);
    output_json_begin(&document, "files", '[');
    for (const struct embedded_file *file = new_plugin_files; file->name != NULL; file++) {
        char *path = new_plugin_path_of(file, name);

        output_json_text(&document, NULL, path);
        document.failed |= path == NULL;
        if (!cli->json && path != NULL)
            output_line("%s", path);
        free(path);
    }
    output_json_end(&document, ']');
    output_json_end(&document, '}');
    if (cli->json)
        return output_json(&document);
    strbuf_free(&document);
    output_note("Try it: cd %s && make && make check", name);
    output_note("Make it yours: grep YOURS * shows the places.");
    return FOB_SUCCESS;
}

static int cmd_new_plugin_run(struct cli *cli)
{
    static const char hint[] = "1 to 64 of a-z 0-9 . _ -, beginning with a letter or a digit";
    const char *name = cli_argument(cli, 0);
    int code;

    if (!text_is_name(name))
        return output_fail(FOB_INVALID, hint, "%.64s: not a plugin's name", name);
    code = new_plugin_write_folder(name);
    return code == FOB_SUCCESS ? new_plugin_print_written(cli, name) : cli_fail(cli, code);
}

const struct command cmd_new_plugin = {
    .name = "new-plugin",
    .arguments = "NAME",
    .summary = "write the skeleton of a plugin into the new folder NAME",
    .min = 1,
    .max = 1,
    .run = cmd_new_plugin_run,
};
