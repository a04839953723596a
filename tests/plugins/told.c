/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A plugin for tests that does what the options of its entry say, in each of its hooks.
 *
 * In a text, $NAME stands for the field NAME of the credential, so that a test can have a secret
 * told, and the answer depend on the keys.
 */
#include "config.h"

#include <fob/plugin.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROOM 4096

static const struct fob_option options[] = {
    { "result", FOB_OPTION_STRING, false, "success", 0, 0, NULL, "A code's name, or a number" },
    { "message", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "For fob_fail()" },
    { "hint", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "For fob_hint()" },
    { "tell", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "For fob_tell()" },
    { "log", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "For fob_log()" },
    { "ask", FOB_OPTION_LIST, false, NULL, 0, 0, NULL, "Fields to ask for, and to put" },
    { "put", FOB_OPTION_LIST, false, NULL, 0, 0, NULL, "Fields to put: NAME=VALUE" },
    { "sign_in", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "The address for fob_sign_in()" },
    { "tokens", FOB_OPTION_LIST, false, NULL, 0, 0, NULL, "Tokens to put: NAME=VALUE" },
    { "renews", FOB_OPTION_BOOLEAN, false, "false", 0, 0, NULL, "Whether renew does anything" },
    { "token_ends", FOB_OPTION_INTEGER, false, "0", 0, 0, NULL, "Their end" },
    { "identity", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "The id for fob_set_identity()" },
    { "name", FOB_OPTION_STRING, false, "", 0, 0, NULL, "The name for fob_set_identity()" },
    { "expiry", FOB_OPTION_INTEGER, false, NULL, 0, 0, NULL, "For fob_set_expiry()" },
    { "headers", FOB_OPTION_LIST, false, NULL, 0, 0, NULL, "Headers to add: NAME=VALUE" },
    { "query", FOB_OPTION_LIST, false, NULL, 0, 0, NULL, "For fob_add_query(): NAME=VALUE" },
    { "base", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "For fob_set_base_url()" },
    { "open", FOB_OPTION_LIST, false, NULL, 0, 0, NULL, "Files for fob_open_trusted()" },
    { "keep", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "What to print when the handle ends" },
    { "mistakes", FOB_OPTION_LIST, false, NULL, 0, 0, NULL,
      "Options for fob_mistake(), entry, or types" },
    { "tree", FOB_OPTION_TREE, false, NULL, 0, 0, NULL,
      "For the log; each bad word is a mistake, odd a warning" },
    { "timeout", FOB_OPTION_DURATION, false, "10", 1, 60, NULL, "Does nothing" },
    { "thorough", FOB_OPTION_BOOLEAN, false, "false", 0, 0, NULL,
      "Whether other hooks than thorough ones succeed" },
    { "pause", FOB_OPTION_INTEGER, false, "0", 0, 99999, NULL, "Milliseconds to wait first" },
    { 0 },
};

/* The SIZE bytes at NAME as a field's or a token's value, or "". */
static const char *value_of(const struct fob_handle *handle, const char *name, size_t size)
{
    char field[FOB_NAME_MAX + 1] = "";
    const struct fob_secret *value;

    if (size < sizeof field)
        memcpy(field, name, size);
    value = fob_field(handle, field);
    if (value == NULL)
        value = fob_token(handle, field, NULL);
    return value != NULL ? fob_secret_data(value) : "";
}

/* TEXT with the fields that it names put in, cut where OUT ends. */
static const char *expand(const struct fob_handle *handle, const char *text, char out[static ROOM])
{
    size_t used = 0;

    while (*text != '\0' && used < ROOM - 1) {
        size_t size = 0;

        if (*text != '$') {
            out[used++] = *text++;
            continue;
        }
        text++;
        while (isalnum((unsigned char)text[size]) || text[size] == '_')
            size++;
        for (const char *value = value_of(handle, text, size); *value != '\0' && used < ROOM - 1;)
            out[used++] = *value++;
        text += size;
    }
    out[used] = '\0';
    return out;
}

/* The option NAME with the fields put in; NULL when it is not given. */
static const char *text_of(const struct fob_handle *handle, const char *name, char out[static ROOM])
{
    const char *text = fob_option_text(handle, name);

    return text != NULL ? expand(handle, text, out) : NULL;
}

static int ask_and_put(struct fob_handle *handle, const char *name)
{
    const struct fob_message message = {
        .size = sizeof message, .kind = FOB_ASK_SECRET, .name = name, .text = name
    };
    struct fob_secret *reply = NULL;
    int code = fob_converse(handle, (const struct fob_message *const[]){ &message }, 1, &reply);

    if (code == FOB_SUCCESS)
        code = fob_put_field(handle, name, fob_secret_data(reply), fob_secret_size(reply), true);
    fob_secret_free(reply);
    return code;
}

