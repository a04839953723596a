/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob get: the hot path; the answer goes from locked memory to standard output in one write. */
#include "config.h"

#include "cli/options.h"
#include "cli/quote.h"

#include "util/error.h"
#include "util/json_write.h"
#include "util/secret.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct option_spec options[] = {
    { "format", "raw|env|json|curl|header", "how to print it (raw)" },
    { "prefix", "PREFIX", "begin the names of env with this instead of the provider's name" },
    { "force", NULL, "lend it whatever its status" },
    { NULL, NULL, NULL },
};

/* What is asked for. */
struct asked {
    const char *account;
    const char *field; /* or NULL */
    const char *prefix; /* or NULL */
    unsigned flags;
};

typedef int print_fn(struct fob_handle *handle, const struct asked *asked, struct fob_secret *out);

static int append_text(struct fob_secret *out, const char *text)
{
    return secret_append(out, text, strlen(text));
}

/* The field to print raw when none is named: the only secret one. */
static const char *only_secret(const struct fob_account *account)
{
    const char *found = NULL;
    const char *name;
    bool secret;

    for (size_t i = 0; (name = fob_account_field(account, i, &secret)) != NULL; i++) {
        if (secret && found != NULL)
            return NULL;
        if (secret)
            found = name;
    }
    return found;
}

static int print_raw(struct fob_handle *handle, const struct asked *asked, struct fob_secret *out)
{
    const char *field = asked->field;
    struct fob_secret *value = NULL;
    int code;

    if (field == NULL)
        field = only_secret(fob_get_account(handle));
    if (field == NULL) {
        error_set(FOB_INVALID, "%s: which field?", asked->account);
        error_hint("\"fob show %s\" names them", asked->account);
        return FOB_INVALID;
    }
    code = fob_get_field(handle, field, &value);
    if (code == FOB_SUCCESS)
        code = secret_append(out, fob_secret_data(value), fob_secret_size(value));
    if (code == FOB_SUCCESS)
        code = append_text(out, "\n");
    fob_secret_free(value);
    return code;
}

/* Whether the field called NAME is to be printed. */
static bool is_asked(const struct asked *asked, const char *name)
{
    return asked->field == NULL || strcmp(asked->field, name) == 0;
}

static int nothing_asked(const struct asked *asked)
{
    return error_set(FOB_NOT_FOUND, "%s: no field %s", asked->account,
                     asked->field != NULL ? asked->field : "");
}

/* NAME as part of a variable's name: upper case, all else an underscore. */
static int append_variable(struct fob_secret *out, const char *name)
{
    int code = FOB_SUCCESS;

    for (; *name != '\0' && code == FOB_SUCCESS; name++) {
        unsigned char byte = (unsigned char)*name;
        char shown = isalnum(byte) ? (char)toupper(byte) : '_';

        code = secret_append(out, &shown, 1);
    }
    return code;
}

static int print_variable(struct fob_handle *handle, const struct asked *asked, const char *name,
                          struct fob_secret *out)
{
    const char *provider = fob_account_text(fob_get_account(handle), FOB_TEXT_PROVIDER);
    struct fob_secret *value = NULL;
    int code = fob_get_field(handle, name, &value);

    if (code == FOB_SUCCESS && asked->prefix != NULL)
        code = append_text(out, asked->prefix);
    if (code == FOB_SUCCESS && asked->prefix == NULL) {
        /* A variable can not begin with a digit. */
        if (isdigit((unsigned char)provider[0]))
            code = append_text(out, "_");
        if (code == FOB_SUCCESS)
            code = append_variable(out, provider);
        if (code == FOB_SUCCESS)
            code = append_text(out, "_");
    }
    if (code == FOB_SUCCESS)
        code = append_variable(out, name);
    if (code == FOB_SUCCESS)
        code = append_text(out, "=");
    if (code == FOB_SUCCESS)
        code = quote_shell(out, fob_secret_data(value), fob_secret_size(value));
    if (code == FOB_SUCCESS)
        code = append_text(out, "\n");
    fob_secret_free(value);
    return code;
}

static int print_env(struct fob_handle *handle, const struct asked *asked, struct fob_secret *out)
{
    const struct fob_account *account = fob_get_account(handle);
    const char *name;
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_account_field(account, i, NULL)) != NULL;
         i++) {
        if (is_asked(asked, name))
            code = print_variable(handle, asked, name, out);
    }
    return code == FOB_SUCCESS && fob_secret_size(out) == 0 ? nothing_asked(asked) : code;
}

static int print_member(struct fob_handle *handle, const char *name, struct fob_secret *out)
{
    struct fob_secret *value = NULL;
    int code = fob_get_field(handle, name, &value);

    if (code == FOB_SUCCESS)
        code = append_text(out, fob_secret_size(out) > 0 ? "," : "{");
    if (code == FOB_SUCCESS && !json_write_secret(out, name, strlen(name)))
        code = error_nomem();
    if (code == FOB_SUCCESS)
        code = append_text(out, ":");
    if (code == FOB_SUCCESS &&
        !json_write_secret(out, fob_secret_data(value), fob_secret_size(value)))
        code = error_set(FOB_INVALID, "%s: not UTF-8, so JSON can not carry it", name);
    fob_secret_free(value);
    return code;
}

