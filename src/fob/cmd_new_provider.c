/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob new-provider: writes the file of a provider for the http plugin as a starting point. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "util/embedded.h"
#include "fob/skeleton.h"
#include "util/address.h"
#include "util/array.h"
#include "util/json_write.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* What a person is asked for, in this order. */
enum { TITLE, URL, KIND, HEADER, CHECK, ID, ANSWERS };

static bool new_provider_is_line(const char *text)
{
    const size_t size = strlen(text);

    return text_is_utf8(text, size) && !text_has_control(text, size);
}

static const char *new_provider_title_fault(const char *text)
{
    return new_provider_is_line(text) ? NULL : "must be one line of text";
}

static const char *new_provider_url_fault(const char *text)
{
    return address_fault(text, ADDRESS_BASE);
}

static const char *new_provider_header_fault(const char *text)
{
    return text_is_token(text) ? NULL : "must be a header's name";
}

static const char *new_provider_check_fault(const char *text)
{
    const char *at = text;

    while (*at > ' ' && *at <= '~' && strchr("\"#<>\\^`{|}", *at) == NULL)
        at++;
    if (text[0] != '/' || *at != '\0')
        return "must be a path below the base URL, as /me";
    return address_has_dot_segment(text) ? "must not have . or .. in it" : NULL;
}

static const char *new_provider_id_fault(const char *text)
{
    return text[0] == '/' && new_provider_is_line(text) ? NULL
                                                        : "must be a JSON Pointer, as /company/id";
}

/* The kinds of credential: their fields, values of them for the rehearsals, what is sent, and what
 * is sent of those values.  @NAME@ is the answer for HEADER. */
static const struct new_provider_kind {
    const char *name;
    const char *fields;
    const char *values;
    const char *header;
    const char *sent;
} kinds[] = {
    { "bearer", "  - { name: token, title: API token, secret: true }", "{ token: t-1 }",
      "Authorization: \"Bearer {token}\"", "Authorization: Bearer t-1" },
    { "header", "  - { name: api_key, title: API key, secret: true }", "{ api_key: k-1 }",
      "@NAME@: \"{api_key}\"", "@NAME@: k-1" },
    { "basic",
      "  - { name: user, title: User }\n  - { name: password, title: Password, secret: true }",
      "{ user: u-1, password: p-1 }", "Authorization: { base64: \"{user}:{password}\" }",
      "Authorization: Basic dS0xOnAtMQ==" },
};

static const struct new_provider_kind *new_provider_find_kind(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    return NULL;
}

static const char *new_provider_kind_fault(const char *text)
{
    return new_provider_find_kind(text) != NULL ? NULL : "must be bearer, header or basic";
}

static const struct ask {
    const char *option;
    const char *prompt;
    const char *fallback; /* NULL for none: an answer is required */
    const char *(*fault)(const char *text);
} asks[ANSWERS] = {
    [TITLE] = { "title", "Name for people", "", new_provider_title_fault },
    [URL] = { "url", "Base URL of the API", NULL, new_provider_url_fault },
    [KIND] = { "credential", "Credential: bearer, header or basic [bearer]", "bearer",
               new_provider_kind_fault },
    [HEADER] = { "header", "Header with the key [X-API-Key]", "X-API-Key",
                 new_provider_header_fault },
    [CHECK] = { "check", "Path of a GET that any good credential may make, as /me", NULL,
                new_provider_check_fault },
    [ID] = { "id", "JSON Pointer to the id of the account in its answer [none]", "",
             new_provider_id_fault },
};

/* Whether TEXT answers ASK.  An empty one stands for the fallback. */
static const char *new_provider_fault(const struct ask *ask, const char *text)
{
    if (text[0] != '\0')
        return ask->fault(text);
    return ask->fallback == NULL ? "must not be empty" : NULL;
}

/* Ask until the answer is good.  The caller frees ANSWER. */
static int new_provider_ask(struct cli *cli, const struct ask *ask, struct fob_secret **answer)
{
    const char *fault;

    do {
        int code;

        fob_secret_free(*answer);
        *answer = NULL;
        code = terminal_ask(&cli->converse.terminal, ask->prompt, TERMINAL_SHOWN, answer);
        if (code == FOB_CONVERSATION)
            return output_fail(code, cli->converse.terminal.hint, "%s: %s", ask->prompt,
                               cli->converse.terminal.why);
        if (code != FOB_SUCCESS)
            return code;
        fault = new_provider_fault(ask, fob_secret_data(*answer));
        if (fault != NULL)
            output_note("%s", fault);
    } while (fault != NULL);
    return FOB_SUCCESS;
}

