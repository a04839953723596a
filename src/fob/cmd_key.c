/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob key: manages the keys that open the store. */
#include "config.h"

#include "cli/cli.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/key_slots.h"
#include "fob/passphrase.h"
#include "fob/subcommand.h"
#include "util/array.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A holder of the store can guess shorter passphrases.  This is only advice. */
#define PASSPHRASE_LENGTH_ADVISED 12
/* One for each possible slot, and NULL. */
#define KEY_FILES_MAX 33

/* Read which of --key-file, --passphrase and --command was given. */
static int cmd_key_read_kind(struct cli *cli, struct fob_new_key *key)
{
    const struct options *options = &cli->options;
    size_t at = 0;
    bool passphrase =
        options_has(options, "passphrase") || options_has(options, "new-passphrase-file");
    bool command = options_has(options, "command");

    key->key_file = options_next(options, "key-file", &at);
    if (options_next(options, "key-file", &at) != NULL)
        return output_fail(FOB_INVALID, NULL, "--key-file: given twice, and one key is added");
    key->label = options_text(options, "label");
    if ((key->key_file != NULL) + passphrase + command != 1)
        return output_fail(FOB_INVALID, NULL,
                           "one of --key-file, --passphrase and --command says what to add");
    if (passphrase)
        key->kind = FOB_KEY_PASSPHRASE;
    else
        key->kind = command ? FOB_KEY_COMMAND : FOB_KEY_FILE;
    return FOB_SUCCESS;
}

static int cmd_key_add(struct cli *cli)
{
    struct fob_secret *passphrase = NULL;
    struct fob_new_key key = { .size = sizeof key, .kind = FOB_KEY_OTHER };
    unsigned number = 0;
    int code = cmd_key_read_kind(cli, &key);

    if (code == FOB_SUCCESS && key.kind == FOB_KEY_PASSPHRASE)
        code = passphrase_choose(cli, options_text(&cli->options, "new-passphrase-file"),
                                 "--new-passphrase-file", &passphrase);
    if (code != FOB_SUCCESS)
        return code;
    key.passphrase = passphrase;
    if (passphrase != NULL && fob_secret_size(passphrase) > 0 &&
        fob_secret_size(passphrase) < PASSPHRASE_LENGTH_ADVISED)
        output_note("A passphrase of fewer than %d characters can be guessed by who has a copy of "
                    "the store.",
                    PASSPHRASE_LENGTH_ADVISED);
    code = fob_add_key(cli->context, &key, &number);
    fob_secret_free(passphrase);
    return code == FOB_SUCCESS ? key_slots_print_result(cli, number, "added") : cli_fail(cli, code);
}

struct lockout {
    struct cli *cli;
    unsigned number;
    enum fob_key_kind kind;
    bool opens;  /* the configured key opens the slot */
    bool others; /* it also opens other slots */
};

static void key_try_slot(const struct fob_key *key, struct lockout *lockout)
{
    static const struct fob_keys_given configured = { .size = sizeof configured,
                                                      .key_files = NULL };

    if (key->kind == FOB_KEY_PASSPHRASE ||
        fob_test_key(lockout->cli->context, key->number, &configured) != FOB_SUCCESS)
        return;
    if (key->number == lockout->number) {
        lockout->opens = true;
        lockout->kind = key->kind;
    } else {
        lockout->others = true;
    }
}

/* Warn if, without this slot, only a person with a passphrase could open the store. */
static void key_warn_of_lockout(struct cli *cli, unsigned number)
{
    struct lockout lockout = { .cli = cli, .number = number };
    struct fob_keys *keys = NULL;
    const struct fob_key *key;

    if (fob_keys_open(cli->context, &keys) != FOB_SUCCESS)
        return;
    while ((key = fob_keys_next(keys)) != NULL)
        key_try_slot(key, &lockout);
    fob_keys_close(keys);
    if (lockout.opens && !lockout.others)
        output_note("warning: %s opens key slot %u, and no other: what runs without a person will "
                    "be locked out",
                    lockout.kind == FOB_KEY_FILE ? fob_path(cli->context, FOB_PATH_KEY_FILE)
                                                 : "key_command",
                    number);
}

static int key_remove_slot(struct cli *cli)
{
    char subject[32];
    char question[80];
    unsigned number = 0;
    int code = key_slots_read_number(cli, &number);

    if (code == FOB_SUCCESS)
        code = key_slots_check(cli, number);
    if (code != FOB_SUCCESS)
        return code;
    key_warn_of_lockout(cli, number);
    snprintf(subject, sizeof subject, "key slot %u", number);
    snprintf(question, sizeof question,
             "Remove key slot %u? What opened it is no key any more. [y/N]", number);
    code = confirm(cli, subject, "removing it", question);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_remove_key(cli->context, number);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    code = key_slots_print_result(cli, number, "removed");
    output_note("Who has its key and an old copy of the store can still read that copy; \"fob key "
                "rotate\" makes the key useless for what is written from now on.");
    return code;
}

#define TRIES 3

static int key_ask_for_slot(const struct fob_key *key, unsigned attempt,
                            struct fob_secret **passphrase, void *data)
{
    struct cli *cli = data;
    bool given = converse_has_passphrase(&cli->converse);
    char prompt[64];
    int code;

