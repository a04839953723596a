/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob log: shows who did what with the accounts. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/when.h"
#include "util/array.h"
#include "util/passwd.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How often --follow reads the log. */
static const struct timespec poll_interval = { 0, 250 * 1000 * 1000 };
/* The most lines for --last. */
#define LAST_MAX 1000000

struct cmd_log_reader {
    struct cli *cli;
    /* The last line that was printed, its number and time; NULL before the first. */
    char *line;
    uint64_t seq;
    int64_t when;
    bool found;  /* the reader has reached it again, or there is none */
    char **kept; /* for --last: a ring buffer of KEPT_MAX texts; or NULL */
    size_t kept_max;
    size_t count; /* the number of texts added so far */
    bool failed;  /* out of memory */
};

/* Append a user as id(1) does: a number and its name on this machine. */
static void cmd_log_add_login(struct strbuf *line, int64_t user)
{
    static int64_t last = -1;
    static char name[64];

    if (user != last) {
        struct passwd entry;
        char *texts = NULL;
        bool known = passwd_find_user(NULL, (uid_t)user, &entry, &texts) == 0;

        snprintf(name, sizeof name, "%s", known ? entry.pw_name : "");
        free(texts);
        last = user;
    }
    strbuf_printf(line, " login=%lld", (long long)user);
    if (name[0] != '\0')
        strbuf_printf(line, "(%s)", name);
}

/* Format an entry for people. */
static char *cmd_log_make_plain(const struct fob_log_entry *entry)
{
    struct strbuf line = STRBUF_INIT;
    char when[21];

    if (entry->when == 0) /* not a line of fob's */
        return strdup(entry->line);
    text_time(entry->when, when);
    strbuf_printf(&line, "%s %s", when, entry->event);
    if (entry->result[0] != '\0')
        strbuf_printf(&line, " account=%s provider=%s result=%s uid=%lld pid=%lld program=\"%s\"",
                      entry->account, entry->provider, entry->result, (long long)entry->uid,
                      (long long)entry->pid, entry->program);
    if (entry->login >= 0)
        cmd_log_add_login(&line, entry->login);
    if (entry->parent[0] != '\0')
        strbuf_printf(&line, " parent=\"%s\"", entry->parent);
    if (entry->detail[0] != '\0')
        strbuf_printf(&line, " detail=\"%s\"", entry->detail);
    return strbuf_detach(&line);
}

static void cmd_log_print_text(const struct cmd_log_reader *reading, const char *text)
{
    if (reading->cli->json)
        fprintf(output_file(), "%s\n", text);
    else
        output_line("%s", text);
}

/* Format ENTRY, and remember it as the last one.  The caller frees the text. */
static char *cmd_log_format_entry(struct cmd_log_reader *reading, const struct fob_log_entry *entry)
{
    char *text = reading->cli->json ? strdup(entry->line) : cmd_log_make_plain(entry);

    if (entry->seq > 0) { /* a valid line */
        free(reading->line);
        reading->line = strdup(entry->line);
        reading->seq = entry->seq;
        reading->when = entry->when;
    }
    reading->failed = text == NULL;
    return text;
}

static bool cmd_log_print(struct cmd_log_reader *reading, const struct fob_log_entry *entry)
{
    char *text = cmd_log_format_entry(reading, entry);

    if (text != NULL)
        cmd_log_print_text(reading, text);
    free(text);
    return text != NULL && ferror(output_file()) == 0;
}

/* Put the text into the ring, in place of the oldest. */
static bool cmd_log_add_to_ring(struct cmd_log_reader *reading, const struct fob_log_entry *entry)
{
    char **kept = &reading->kept[reading->count++ % reading->kept_max];

    free(*kept);
    *kept = cmd_log_format_entry(reading, entry);
    return *kept != NULL;
}