typedef int put_fn(struct fob_handle *handle, const char *name, const char *value);

static int put_header(struct fob_handle *handle, const char *name, const char *value)
{
    return fob_add_header(handle, name, value, strlen(value));
}

static int put_query(struct fob_handle *handle, const char *name, const char *value)
{
    return fob_add_query(handle, name, value, strlen(value));
}

static int put_field(struct fob_handle *handle, const char *name, const char *value)
{
    return fob_put_field(handle, name, value, strlen(value), false);
}

static int put_token(struct fob_handle *handle, const char *name, const char *value)
{
    struct fob_secret *secret = NULL;
    int code = fob_secret_new(value, strlen(value), &secret);

    if (code == FOB_SUCCESS)
        code = fob_put_token(handle, name, secret, fob_option_number(handle, "token_ends"));
    fob_secret_free(secret);
    return code;
}

/* Sign in, tell the secrets, and put them as the token access. */
static int sign_in(struct fob_handle *handle, const char *address)
{
    const struct fob_sign_in_request request = { .size = sizeof request,
                                                 .address = address,
                                                 .redirect = "https",
                                                 .issuer = "https://hr.example" };
    struct fob_sign_in_answer answer = { .size = sizeof answer };
    char text[ROOM];
    int code = fob_sign_in(handle, &request, &answer);

    if (code == FOB_SUCCESS) {
        fob_tell(handle, FOB_TELL_INFO, "signed in: %s %s", fob_secret_data(answer.code),
                 fob_secret_data(answer.verifier));
        snprintf(text, sizeof text, "%s,%s,%s", fob_secret_data(answer.code),
                 fob_secret_data(answer.verifier), fob_secret_data(answer.redirect_uri));
        code = put_token(handle, "access", text);
    }
    fob_secret_free(answer.code);
    fob_secret_free(answer.verifier);
    fob_secret_free(answer.redirect_uri);
    return code;
}

/* Put the pairs NAME=VALUE of the list OPTION. */
static int put_pairs(struct fob_handle *handle, const char *option, put_fn *put)
{
    const char *pair;
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS; i++) {
        char text[ROOM];
        char *value;

        pair = fob_option_item(handle, option, i);
        if (pair == NULL)
            break;
        expand(handle, pair, text);
        value = strchr(text, '=');
        if (value == NULL)
            return fob_fail(handle, FOB_INVALID, "%s: not NAME=VALUE", option);
        *value++ = '\0';
        code = put(handle, text, value);
    }
    return code;
}

static void print_words(void *data)
{
    puts(data);
    fflush(stdout);
    free(data);
}

/* Keep words that the destructor prints, and say so when they were kept before. */
static int keep(struct fob_handle *handle)
{
    const char *words = fob_option_text(handle, "keep");
    char *copy;
    int code;

    if (words == NULL)
        return FOB_SUCCESS;
    if (fob_get_data(handle) != NULL) {
        fob_log(handle, FOB_LOG_INFO, "kept %s", (const char *)fob_get_data(handle));
        return FOB_SUCCESS;
    }
    copy = strdup(words);
    code = copy != NULL ? fob_set_data(handle, copy, print_words) : FOB_NOMEM;
    if (code != FOB_SUCCESS)
        free(copy);
    return code;
}

static int set_identity(struct fob_handle *handle)
{
    char id[ROOM];
    char name[ROOM];

    if (text_of(handle, "identity", id) == NULL)
        return FOB_SUCCESS;
    return fob_set_identity(handle, id, text_of(handle, "name", name));
}

/* Open the files, and log what came of it. */
static void open_files(struct fob_handle *handle)
{
    const char *path;

    for (size_t i = 0; (path = fob_option_item(handle, "open", i)) != NULL; i++) {
        char byte;
        int fd = -1;
        int code = fob_open_trusted(handle, path, &fd);
        bool readable = fd >= 0 && read(fd, &byte, 1) == 1;

        fob_log(handle, FOB_LOG_INFO, "%s: %s%s", path,
                code == FOB_SUCCESS ? "success" : fob_error(), readable ? ", readable" : "");
        if (fd >= 0)
            close(fd);
    }
}

/* Log NODE, with the words in a map or list on lines of their own. */
static void log_node(struct fob_handle *handle, const struct fob_node *node, unsigned depth)
{
    const char *text = fob_node_text(node);

    fob_log(handle, FOB_LOG_INFO, "node %u %u %s", depth, (unsigned)fob_node_kind(node),
            text != NULL ? text : "");
    for (size_t i = 0; i < fob_node_count(node); i++) {
        if (fob_node_key(node, i) != NULL)
            log_node(handle, fob_node_key(node, i), depth + 1);
        log_node(handle, fob_node_value(node, i), depth + 1);
    }
}