    if (attempt >= (given ? 1 : TRIES) || (!given && !converse_can_ask(&cli->converse)))
        return FOB_NOT_FOUND;
    snprintf(prompt, sizeof prompt, "%sPassphrase of key slot %u", attempt > 0 ? "Wrong. " : "",
             key->number);
    code = given ? converse_read_passphrase(&cli->converse, passphrase)
                 : passphrase_ask(cli, NULL, "--passphrase-file", prompt, passphrase);
    cli->converse.told = code;
    return code;
}

/* Read the key files of the command line into a list that ends with NULL. */
static int key_read_given(struct cli *cli, const char **files, size_t room,
                          struct fob_keys_given *given)
{
    const char *file;
    size_t at = 0;
    size_t count = 0;

    while ((file = options_next(&cli->options, "key-file", &at)) != NULL) {
        if (count + 1 == room)
            return output_fail(FOB_INVALID, NULL, "too many key files");
        files[count++] = file;
    }
    files[count] = NULL;
    *given = (struct fob_keys_given){
        .size = sizeof(struct fob_keys_given),
        .key_files = files,
        .passphrase = key_ask_for_slot,
        .data = cli,
    };
    return FOB_SUCCESS;
}

struct test {
    struct cli *cli;
    const struct fob_keys_given *given;
    struct strbuf buf;
    int code; /* FOB_SUCCESS while every slot opens */
};

/* Test one slot, and print the result.  Returns false when interrupted. */
static bool key_test_one(const struct fob_key *key, struct test *test)
{
    int code;

    test->cli->converse.told = FOB_SUCCESS;
    code = fob_test_key(test->cli->context, key->number, test->given);

    if (code != FOB_SUCCESS)
        test->code = code;
    if (test->cli->json) {
        output_json_begin(&test->buf, NULL, '{');
        output_json_number(&test->buf, "number", key->number);
        output_json_text(&test->buf, "kind", key_slots_kind(key->kind, true));
        output_json_flag(&test->buf, "opens", code == FOB_SUCCESS);
        output_json_end(&test->buf, '}');
    } else if (code == FOB_SUCCESS) {
        output_line("key slot %u (%s): opens", key->number, key_slots_kind(key->kind, false));
    }
    if (code != FOB_SUCCESS)
        cli_fail(test->cli, code);
    return code != FOB_ABORT;
}

/* Test one slot, or all. */
static int key_test_slots(struct cli *cli, struct test *test)
{
    struct fob_keys *keys = NULL;
    const struct fob_key *key;
    bool all = cli_argument(cli, 1) == NULL;
    unsigned number = 0;
    int code = all ? FOB_SUCCESS : key_slots_read_number(cli, &number);

    if (code == FOB_SUCCESS && !all)
        code = key_slots_check(cli, number);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_keys_open(cli->context, &keys);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    while ((key = fob_keys_next(keys)) != NULL) {
        if ((all || key->number == number) && !key_test_one(key, test))
            break;
    }
    fob_keys_close(keys);
    return FOB_SUCCESS;
}

static int cmd_key_test(struct cli *cli)
{
    const char *files[KEY_FILES_MAX];
    struct fob_keys_given given;
    struct test test = { .cli = cli, .given = &given, .buf = STRBUF_INIT };
    int code = key_read_given(cli, files, ARRAY_SIZE(files), &given);

    if (code != FOB_SUCCESS)
        return code;
    output_json_begin(&test.buf, NULL, '[');
    code = key_test_slots(cli, &test);
    output_json_end(&test.buf, ']');
    if (code == FOB_SUCCESS && cli->json)
        code = output_json(&test.buf);
    else
        strbuf_free(&test.buf);
    return code == FOB_SUCCESS ? test.code : code;
}

static int cmd_key_rotate(struct cli *cli)
{
    const char *files[KEY_FILES_MAX];
    struct fob_keys_given given;
    struct strbuf buf = STRBUF_INIT;
    int code = key_read_given(cli, files, ARRAY_SIZE(files), &given);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_rotate(cli->context, &given);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    if (!cli->json) {
        output_line("store %s: it has a new key, which encrypts every account",
                    fob_path(cli->context, FOB_PATH_STORE));
        return FOB_SUCCESS;
    }
    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "result", "rotated");
    output_json_end(&buf, '}');
    return output_json(&buf);
}

static int cmd_key_run(struct cli *cli)
{
    static const struct subcommand parts[] = {
        { "list", key_slots_list, false, { NULL } },
        { "add",
          cmd_key_add,
          false,
          { "key-file", "passphrase", "new-passphrase-file", "command", "label" } },
        { "remove", key_remove_slot, true, { "yes" } },
        { "test", cmd_key_test, true, { "key-file" } },
        { "rotate", cmd_key_rotate, false, { "key-file" } },
    };

    return subcommand_run(cli, parts, ARRAY_SIZE(parts));
}

static const struct option_spec options[] = {
    { "key-file", "FILE...",
      "add: this key file, made if missing; test, rotate: one more key file" },
    { "passphrase", NULL, "add: a passphrase, typed twice" },
    { "new-passphrase-file", "FILE", "add: the passphrase in this private file" },
    { "command", NULL, "add: the output of the configured key_command" },
    { "label", "TEXT", "add: a label, such as \"in the safe\"" },
    CONFIRM_OPTION,
    { NULL, NULL, NULL },
};

const struct command cmd_key = {
    .name = "key",
    .arguments = "list | add | remove SLOT | test [SLOT] | rotate",
    .summary = "manage the key slots of the store, and replace its key",
    .options = options,
    .min = 1,
    .max = 2,
    .run = cmd_key_run,
};
