/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads fields from standard input, from files and from the command line; a secret on the command
 * line is refused, and no value is ever repeated in a message. */
#include "config.h"

#include "cli/fields_input.h"

#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STDIN_MAX (4 * 1024 * 1024)

/* Whether the provider says that the field called NAME is secret.  An unknown one may be. */
static bool is_secret(const struct fob_provider *provider, const char *name)
{
    struct fob_provider_field field;

    for (size_t i = 0; fob_provider_field(provider, i, &field) == FOB_SUCCESS; i++) {
        if (strcmp(field.name, name) == 0)
            return field.secret;
    }
    return false;
}

/* Cut "NAME=REST" into NAME and REST. */
static bool split(const char *text, char name[static FOB_NAME_MAX + 1], const char **rest)
{
    size_t size = strcspn(text, "=");

    if (text[size] != '=' || size > FOB_NAME_MAX)
        return false;
    memcpy(name, text, size);
    name[size] = '\0';
    *rest = text + size + 1;
    return text_is_identifier(name);
}

static int take_argument(struct fob_handle *handle, const char *text)
{
    const struct fob_provider *provider = fob_get_provider(handle);
    char name[FOB_NAME_MAX + 1];
    const char *value;

    if (provider == NULL)
        return report(FOB_CONFIG);
    if (!split(text, name, &value))
        return usage_error("--field wants NAME=VALUE");
    if (is_secret(provider, name)) {
        usage_error("%s is secret: on a command line others on this machine could read it", name);
        fprintf(stderr, "hint: type it when asked, or use --stdin or --field-file %s=PATH\n",
                name);
        return EXIT_USAGE;
    }
    return report(fob_set_field(handle, name, value, strlen(value)));
}

static int open_input(const char *path, int *fd)
{
    if (strcmp(path, "-") == 0) {
        *fd = dup(STDIN_FILENO);
        return *fd >= 0 ? FOB_SUCCESS : error_system("standard input");
    }
    *fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    return *fd >= 0 ? FOB_SUCCESS : error_system("%s", path);
}

/* A file's content without the newline that editors put at its end. */
static int take_file(struct fob_handle *handle, const char *text)
{
    char name[FOB_NAME_MAX + 1];
    struct fob_secret *content = NULL;
    const char *path;
    size_t size;
    int fd = -1;
    int code;

    if (!split(text, name, &path))
        return usage_error("--field-file wants NAME=PATH");
    code = open_input(path, &fd);
    if (code == FOB_SUCCESS)
        code = secret_read_fd(fd, path, FOB_VALUE_MAX, &content);
    if (code == FOB_SUCCESS) {
        size = fob_secret_size(content);
        if (size > 0 && fob_secret_data(content)[size - 1] == '\n')
            secret_truncate(content, size - 1);
        code = fob_set_field(handle, name, fob_secret_data(content), fob_secret_size(content));
    }
    fob_secret_free(content);
    if (fd >= 0)
        close(fd);
    return report(code);
}

/* One line of --stdin. */
static int take_line(struct fob_handle *handle, const char *line, size_t size, size_t number)
{
    const char *equals = memchr(line, '=', size);
    char name[FOB_NAME_MAX + 1];
    size_t name_size = equals != NULL ? (size_t)(equals - line) : 0;
    int code;

    if (equals == NULL || name_size == 0 || name_size > FOB_NAME_MAX)
        return usage_error("standard input:%zu: not a line name=value", number);
    memcpy(name, line, name_size);
    name[name_size] = '\0';
    if (!text_is_identifier(name))
        return usage_error("standard input:%zu: not a field's name before the =", number);
    code = fob_set_field(handle, name, equals + 1, size - name_size - 1);
    if (code == FOB_NOT_FOUND)
        return usage_error("standard input:%zu: %s", number, fob_error());
    return report(code);
}

/* Lines until the end or an empty one, as git's credential helpers read them. */
static int take_stdin(struct fob_handle *handle)
{
    struct fob_secret *content = NULL;
    int status = report(secret_read_fd(STDIN_FILENO, "standard input", STDIN_MAX, &content));
    const char *at = content != NULL ? fob_secret_data(content) : NULL;
    const char *end = content != NULL ? at + fob_secret_size(content) : NULL;

    for (size_t number = 1; status == 0 && at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((newline != NULL ? newline : end) - at);

        if (size == 0)
            break;
        status = take_line(handle, at, size, number);
        at += size + 1;
    }
    fob_secret_free(content);
    return status;
}

int fields_take(struct fob_handle *handle, const struct parsed *parsed)
{
    int status = 0;

    for (size_t i = 0; i < parsed->option_count && status == 0; i++) {
        const char *name = parsed->options[i].spec->name;
        const char *value = parsed->options[i].value;

        if (strcmp(name, "field") == 0)
            status = take_argument(handle, value);
        else if (strcmp(name, "field-file") == 0)
            status = take_file(handle, value);
        else if (strcmp(name, "stdin") == 0)
            status = take_stdin(handle);
    }
    return status == 0 ? -1 : status;
}

int labels_take(struct fob_handle *handle, const struct parsed *parsed)
{
    static const struct {
        const char *option;
        enum fob_item item;
    } labels[] = {
        { "type", FOB_ITEM_TYPE },
        { "owner-id", FOB_ITEM_OWNER_ID },
        { "owner-name", FOB_ITEM_OWNER_NAME },
        { "owner-email", FOB_ITEM_OWNER_EMAIL },
        { "expires", FOB_ITEM_EXPIRES },
    };

    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const char *value = options_get(parsed, labels[i].option);
        int code;

        if (value == NULL)
            continue;
        if (labels[i].item == FOB_ITEM_EXPIRES && strcmp(value, "never") == 0)
            value = "";
        code = fob_set_item(handle, labels[i].item, value);
        if (code != FOB_SUCCESS) {
            usage_error("--%s: %s", labels[i].option, fob_error());
            return EXIT_USAGE;
        }
    }
    return -1;
}
