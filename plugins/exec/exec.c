/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The exec plugin, fob_exec(7): each hook runs a program, gives it the credential's fields, and
 * acts on its answer.
 */
#include "config.h"

#include "exec_check.h"
#include "exec_options.h"
#include "program.h"
#include "reply.h"
#include "user.h"

#include "util/array.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The fixed part of the program's environment. */
static const char *const fixed[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8" };

static const struct {
    const char *name;
    enum fob_text label;
} labels[] = {
    { "FOB_TYPE", FOB_TEXT_TYPE },
    { "FOB_OWNER_ID", FOB_TEXT_OWNER_ID },
    { "FOB_OWNER_NAME", FOB_TEXT_OWNER_NAME },
    { "FOB_OWNER_EMAIL", FOB_TEXT_OWNER_EMAIL },
    { "FOB_REMOTE_ID", FOB_TEXT_REMOTE_ID },
    { "FOB_REMOTE_NAME", FOB_TEXT_REMOTE_NAME },
};

#define FIXED ARRAY_SIZE(fixed)
#define LABELS ARRAY_SIZE(labels)
#define VARIABLES_MAX (FIXED + 3 + LABELS + 1)

static const char *exec_hook_name(enum reply_hook hook)
{
    return hook == LINK       ? "link"
           : hook == VALIDATE ? "validate"
           : hook == REVOKE   ? "revoke"
           : hook == RENEW    ? "renew"
                              : "authorize";
}

static void exec_free_environment(char **environment)
{
    for (size_t i = 0; environment != NULL && i < VARIABLES_MAX; i++)
        free(environment[i]);
    free(environment);
}

/* Make the environment, which exec_free_environment() frees; NULL when out of memory. */
static char **exec_make_environment(const struct fob_handle *handle, enum reply_hook hook)
{
    char **environment = calloc(VARIABLES_MAX + 1, sizeof *environment);
    const char *base_url = fob_option_text(handle, "base_url");
    char **next = environment;
    bool complete = true;

    if (environment == NULL)
        return NULL;
    for (size_t i = 0; i < FIXED; i++)
        *next++ = strdup(fixed[i]);
    *next++ = text_make_entry("FOB_HOOK", exec_hook_name(hook));
    *next++ = text_make_entry("FOB_PROVIDER", fob_provider_name(handle));
    *next++ = text_make_entry("FOB_ACCOUNT", fob_account_name(handle));
    for (size_t i = 0; i < LABELS; i++)
        *next++ = text_make_entry(labels[i].name, fob_account_label(handle, labels[i].label));
    if (base_url != NULL)
        *next++ = text_make_entry("FOB_BASE_URL", base_url);
    for (char **made = environment; made < next; made++)
        complete &= *made != NULL;
    if (complete)
        return environment;
    exec_free_environment(environment);
    return NULL;
}

/* Make argv from the option command, with borrowed texts; NULL when out of memory. */
static const char **exec_make_arguments(const struct fob_handle *handle)
{
    const char **arguments;
    size_t count = 0;

    while (fob_option_item(handle, "command", count) != NULL)
        count++;
    arguments = calloc(count + 1, sizeof *arguments);
    for (size_t i = 0; arguments != NULL && i < count; i++)
        arguments[i] = fob_option_item(handle, "command", i);
    return arguments;
}

static bool exec_is_listed(const struct fob_handle *handle, const char *option, const char *name)
{
    const char *item;

    for (size_t i = 0; (item = fob_option_item(handle, option, i)) != NULL; i++) {
        if (strcmp(item, name) == 0)
            return true;
    }
    return false;
}

/* Whether the program gets the field or token: those named by the option or, without the option,
 * all that are not secret. */
static bool exec_is_wanted(const struct fob_handle *handle, const char *name, bool secret)
{
    if (fob_option_text(handle, "fields") != NULL)
        return true;
    if (fob_option_item(handle, "fields", 0) == NULL)
        return !secret;
    return exec_is_listed(handle, "fields", name);
}

static int exec_add_line(struct fob_handle *handle, const char *kind, const char *name,
                         const struct fob_secret *value, struct fob_secret *input)
{
    int code;

    if (value == NULL)
        return program_nomem(handle);
    if (memchr(fob_secret_data(value), '\n', fob_secret_size(value)) != NULL ||
        memchr(fob_secret_data(value), '\0', fob_secret_size(value)) != NULL) {
        fob_fail(handle, FOB_INVALID,
                 "provider %s: exec: the %s %s has a newline or a NUL, which no line can carry",
                 fob_provider_name(handle), kind[0] == '\0' ? "field" : "token", name);
        fob_hint(handle, "name the other fields in the option fields, if the program needs no %s",
                 name);
        return FOB_INVALID;
    }
    code = fob_secret_append(input, kind, strlen(kind));
    if (code == FOB_SUCCESS)
        code = fob_secret_append(input, name, strlen(name));
    if (code == FOB_SUCCESS)
        code = fob_secret_append(input, "=", 1);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(input, fob_secret_data(value), fob_secret_size(value));
    if (code == FOB_SUCCESS)
        code = fob_secret_append(input, "\n", 1);
    if (code == FOB_INVALID)
        fob_fail(handle, code, "provider %s: exec: the fields have over %d bytes together",
                 fob_provider_name(handle), FOB_VALUE_MAX);
    return code == FOB_NOMEM ? program_nomem(handle) : code;
}

/* Make the input: lines NAME=VALUE of the fields, and token.NAME=VALUE. */
static int exec_make_input(struct fob_handle *handle, struct fob_secret **input)
{
    const char *name;
    bool secret;
    int code = fob_secret_new("", 0, input);

    if (code != FOB_SUCCESS)
        return program_nomem(handle);
    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_field_name(handle, i, &secret)) != NULL;
         i++) {
        if (exec_is_wanted(handle, name, secret))
            code = exec_add_line(handle, "", name, fob_field(handle, name), *input);
    }
    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_token_name(handle, i)) != NULL; i++) {
        if (exec_is_wanted(handle, name, true) || exec_is_listed(handle, "tokens", name))
            code = exec_add_line(handle, "token.", name, fob_token(handle, name, NULL), *input);
    }
    return code;
}