/* Take the answer from the command line, or from a person, or use the fallback. */
static int new_provider_answer(struct cli *cli, const struct ask *ask, struct fob_secret **answer)
{
    const char *given = options_text(&cli->options, ask->option);
    const char *fault = given != NULL ? ask->fault(given) : NULL;

    if (fault != NULL)
        return output_fail(FOB_INVALID, NULL, "--%s: %s", ask->option, fault);
    if (given != NULL)
        return fob_secret_new(given, strlen(given), answer);
    if (converse_can_ask(&cli->converse))
        return new_provider_ask(cli, ask, answer);
    if (ask->fallback == NULL)
        return output_fail(FOB_INVALID, NULL, "--%s: missing, and there is nobody to ask",
                           ask->option);
    return fob_secret_new("", 0, answer);
}

/* The text of an answer, or its fallback. */
static const char *new_provider_text(struct fob_secret *const *answers, size_t index)
{
    const char *text = answers[index] != NULL ? fob_secret_data(answers[index]) : "";

    return text[0] != '\0' || asks[index].fallback == NULL ? text : asks[index].fallback;
}

static int new_provider_answer_all(struct cli *cli, struct fob_secret **answers)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < ANSWERS && code == FOB_SUCCESS; i++) {
        if (i == HEADER && strcmp(new_provider_text(answers, KIND), "header") != 0)
            continue;
        code = new_provider_answer(cli, &asks[i], &answers[i]);
    }
    return code;
}

/* Append TEXT in double quotes, which YAML reads as JSON does. */
static void new_provider_quote(struct strbuf *buf, const char *text)
{
    json_write_string(buf, text, strlen(text));
}

/* Append an answer that has VALUE at POINTER, or an empty one. */
static void new_provider_add_answer(struct strbuf *buf, const char *pointer, const char *value)
{
    size_t depth = 0;

    for (; *pointer == '/'; depth++) {
        struct strbuf name = STRBUF_INIT;

        strbuf_add_text(&name, "");
        for (pointer++; *pointer != '/' && *pointer != '\0'; pointer++) {
            const bool escape = *pointer == '~' && pointer[1] != '\0';

            strbuf_add(&name, !escape ? pointer : pointer[1] == '1' ? "/" : "~", 1);
            pointer += escape;
        }
        strbuf_add_text(buf, "{ ");
        buf->failed |= name.failed;
        if (!name.failed)
            new_provider_quote(buf, name.data);
        strbuf_add_text(buf, ": ");
        strbuf_free(&name);
    }
    strbuf_add_text(buf, depth > 0 ? value : "{}");
    for (; depth > 0; depth--)
        strbuf_add_text(buf, " }");
}

/* The places of the skeleton that are not a word of a table. */
enum { AT_TITLE, AT_URL, AT_CHECK, AT_CALL, AT_ANSWER, AT_HEADER, AT_SENT, MADE };

static void new_provider_make(const char *name, struct fob_secret *const *answers,
                              const struct new_provider_kind *kind, struct strbuf made[MADE])
{
    const struct skeleton_place header[] = { { "@NAME@", new_provider_text(answers, HEADER) },
                                             { NULL, NULL } };
    const char *title = new_provider_text(answers, TITLE);
    const char *check = new_provider_text(answers, CHECK);
    const char *url = new_provider_text(answers, URL);
    size_t size = strlen(url);
    struct strbuf call = STRBUF_INIT;

    while (url[size - 1] == '/')
        size--;
    json_write_string(&made[AT_URL], url, size);
    strbuf_add(&call, url, size);
    strbuf_add_text(&call, check);
    made[AT_CALL].failed |= call.failed;
    if (!call.failed)
        new_provider_quote(&made[AT_CALL], call.data);
    strbuf_free(&call);
    new_provider_quote(&made[AT_TITLE], title[0] != '\0' ? title : name);
    new_provider_quote(&made[AT_CHECK], check);
    new_provider_add_answer(&made[AT_ANSWER], new_provider_text(answers, ID), "1001");
    skeleton_add(&made[AT_HEADER], kind->header, header);
    skeleton_add(&made[AT_SENT], kind->sent, header);
}

