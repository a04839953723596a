/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists key slots, and reads which one is meant. */
#include "config.h"

#include "fob/key_slots.h"

#include "cli/output.h"
#include "util/array.h"
#include "util/text.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const kinds[FOB_KEY_KIND_COUNT] = {
    [FOB_KEY_OTHER] = "unknown",
    [FOB_KEY_FILE] = "key file",
    [FOB_KEY_PASSPHRASE] = "passphrase",
    [FOB_KEY_COMMAND] = "command",
};

/* The names in --json, which are stable. */
static const char *const json_kinds[FOB_KEY_KIND_COUNT] = {
    [FOB_KEY_OTHER] = "unknown",
    [FOB_KEY_FILE] = "key_file",
    [FOB_KEY_PASSPHRASE] = "passphrase",
    [FOB_KEY_COMMAND] = "command",
};

static void key_slots_add_json(struct strbuf *buf, const struct fob_key *key)
{
    output_json_begin(buf, NULL, '{');
    output_json_number(buf, "number", key->number);
    output_json_text(buf, "kind", json_kinds[key->kind]);
    output_json_time(buf, "made", key->made);
    output_json_text(buf, "label", key->label);
    if (key->kind == FOB_KEY_PASSPHRASE) {
        output_json_number(buf, "memory_kib", key->memory);
        output_json_number(buf, "passes", key->passes);
    }
    output_json_end(buf, '}');
}

static void key_slots_add_row(struct table *table, const struct fob_key *key)
{
    char made[OUTPUT_TIME];
    char text[64] = "";

    output_time(key->made, "-", made);
    snprintf(text, sizeof text, "%u", key->number);
    table_add(table, text);
    table_add(table, kinds[key->kind]);
    table_add(table, made);
    table_add(table, key->label);
    text[0] = '\0';
    if (key->kind == FOB_KEY_PASSPHRASE)
        snprintf(text, sizeof text, "a guess takes %u MiB, %u time%s", key->memory / 1024,
                 key->passes, text_plural(key->passes));
    table_add(table, text);
}

static int key_slots_print_table(struct fob_keys *keys)
{
    static const char *const titles[] = { "SLOT", "KIND", "MADE", "LABEL", "COST" };
    struct table table = { .columns = ARRAY_SIZE(titles) };
    const struct fob_key *key;
    int code;

    for (size_t i = 0; i < table.columns; i++)
        table_add(&table, titles[i]);
    while ((key = fob_keys_next(keys)) != NULL)
        key_slots_add_row(&table, key);
    code = table_print(&table, SIZE_MAX);
    table_free(&table);
    return code;
}

static int key_slots_print_json(struct fob_keys *keys)
{
    struct strbuf buf = STRBUF_INIT;
    const struct fob_key *key;

    output_json_begin(&buf, NULL, '[');
    while ((key = fob_keys_next(keys)) != NULL)
        key_slots_add_json(&buf, key);
    output_json_end(&buf, ']');
    return output_json(&buf);
}

const char *key_slots_kind(enum fob_key_kind kind, bool json)
{
    return json ? json_kinds[kind] : kinds[kind];
}

int key_slots_list(struct cli *cli)
{
    struct fob_keys *keys = NULL;
    int code = fob_keys_open(cli->context, &keys);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    code = cli->json ? key_slots_print_json(keys) : key_slots_print_table(keys);
    fob_keys_close(keys);
    return code;
}

int key_slots_print_result(const struct cli *cli, unsigned number, const char *what)
{
    struct strbuf buf = STRBUF_INIT;

    if (!cli->json) {
        output_line("key slot %u: %s", number, what);
        return FOB_SUCCESS;
    }
    output_json_begin(&buf, NULL, '{');
    output_json_number(&buf, "number", number);
    output_json_text(&buf, "result", what);
    output_json_end(&buf, '}');
    return output_json(&buf);
}

int key_slots_check(struct cli *cli, unsigned number)
{
    struct fob_keys *keys = NULL;
    const struct fob_key *key;
    int code = fob_keys_open(cli->context, &keys);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    while ((key = fob_keys_next(keys)) != NULL && key->number != number)
        ;
    if (key == NULL)
        code = output_fail(FOB_NOT_FOUND, "\"fob key list\" shows the slots",
                           "there is no key slot %u", number);
    fob_keys_close(keys);
    return code;
}

int key_slots_read_number(const struct cli *cli, unsigned *number)
{
    const char *text = cli_argument(cli, 1);
    unsigned long value;
    char *end;

    if (text == NULL)
        return output_fail(FOB_INVALID, "\"fob key list\" shows the slots",
                           "the number of a key slot is missing");
    value = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || value > UINT_MAX)
        return output_fail(FOB_INVALID, "\"fob key list\" shows the slots",
                           "%s: not the number of a key slot", text);
    *number = (unsigned)value;
    return FOB_SUCCESS;
}