/* Set the error: the last line that the program SAID, or how it ended. */
static int exec_explain(struct fob_handle *handle, const char *path, const struct ending *ending,
                        int code, const char **said)
{
    const char *provider = fob_provider_name(handle);
    const char *line;

    for (size_t i = 0; (line = program_stderr_line(&ending->errors, i)) != NULL; i++)
        *said = line;
    if (ending->signaled)
        return fob_fail(handle, code, "provider %s: exec: %s: ended by signal %d%s%s", provider,
                        path, ending->status, *said != NULL ? ": " : "",
                        *said != NULL ? *said : "");
    if (*said != NULL)
        return fob_fail(handle, code, "%s: %s", provider, *said);
    return fob_fail(handle, code, "provider %s: exec: %s: answered %s, without a reason", provider,
                    path, fob_code_name(code));
}

/* Determine the hook's code from a program that ended by itself, and which line of stderr is the
 * reason. */
static int exec_judge(struct fob_handle *handle, const struct reply_text *text,
                      const struct ending *ending, const char **said)
{
    int code = FOB_PLUGIN;
    int result = FOB_SUCCESS;

    if (!ending->signaled)
        result = reply_process(handle, text, ending->status, &code);
    if (result != FOB_SUCCESS || code == FOB_SUCCESS || code == FOB_IGNORE)
        return result != FOB_SUCCESS ? result : code;
    return exec_explain(handle, text->path, ending, code, said);
}

/* Log the program's stderr, except the line SAID; as warnings if it failed. */
static void exec_log_stderr(struct fob_handle *handle, const struct program_stderr *errors,
                            int code, const char *said)
{
    bool good = code == FOB_SUCCESS || code == FOB_IGNORE;
    const char *line;

    for (size_t i = 0; (line = program_stderr_line(errors, i)) != NULL; i++) {
        if (line != said)
            fob_log(handle, good ? FOB_LOG_INFO : FOB_LOG_WARNING, "%s", line);
    }
}

