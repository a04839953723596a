/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The functions of src/spool as a command, for tests.  Bytes are hexadecimal digits.
 *
 *   spool_tool keys                              PRIVATE PUBLIC
 *   spool_tool token                             a new one
 *   spool_tool names TOKEN BODY STATE NONCE      the hash, two drops, the browser, the token's text
 *   spool_tool seal PUBLIC ID DROP NAME=VALUE... the drop goes to standard output
 *   spool_tool open PRIVATE ID DROP              the drop comes from standard input
 *   spool_tool create SPOOL GROUP
 *   spool_tool card|result|site SPOOL NAME       from lines NAME=VALUE; a line field=NAME begins a
 *                                                field, echo=NAME=VALUE and error=NAME=VALUE add
 * one
 */
#include "config.h"

#include "spool/card_write.h"
#include "spool/drop.h"
#include "spool/spool_file.h"
#include "util/array.h"
#include "util/base64.h"
#include "util/secret.h"
#include "util/text.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t read_hex(const char *text, unsigned char *data, size_t max)
{
    size_t size = 0;
    unsigned byte;

    for (; *text != '\0'; text += 2) {
        if (size == max || sscanf(text, "%2x", &byte) != 1)
            errx(64, "%s: not the right number of digits", text);
        data[size++] = (unsigned char)byte;
    }
    return size;
}

static void print_hex(const void *data, size_t size, const char *after)
{
    char *text = malloc(2 * size + 1);

    if (text == NULL)
        err(1, "malloc");
    text_hex(data, size, text);
    printf("%s%s", text, after);
    free(text);
}

static int run_keys(void)
{
    struct fob_secret *key = NULL;
    unsigned char public_key[HPKE_KEY];

    if (hpke_make_keys(&key, public_key) != FOB_SUCCESS)
        return 1;
    print_hex(fob_secret_data(key), HPKE_KEY, " ");
    print_hex(public_key, HPKE_KEY, "\n");
    fob_secret_free(key);
    return 0;
}

static int run_token(void)
{
    unsigned char token[SPOOL_TOKEN];

    if (spool_name_token(token) != FOB_SUCCESS)
        return 1;
    print_hex(token, sizeof token, "\n");
    return 0;
}

static int run_names(char **arguments)
{
    unsigned char token[SPOOL_TOKEN];
    unsigned char nonce[SPOOL_NONCE];
    unsigned char hash[SPOOL_HASH];
    char text[SPOOL_TOKEN_TEXT + 1];

    read_hex(arguments[0], token, sizeof token);
    read_hex(arguments[3], nonce, sizeof nonce);
    spool_name_hash(token, hash);
    print_hex(hash, SPOOL_HASH, "\n");
    spool_name_form(token, wire_text(arguments[1]), hash);
    print_hex(hash, SPOOL_ID, "\n");
    spool_name_callback(wire_text(arguments[2]), hash);
    print_hex(hash, SPOOL_ID, "\n");
    spool_name_browser(nonce, hash);
    print_hex(hash, SPOOL_HASH, "\n");
    base64_url_write(token, sizeof token, text);
    puts(text);
    return 0;
}

static void read_name(char **arguments, struct drop_name *name)
{
    if (!spool_name_read(arguments[0], strlen(arguments[0]), name->invitation) ||
        !spool_name_read(arguments[1], strlen(arguments[1]), name->drop))
        errx(64, "no name of an invitation and of a drop");
}