static void cmd_log_print_kept(struct cmd_log_reader *reading)
{
    for (size_t i = 0; i < reading->kept_max; i++) {
        char *text = reading->kept[(reading->count + i) % reading->kept_max];

        if (text != NULL)
            cmd_log_print_text(reading, text);
        free(text);
    }
    free(reading->kept);
    reading->kept = NULL;
}

/* Read --last. */
static int cmd_log_read_last(const struct cli *cli, struct cmd_log_reader *reading)
{
    const char *text = options_text(&cli->options, "last");
    unsigned long value;
    char *end;

    if (text == NULL)
        return FOB_SUCCESS;
    value = strtoul(text, &end, 10);
    if (text[0] < '1' || text[0] > '9' || *end != '\0' || value > LAST_MAX)
        return output_fail(FOB_INVALID, NULL, "--last: must be a number from 1 to %d", LAST_MAX);
    reading->kept_max = value;
    reading->kept = calloc(value, sizeof *reading->kept);
    return reading->kept != NULL ? FOB_SUCCESS : output_nomem();
}

/* Print ENTRY or keep it, if it is after the last printed line.  False to stop. */
static bool cmd_log_take(struct cmd_log_reader *reading, const struct fob_log_entry *entry)
{
    if (!reading->found) {
        reading->found = entry->seq == reading->seq && strcmp(entry->line, reading->line) == 0;
        return true;
    }
    return reading->kept != NULL ? cmd_log_add_to_ring(reading, entry)
                                 : cmd_log_print(reading, entry);
}

static int cmd_log_read(struct cmd_log_reader *reading, const struct fob_log_filter *filter)
{
    const struct fob_log_entry *entry;
    struct fob_log *log;
    int code = fob_log_open(reading->cli->context, filter, &log);

    if (code != FOB_SUCCESS)
        return code;
    do {
        code = fob_log_next(log, &entry);
    } while (code == FOB_SUCCESS && cmd_log_take(reading, entry));
    fob_log_close(log);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

/* The number of the log's first entry; 0 for none. */
static int cmd_log_find_first(struct fob_context *context, uint64_t *first)
{
    const struct fob_log_entry *entry;
    struct fob_log *log;
    int code = fob_log_open(context, NULL, &log);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_log_next(log, &entry);
    *first = code == FOB_SUCCESS ? entry->seq : 0;
    fob_log_close(log);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

/* The last printed line is gone: its file was removed by rotations, or somebody started a new
 * log. */
static int cmd_log_restart(struct cmd_log_reader *reading, struct fob_log_filter *filter)
{
    uint64_t first;
    int code = cmd_log_find_first(reading->cli->context, &first);

    if (code != FOB_SUCCESS)
        return code;
    filter->after = reading->seq;
    if (first <= reading->seq) {
        output_note("warning: log %s: the line that was printed last is not there any more: "
                    "somebody started a new one, or altered it",
                    fob_path(reading->cli->context, FOB_PATH_LOG));
        /* A new log may number its lines from 1 again. */
        filter->after = 0;
        if (filter->since < reading->when)
            filter->since = reading->when;
        free(reading->line);
        reading->line = NULL;
    }
    reading->found = true;
    return cmd_log_read(reading, filter);
}

static int cmd_log_print_new(struct cmd_log_reader *reading, struct fob_log_filter *filter)
{
    int code;

    reading->found = reading->line == NULL;
    filter->after = reading->found ? 0 : reading->seq - 1;
    code = cmd_log_read(reading, filter);
    return code == FOB_SUCCESS && !reading->found ? cmd_log_restart(reading, filter) : code;
}

static bool cmd_log_is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Print new entries until the output is closed or a signal arrives. */
static int cmd_log_follow(struct cmd_log_reader *reading, struct fob_log_filter *filter)
{
    const char *path = fob_path(reading->cli->context, FOB_PATH_LOG);
    struct stat before = { 0 };
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && ferror(output_file()) == 0) {
        struct stat now = { 0 };

        output_flush();
        nanosleep(&poll_interval, NULL);
        if (stat(path, &now) == 0 && cmd_log_is_same(&now, &before))
            continue;
        before = now;
        code = cmd_log_print_new(reading, filter);
    }
    return code;
}

static void cmd_log_print_finding(bool good, const char *text, void *data)
{
    const struct cli *cli = data;
    struct strbuf buf = STRBUF_INIT;

    if (!cli->json) {
        if (good)
            output_line("ok: %s", text);
        else
            output_note("%s", text);
        return;
    }
    output_json_begin(&buf, NULL, '{');
    output_json_flag(&buf, "good", good);
    output_json_text(&buf, "text", text);
    output_json_end(&buf, '}');
    (void)output_json(&buf);
}

static int cmd_log_verify(struct cli *cli)
{
    int code;

    static const char *const others[] = { "account", "event", "since", "until", "last", "follow" };

    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        if (cli_argument(cli, 0) != NULL || options_has(&cli->options, others[i]))
            return output_fail(FOB_INVALID, NULL, "--verify is about the whole log");
    }
    code = fob_verify_log(cli->context, cmd_log_print_finding, cli);
    return code == FOB_SUCCESS || code == FOB_CORRUPT ? code : cli_fail(cli, code);
}