/* Keep the tokens of a program that failed with CODE, and the reason for that. */
static void exec_keep_tokens(struct fob_handle *handle, const struct reply_text *text, int code)
{
    char why[STDERR_LINE_SIZE];
    char hint[STDERR_LINE_SIZE];

    snprintf(why, sizeof why, "%s", fob_error());
    snprintf(hint, sizeof hint, "%s", fob_error_hint());
    if (reply_keep_tokens(handle, text) == FOB_SUCCESS || code == FOB_SUCCESS)
        return;
    fob_fail(handle, code, "%s", why);
    if (hint[0] != '\0')
        fob_hint(handle, "%s", hint);
}

/* Run the prepared program. */
static int exec_run_program(struct fob_handle *handle, enum reply_hook hook,
                            const struct program *program)
{
    struct reply_text text = { .hook = hook, .path = program->arguments[0], .began = time(NULL) };
    struct ending ending = { .output = NULL };
    const char *said = NULL;
    int code = program_run(handle, program, &ending);

    text.output = ending.output;
    text.cut = code != FOB_SUCCESS || ending.signaled;
    if (text.cut)
        exec_keep_tokens(handle, &text, code);
    if (code == FOB_SUCCESS)
        code = exec_judge(handle, &text, &ending, &said);
    exec_log_stderr(handle, &ending.errors, code, said);
    program_ending_free(&ending);
    return code;
}

static int exec_run_hook(struct fob_handle *handle, enum reply_hook hook)
{
    const char *name = fob_option_text(handle, "user");
    const char **arguments = exec_make_arguments(handle);
    char **environment = exec_make_environment(handle, hook);
    struct fob_secret *input = NULL;
    struct user user = { .groups = NULL };
    struct program program = {
        .arguments = arguments,
        .environment = environment,
        .user = name != NULL ? &user : NULL,
        .timeout = fob_option_number(handle, "timeout"),
    };
    int code = arguments != NULL && environment != NULL ? FOB_SUCCESS : program_nomem(handle);

    if (code == FOB_SUCCESS && name != NULL)
        code = user_find(handle, name, &user);
    if (code == FOB_SUCCESS)
        code = exec_make_input(handle, &input);
    program.input = input;
    if (code == FOB_SUCCESS)
        code = exec_run_program(handle, hook, &program);
    fob_secret_free(input);
    user_free(&user);
    exec_free_environment(environment);
    free(arguments);
    return code;
}

static int exec_link(struct fob_handle *handle)
{
    return exec_run_hook(handle, LINK);
}

/* Run a hook that needs the tokens.  If one is missing, the core runs renew, and the hook again. */
static int exec_run_with_tokens(struct fob_handle *handle, enum reply_hook hook)
{
    const char *name;

    for (size_t i = 0; (name = fob_option_item(handle, "tokens", i)) != NULL; i++) {
        if (fob_token(handle, name, NULL) == NULL)
            return fob_fail(handle, FOB_REJECTED, "%s has not yet given the token %s",
                            fob_provider_name(handle), name);
    }
    return exec_run_hook(handle, hook);
}

static int exec_validate(struct fob_handle *handle)
{
    return exec_run_with_tokens(handle, VALIDATE);
}

static int exec_revoke(struct fob_handle *handle)
{
    return exec_run_with_tokens(handle, REVOKE);
}

static int exec_authorize(struct fob_handle *handle)
{
    return exec_run_with_tokens(handle, AUTHORIZE);
}

/* A program that never gave a token does not know this hook. */
static int exec_renew(struct fob_handle *handle)
{
    return fob_token_name(handle, 0) != NULL || fob_option_item(handle, "tokens", 0) != NULL
               ? exec_run_hook(handle, RENEW)
               : FOB_IGNORE;
}

FOB_API const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "exec",
    .version = "1",
    .summary = "runs a program, in any language, for each hook",
    .options = exec_options,
    .link = exec_link,
    .validate = exec_validate,
    .revoke = exec_revoke,
    .authorize = exec_authorize,
    .check = exec_check,
    .needs = FOB_NEEDS_EXEC,
    .option_size = sizeof(struct fob_option),
    .renew = exec_renew,
};