static int new_provider_write(const char *name, const char *path, struct fob_secret *const *answers)
{
    const struct new_provider_kind *kind = new_provider_find_kind(new_provider_text(answers, KIND));
    const char *id = new_provider_text(answers, ID);
    struct strbuf made[MADE] = { STRBUF_INIT };
    struct strbuf pointer = STRBUF_INIT;
    struct strbuf buf = STRBUF_INIT;

    new_provider_make(name, answers, kind, made);
    strbuf_add_text(&pointer, id[0] != '\0' ? ", id: " : "");
    if (id[0] != '\0')
        new_provider_quote(&pointer, id);
    for (size_t i = 0; i < MADE; i++)
        pointer.failed |= made[i].failed;
    buf.failed = pointer.failed;
    if (!buf.failed) {
        const struct skeleton_place places[] = {
            { "@NAME@", name },
            { "@TITLE@", made[AT_TITLE].data },
            { "@FIELDS@", kind->fields },
            { "@URL@", made[AT_URL].data },
            { "@HEADER@", made[AT_HEADER].data },
            { "@CHECK@", made[AT_CHECK].data },
            { "@ID@", pointer.data },
            { "@VALUES@", kind->values },
            { "@CALL@", made[AT_CALL].data },
            { "@SENT@", made[AT_SENT].data },
            { "@ANSWER@", made[AT_ANSWER].data },
            { "@KNOWN@", id[0] != '\0' ? "\n        id: 1001" : "" },
            { NULL, NULL },
        };

        skeleton_add(&buf, new_provider_files[0].text, places);
    }
    for (size_t i = 0; i < MADE; i++)
        strbuf_free(&made[i]);
    strbuf_free(&pointer);
    return skeleton_write(path, &buf);
}

static int new_provider_print_written(const struct cli *cli, const char *path)
{
    struct strbuf document = STRBUF_INIT;

    if (cli->json) {
        output_json_begin(&document, NULL, '{');
        output_json_text(&document, "file", path);
        output_json_end(&document, '}');
        return output_json(&document);
    }
    output_line("%s", path);
    output_note("Make it yours: grep YOURS %s shows the places.", path);
    output_note("Then copy it to providers.d, where \"fob check\" checks it.");
    return FOB_SUCCESS;
}

static int cmd_new_provider_run(struct cli *cli)
{
    static const char hint[] = "1 to 64 of a-z 0-9 . _ -, beginning with a letter or a digit";
    const char *name = cli_argument(cli, 0);
    struct fob_secret *answers[ANSWERS] = { NULL };
    char path[FOB_NAME_MAX + sizeof ".yaml"];
    int code;

    if (!text_is_name(name))
        return output_fail(FOB_INVALID, hint, "%.64s: not a provider's name", name);
    snprintf(path, sizeof path, "%s.yaml", name);
    code = new_provider_answer_all(cli, answers);
    if (code == FOB_SUCCESS) {
        code = new_provider_write(name, path, answers);
        code = code == FOB_SUCCESS ? new_provider_print_written(cli, path) : cli_fail(cli, code);
    }
    for (size_t i = 0; i < ANSWERS; i++)
        fob_secret_free(answers[i]);
    return code;
}

static const struct option_spec options[] = {
    { "title", "TITLE", "the provider's name for people" },
    { "url", "URL", "the beginning of its API's addresses" },
    { "credential", "KIND",
      "bearer, header or basic: a token, a key in a header, or user and password" },
    { "header", "HEADER", "the header with the key" },
    { "check", "PATH", "the path of a GET that any good credential may make" },
    { "id", "POINTER", "where its answer has the id of the account" },
    { NULL, NULL, NULL },
};

const struct command cmd_new_provider = {
    .name = "new-provider",
    .arguments = "NAME",
    .summary = "write a file for the new provider NAME, without code",
    .options = options,
    .min = 1,
    .max = 1,
    .run = cmd_new_provider_run,
};