static int print_json(struct fob_handle *handle, const struct asked *asked, struct fob_secret *out)
{
    const struct fob_account *account = fob_get_account(handle);
    const char *name;
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_account_field(account, i, NULL)) != NULL;
         i++) {
        if (is_asked(asked, name))
            code = print_member(handle, name, out);
    }
    if (code == FOB_SUCCESS && fob_secret_size(out) == 0)
        return nothing_asked(asked);
    return code == FOB_SUCCESS ? append_text(out, "}\n") : code;
}

static int append_header(struct fob_secret *out, const char *name, const struct fob_secret *value)
{
    int code = append_text(out, name);

    if (code == FOB_SUCCESS)
        code = append_text(out, ": ");
    return code == FOB_SUCCESS
               ? secret_append(out, fob_secret_data(value), fob_secret_size(value)) : code;
}

static int print_headers(struct fob_handle *handle, const struct asked *asked,
                         struct fob_secret *out)
{
    const struct fob_secret *value;
    const char *name;
    int code = FOB_SUCCESS;

    (void)asked;
    for (size_t i = 0;
         code == FOB_SUCCESS && fob_header(handle, i, &name, &value) == FOB_SUCCESS; i++) {
        code = append_header(out, name, value);
        if (code == FOB_SUCCESS)
            code = append_text(out, "\n");
    }
    return code;
}

static int print_curl(struct fob_handle *handle, const struct asked *asked, struct fob_secret *out)
{
    const struct fob_secret *value;
    const char *name;
    int code = FOB_SUCCESS;

    (void)asked;
    for (size_t i = 0;
         code == FOB_SUCCESS && fob_header(handle, i, &name, &value) == FOB_SUCCESS; i++) {
        struct fob_secret *line = NULL;

        code = fob_secret_new("", 0, &line);
        if (code == FOB_SUCCESS)
            code = append_header(line, name, value);
        if (code == FOB_SUCCESS)
            code = append_text(out, "header = ");
        if (code == FOB_SUCCESS)
            code = quote_curl(out, fob_secret_data(line), fob_secret_size(line));
        if (code == FOB_SUCCESS)
            code = append_text(out, "\n");
        fob_secret_free(line);
    }
    return code;
}

static int write_out(const struct fob_secret *out)
{
    const char *at = fob_secret_data(out);
    size_t size = fob_secret_size(out);

    while (size > 0) {
        ssize_t written = write(STDOUT_FILENO, at, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_system("standard output");
        at += written;
        size -= (size_t)written;
    }
    return FOB_SUCCESS;
}

static const struct format {
    const char *name;
    print_fn *print;
    bool authorize; /* wants the provider's authorize stack */
} formats[] = {
    { "raw", print_raw, false },     { "env", print_env, false },
    { "json", print_json, false },   { "curl", print_curl, true },
    { "header", print_headers, true },
};

static const struct format *find_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}

static int get(struct cli *cli, const struct asked *asked, const struct format *format)
{
    struct fob_handle *handle = NULL;
    struct fob_secret *out = NULL;
    int code = start_account(cli, asked->account, &handle);

    if (code == FOB_SUCCESS)
        code = format->authorize ? fob_authorize(handle, "get", asked->flags)
                                 : fob_lend(handle, "get", asked->flags);
    if (code == FOB_SUCCESS && fob_get_account(handle) == NULL)
        code = error_nomem();
    if (code == FOB_SUCCESS)
        code = fob_secret_new("", 0, &out);
    if (code == FOB_SUCCESS)
        code = format->print(handle, asked, out);
    if (code == FOB_SUCCESS)
        code = write_out(out);
    fob_secret_free(out);
    fob_end(handle);
    return report(code);
}

static bool is_variable_prefix(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at) && *at != '_')
            return false;
    }
    return !isdigit((unsigned char)text[0]);
}

static int run(struct cli *cli, const struct parsed *parsed)
{
    const char *name = options_get(parsed, "format");
    const struct format *format;
    const struct asked asked = {
        .account = parsed->arguments[0],
        .field = parsed->argument_count > 1 ? parsed->arguments[1] : NULL,
        .prefix = options_get(parsed, "prefix"),
        .flags = options_get(parsed, "force") != NULL ? FOB_FORCE : 0,
    };

    if (name == NULL)
        name = cli->global.json ? "json" : "raw";
    format = find_format(name);
    if (format == NULL)
        return usage_error("--format: must be raw, env, json, curl or header");
    if (format->authorize && asked.field != NULL)
        return usage_error("--format %s: is made of the whole credential, not of one field",
                           format->name);
    if (asked.prefix != NULL && !is_variable_prefix(asked.prefix))
        return usage_error("--prefix: must be letters, digits and _, not beginning with a digit");
    return get(cli, &asked, format);
}

int cmd_get(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("get"), options, 1, 2 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = run(cli, &parsed);
    options_free(&parsed);
    return status;
}