static int run_seal(char **arguments)
{
    static unsigned char value[DROP_MAX];
    unsigned char public_key[HPKE_KEY];
    struct strbuf file = STRBUF_INIT;
    struct drop_entries entries;
    struct drop_name name;

    read_hex(arguments[0], public_key, sizeof public_key);
    read_name(arguments + 1, &name);
    if (drop_begin(&entries) != FOB_SUCCESS)
        return 1;
    for (arguments += 3; *arguments != NULL; arguments++) {
        char *equals = strchr(*arguments, '=');

        *equals = '\0';
        if (drop_add(&entries, *arguments,
                     (struct span){ value, read_hex(equals + 1, value, sizeof value) }) != 0)
            errx(1, "%s does not fit", *arguments);
    }
    if (drop_seal(&entries, public_key, &name, &file) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    fwrite(file.data, 1, file.size, stdout);
    drop_end(&entries);
    strbuf_free(&file);
    return 0;
}

static void print_entry(const char *name, struct span value)
{
    if (value.data == NULL)
        return;
    printf("%s=", name);
    print_hex(value.data, value.size, "\n");
}

static void print_content(const struct drop_content *content)
{
    printf("kind=%s\n", content->kind == DROP_FORM ? "form" : "callback");
    print_entry("token", content->token);
    print_entry("nonce", content->nonce);
    print_entry("from", content->from);
    print_entry("pin", content->pin);
    print_entry("provider", content->provider);
    print_entry("query", content->query);
    for (size_t i = 0; i < content->field_count; i++) {
        printf("f.");
        print_entry(content->fields[i].name, content->fields[i].value);
    }
}

static int run_open(char **arguments)
{
    static unsigned char file[DROP_MAX + 1];
    const struct span whole = { file, fread(file, 1, sizeof file, stdin) };
    struct fob_secret *key = NULL;
    struct fob_secret *plain = NULL;
    struct drop_content content;
    struct drop_name name;
    int result = 1;

    read_name(arguments + 1, &name);
    if (secret_alloc(HPKE_KEY, &key) != FOB_SUCCESS)
        return 1;
    read_hex(arguments[0], (unsigned char *)secret_buffer(key), HPKE_KEY);
    if (drop_open(key, &name, whole, &plain) != FOB_SUCCESS)
        fputs("it does not open\n", stderr);
    else if (!drop_read(plain, &content))
        fputs("it is not as described\n", stderr);
    else
        result = 0;
    if (result == 0)
        print_content(&content);
    fob_secret_free(plain);
    fob_secret_free(key);
    return result;
}

#define LINES_MAX 1024

/* A line NAME=VALUE of the input. */
struct line {
    char *name;
    char *value;
};

/* The next line; false at the end.  Two characters \n in a value are a newline. */
static bool next_line(struct line *line)
{
    static char *lines[LINES_MAX]; /* used until the end */
    static size_t count;
    size_t room = 0;
    char *equals;
    char *text;

    if (count == LINES_MAX)
        errx(64, "more than %d lines", LINES_MAX);
    if (getline(&lines[count], &room, stdin) < 0)
        return false;
    text = lines[count++];
    text[strcspn(text, "\n")] = '\0';
    equals = strchr(text, '=');
    if (equals == NULL)
        errx(64, "%s: no NAME=VALUE", text);
    *equals = '\0';
    *line = (struct line){ text, equals + 1 };
    for (char *at = line->value; (at = strstr(at, "\\n")) != NULL; at++) {
        at[0] = '\n';
        memmove(at + 1, at + 2, strlen(at + 2) + 1);
    }
    return true;
}

/* A member of a struct that a line sets. */
struct member {
    const char *name;
    const char **text;
    bool *flag;
    int64_t *number;
    unsigned *count;
};

static bool set_member(const struct member *members, size_t count, const struct line *line)
{
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &members[i];

        if (strcmp(member->name, line->name) != 0)
            continue;
        if (member->text != NULL)
            *member->text = line->value;
        else if (member->flag != NULL)
            *member->flag = strcmp(line->value, "true") == 0;
        else if (member->number != NULL)
            *member->number = atoll(line->value);
        else
            *member->count = (unsigned)atoi(line->value);
        return true;
    }
    return false;
}

static void must_set(const struct member *members, size_t count, const struct line *line)
{
    if (!set_member(members, count, line))
        errx(64, "%s: unknown", line->name);
}

/* Values with a blank between become a list. */
static const char *const *split(char *text)
{
    static const char *lists[8][CARD_CHOICES_MAX + 1];
    static size_t used;
    const char **list = lists[used++ % ARRAY_SIZE(lists)];
    size_t count = 0;

    for (char *word = strtok(text, " "); word != NULL && count < CARD_CHOICES_MAX;
         word = strtok(NULL, " "))
        list[count++] = word;
    list[count] = NULL;
    return list;
}

static void set_field(struct card_field *field, const struct line *line)
{
    const struct member members[] = {
        { "title", .text = &field->title },     { "description", .text = &field->description },
        { "example", .text = &field->example }, { "default", .text = &field->value },
        { "prefix", .text = &field->prefix },   { "suffix", .text = &field->suffix },
        { "secret", .flag = &field->secret },   { "optional", .flag = &field->optional },
        { "lines", .count = &field->lines },    { "max", .count = &field->max },
    };

    if (strcmp(line->name, "enum") == 0)
        field->choices = split(line->value);
    else
        must_set(members, ARRAY_SIZE(members), line);
}