static int cmd_log_read_filter(const struct cli *cli, struct fob_log_filter *filter)
{
    int code = when_option(cli, "since", &filter->since);

    if (code == FOB_SUCCESS)
        code = when_option(cli, "until", &filter->until);
    if (code != FOB_SUCCESS)
        return code;
    if (options_has(&cli->options, "until") && options_has(&cli->options, "follow"))
        return output_fail(FOB_INVALID, NULL, "--follow has no end: leave out --until");
    filter->event = options_text(&cli->options, "event");
    filter->account = cli_argument(cli, 0);
    if (!options_has(&cli->options, "account"))
        return FOB_SUCCESS;
    if (filter->account != NULL)
        return output_fail(FOB_INVALID, NULL, "the account is named twice");
    filter->account = options_text(&cli->options, "account");
    return FOB_SUCCESS;
}

static int cmd_log_show(struct cli *cli, struct fob_log_filter *filter)
{
    struct cmd_log_reader reading = { .cli = cli, .found = true };
    int code = cmd_log_read_last(cli, &reading);

    if (code != FOB_SUCCESS)
        return code;
    code = cmd_log_read(&reading, filter);
    cmd_log_print_kept(&reading);
    if (code == FOB_SUCCESS && options_has(&cli->options, "follow"))
        code = cmd_log_follow(&reading, filter);
    free(reading.line);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    return reading.failed ? output_nomem() : FOB_SUCCESS;
}

static int cmd_log_run(struct cli *cli)
{
    struct fob_log_filter filter = { .size = sizeof filter, .since = 0 };
    int code = cmd_log_read_filter(cli, &filter);

    if (code == FOB_SUCCESS)
        code = cli_open(cli);
    if (code != FOB_SUCCESS)
        return code;
    return options_has(&cli->options, "verify") ? cmd_log_verify(cli) : cmd_log_show(cli, &filter);
}

static const struct option_spec options[] = {
    { "account", "ACCOUNT", "only lines about this account" },
    { "event", "EVENT", "only lines of this event: link, get, validate ..." },
    { "since", "WHEN",
      "only lines since a date or time (2026-11-24, 08:30), or a duration ago (2h)" },
    { "until", "WHEN", "only lines up to this date or time" },
    { "last", "NUMBER", "only the last NUMBER lines (also -n)" },
    { "follow", NULL, "continue, and print new lines" },
    { "verify", NULL, "find lines that were altered, removed, moved or cut off" },
    { NULL, NULL, NULL },
};

const struct command cmd_log = {
    .name = "log",
    .arguments = "[ACCOUNT]",
    .summary = "show who did what with all accounts or with one",
    .options = options,
    .max = 1,
    .run = cmd_log_run,
};