/* Everything but the answer. */
static int act(struct fob_handle *handle)
{
    char text[ROOM];
    const char *name;
    int code = put_pairs(handle, "put", put_field);

    open_files(handle);
    if (fob_option_node(handle, "tree") != NULL)
        log_node(handle, fob_option_node(handle, "tree"), 0);
    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_option_item(handle, "ask", i)) != NULL;
         i++)
        code = ask_and_put(handle, name);
    if (code == FOB_SUCCESS)
        code = put_pairs(handle, "headers", put_header);
    if (code == FOB_SUCCESS && fob_option_text(handle, "sign_in") != NULL)
        code = sign_in(handle, fob_option_text(handle, "sign_in"));
    if (code == FOB_SUCCESS)
        code = put_pairs(handle, "tokens", put_token);
    if (code == FOB_SUCCESS)
        code = put_pairs(handle, "query", put_query);
    if (code == FOB_SUCCESS && fob_option_text(handle, "base") != NULL)
        code = fob_set_base_url(handle, fob_option_text(handle, "base"));
    if (code == FOB_SUCCESS)
        code = set_identity(handle);
    if (code == FOB_SUCCESS)
        code = keep(handle);
    if (code == FOB_SUCCESS && fob_option_number(handle, "expiry") != 0)
        fob_set_expiry(handle, fob_option_number(handle, "expiry"));
    if (code == FOB_SUCCESS && text_of(handle, "tell", text) != NULL)
        fob_tell(handle, FOB_TELL_INFO, "%s", text);
    if (code == FOB_SUCCESS && text_of(handle, "log", text) != NULL)
        fob_log(handle, FOB_LOG_INFO, "%s", text);
    return code;
}

static void sleep_for(int64_t ms)
{
    const struct timespec time = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

    (void)nanosleep(&time, NULL);
}

static int hook(struct fob_handle *handle)
{
    char text[ROOM];
    int code;

    sleep_for(fob_option_number(handle, "pause"));
    code = act(handle);
    if (code != FOB_SUCCESS)
        return code;
    if (fob_option_flag(handle, "thorough") && !fob_is_thorough(handle))
        return FOB_SUCCESS;
    if (text_of(handle, "result", text) == NULL)
        return FOB_PLUGIN;
    if (fob_code_from_name(text, &code) != FOB_SUCCESS)
        code = atoi(text);
    if (text_of(handle, "message", text) != NULL)
        fob_fail(handle, code, "%s", text);
    if (text_of(handle, "hint", text) != NULL)
        fob_hint(handle, "%s", text);
    return code;
}

static int renew(struct fob_handle *handle)
{
    return fob_option_flag(handle, "renews") ? hook(handle) : FOB_IGNORE;
}

static void check_node(struct fob_handle *handle, const struct fob_node *node)
{
    static const char *const keys[] = { "name", "list", "map", NULL };

    if (fob_node_text(node) != NULL && strcmp(fob_node_text(node), "bad") == 0)
        fob_node_mistake(handle, node, "is not right");
    if (fob_node_text(node) != NULL && strcmp(fob_node_text(node), "odd") == 0)
        fob_node_warning(handle, node, "is odd");
    if (fob_node_kind(node) == FOB_NODE_MAP)
        (void)fob_node_check_keys(handle, node, keys);
    for (size_t i = 0; i < fob_node_count(node); i++)
        check_node(handle, fob_node_value(node, i));
}

/* Report the type of each field that has one. */
static void check_types(struct fob_handle *handle)
{
    const char *field;

    for (size_t i = 0; (field = fob_field_name(handle, i, NULL)) != NULL; i++) {
        if (fob_field_type(handle, field) != FOB_FIELD_TEXT)
            fob_field_mistake(handle, field, "field %s: type %d", field,
                              (int)fob_field_type(handle, field));
    }
}

static void check(struct fob_handle *handle)
{
    const char *option;

    check_node(handle, fob_option_node(handle, "tree"));
    for (size_t i = 0; (option = fob_option_item(handle, "mistakes", i)) != NULL; i++) {
        if (strcmp(option, "types") == 0)
            check_types(handle);
        else
            fob_mistake(handle, strcmp(option, "entry") != 0 ? option : NULL, "is not right");
    }
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "told",
    .version = "1",
    .summary = "Does what it is told",
    .options = options,
    .link = hook,
    .validate = hook,
    .revoke = hook,
    .authorize = hook,
    .check = check,
    .option_size = sizeof(struct fob_option),
    .renew = renew,
};