static void make_card(struct strbuf *out)
{
    static struct card_field fields[CARD_FIELDS_MAX];
    struct card card = { .kind = "link", .fields = fields };
    const struct member members[] = {
        { "id", .text = &card.id },
        { "hash", .text = &card.hash },
        { "key", .text = &card.key },
        { "kind", .text = &card.kind },
        { "end", .text = &card.end },
        { "expires", .number = &card.expires },
        { "provider", .text = &card.provider },
        { "title", .text = &card.title },
        { "website", .text = &card.website },
        { "guide", .text = &card.guide },
        { "to", .text = &card.to },
        { "from", .text = &card.from },
        { "label", .text = &card.label },
        { "note", .text = &card.note },
        { "origin", .text = &card.origin },
        { "return", .text = &card.return_url },
        { "signin", .flag = &card.signin },
        { "pin", .flag = &card.pin },
    };
    struct line line;

    while (next_line(&line)) {
        if (strcmp(line.name, "field") == 0)
            fields[card.field_count++] =
                (struct card_field){ .name = line.value, .lines = 1, .max = 4096 };
        else if (card.field_count > 0)
            set_field(&fields[card.field_count - 1], &line);
        else
            must_set(members, ARRAY_SIZE(members), &line);
    }
    card_write(out, &card);
}

static enum card_state state_of(const char *name)
{
    for (int i = 0; i < CARD_STATES; i++) {
        if (strcmp(card_state_name((enum card_state)i), name) == 0)
            return (enum card_state)i;
    }
    errx(64, "%s: no state", name);
}

static void add_pair(struct card_pair *pairs, size_t *count, char *text)
{
    char *equals = strchr(text, '=');

    *equals = '\0';
    pairs[(*count)++] = (struct card_pair){ text, equals + 1 };
}

static void make_result(struct strbuf *out)
{
    static struct card_pair errors[CARD_FIELDS_MAX];
    static struct card_pair echo[CARD_FIELDS_MAX];
    struct card_result result = { .errors = errors, .echo = echo };
    const struct member members[] = {
        { "id", .text = &result.id },           { "drop", .text = &result.drop },
        { "browser", .text = &result.browser }, { "message", .text = &result.message },
        { "says", .text = &result.says },       { "hint", .text = &result.hint },
        { "go", .text = &result.go },           { "identity", .text = &result.identity },
        { "at", .number = &result.at },         { "expires", .number = &result.expires },
        { "until", .number = &result.until },   { "left", .count = &result.left },
        { "hold", .flag = &result.hold },
    };
    struct line line;

    while (next_line(&line)) {
        if (strcmp(line.name, "state") == 0)
            result.state = state_of(line.value);
        else if (strcmp(line.name, "seen") == 0)
            result.seen = split(line.value);
        else if (strcmp(line.name, "error") == 0)
            add_pair(errors, &result.error_count, line.value);
        else if (strcmp(line.name, "echo") == 0)
            add_pair(echo, &result.echo_count, line.value);
        else
            must_set(members, ARRAY_SIZE(members), &line);
    }
    card_write_result(out, &result);
}

static void make_site(struct strbuf *out)
{
    struct card_site site = { .url = NULL };
    const struct member members[] = {
        { "url", .text = &site.url },         { "name", .text = &site.name },
        { "color", .text = &site.color },     { "contact", .text = &site.contact },
        { "privacy", .text = &site.privacy }, { "logo", .text = &site.logo },
    };
    struct line line;

    while (next_line(&line))
        must_set(members, ARRAY_SIZE(members), &line);
    card_write_site(out, &site);
}

static int run_write(const char *what, char **arguments)
{
    const enum spool_folder place = strcmp(what, "card") == 0     ? SPOOL_CARDS
                                    : strcmp(what, "result") == 0 ? SPOOL_RESULTS
                                                                  : SPOOL_SITE;
    struct strbuf out = STRBUF_INIT;
    struct spool spool;

    if (place == SPOOL_CARDS)
        make_card(&out);
    else if (place == SPOOL_RESULTS)
        make_result(&out);
    else
        make_site(&out);
    if (spool_file_open(arguments[0], &spool) != FOB_SUCCESS ||
        spool_file_write(&spool, place, arguments[1], (struct span){ out.data, out.size }) != 0)
        errx(1, "%s", fob_error());
    spool_file_close(&spool);
    strbuf_free(&out);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (hpke_ready() != FOB_SUCCESS)
        return 1;
    if (strcmp(what, "keys") == 0)
        return run_keys();
    if (strcmp(what, "token") == 0)
        return run_token();
    if (strcmp(what, "names") == 0 && argc == 6)
        return run_names(argv + 2);
    if (strcmp(what, "seal") == 0 && argc >= 5)
        return run_seal(argv + 2);
    if (strcmp(what, "open") == 0 && argc == 5)
        return run_open(argv + 2);
    if (strcmp(what, "create") == 0 && argc == 4) {
        if (spool_create(argv[2], (gid_t)atoi(argv[3])) != FOB_SUCCESS)
            errx(1, "%s", fob_error());
        return 0;
    }
    if (argc == 4)
        return run_write(what, argv + 2);
    errx(64, "see the first lines of spool_tool.c");
}
