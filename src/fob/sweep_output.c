/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prints a sweep's results, for people and for programs. */
#include "config.h"

#include "fob/sweep_output.h"

#include "cli/exit.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/text.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No bar for fewer accounts, which are done soon, */
#define BAR_ACCOUNTS_MIN 5
/* unless they take this long. */
#define SILENCE_MS 2000

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
static volatile sig_atomic_t caught;

/* Signals that the caller ignored (nohup) stay ignored. */
static void output_handle_signals(void (*handler)(int number))
{
    const struct sigaction action = { .sa_handler = handler };

    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        struct sigaction before;

        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

/* The first signal ends the sweep, the second one, of any kind, the process. */
static void sweep_output_catch(int number)
{
    const bool second = caught != 0; /* it was pending when the first one arrived */

    caught = number;
    output_handle_signals(SIG_DFL);
    if (second)
        raise(number);
}

void sweep_output_begin(struct sweep_output *output, struct cli *cli)
{
    *output = (struct sweep_output){
        .cli = cli,
        .all = options_has(&cli->options, "all"),
        .changed_only = options_has(&cli->options, "changed"),
        .code = FOB_SUCCESS,
        .started = clock_ms(),
    };
    output_handle_signals(sweep_output_catch);
}

static const char *output_status_name(int status)
{
    return status >= 0 ? fob_status_name(status) : "";
}

static void sweep_output_print_json(struct sweep_output *output,
                                    const struct fob_sweep_result *result)
{
    struct strbuf buf = STRBUF_INIT;

    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "account", result->account);
    output_json_text(&buf, "provider", result->provider);
    output_json_text(&buf, "result", fob_code_name(result->code));
    output_json_text(&buf, "status", output_status_name(result->status));
    output_json_text(&buf, "was", output_status_name(result->was));
    output_json_flag(&buf, "changed", result->status != result->was);
    output_json_text(&buf, "message", result->reason);
    output_json_text(&buf, "hint", result->hint);
    output_json_end(&buf, '}');
    output->code = exit_graver(output->code, output_json(&buf));
}

/* The reason, unless standard error shows it on the same terminal. */
static const char *output_reason_of(const struct fob_sweep_result *result)
{
    if (result->reason[0] == '\0')
        return "";
    return isatty(fileno(output_file())) && isatty(STDERR_FILENO) ? "" : result->reason;
}

static void output_print_change(const struct fob_sweep_result *result)
{
    const char *reason = output_reason_of(result);

    output_line("%s: %s -> %s%s%s", result->account, output_status_name(result->was),
                output_status_name(result->status), reason[0] != '\0' ? ": " : "", reason);
}

/* Whether CODE is the provider's answer about the account. */
static bool output_is_answer(int code)
{
    return code == FOB_SUCCESS || code == FOB_REJECTED || code == FOB_EXPIRED ||
           code == FOB_DENIED || code == FOB_MISMATCHED;
}

/* A reason why a provider did not answer. */
struct sweep_error {
    struct sweep_error *next;
    char *provider;
    char *reason;
    uint64_t more; /* the number of further accounts, beside the reported one */
};

/* Find or add the provider's error; NULL when out of memory. */
static struct sweep_error *sweep_output_find_error(struct sweep_output *output,
                                                   const char *provider)
{
    struct sweep_error *error = output->errors;

    while (error != NULL && strcmp(error->provider, provider) != 0)
        error = error->next;
    if (error != NULL)
        return error;
    error = calloc(1, sizeof *error);
    if (error == NULL)
        return NULL;
    error->provider = strdup(provider);
    if (error->provider == NULL) {
        free(error);
        return NULL;
    }
    error->next = output->errors;
    output->errors = error;
    return error;
}

static void output_report_more(const struct sweep_error *error)
{
    const bool known = error->provider[0] != '\0';

    if (error->more > 0)
        output_fail(FOB_UNAVAILABLE, NULL, "%" PRIu64 " more account%s%s%s: %s", error->more,
                    text_plural(error->more), known ? " of " : "", error->provider, error->reason);
}

/* Thousands of accounts may have the same error.  Report it once, with their number. */
static void output_report_error(struct sweep_output *output, const struct fob_sweep_result *result)
{
    /* After a signal there are few errors, and each is reported. */
    const bool shared = output->all && !output_is_answer(result->code) && caught == 0;
    struct sweep_error *error = shared ? sweep_output_find_error(output, result->provider) : NULL;

    if (error != NULL && error->reason != NULL && strcmp(error->reason, result->reason) == 0) {
        error->more++;
        return;
    }
    if (error != NULL) {
        output_report_more(error);
        free(error->reason);
        error->reason = strdup(result->reason);
        error->more = 0;
    }
    output_fail(result->code, result->hint, "%s: %s", result->account, result->reason);
}

static void output_end_errors(struct sweep_output *output)
{
    while (output->errors != NULL) {
        struct sweep_error *error = output->errors;

        output->errors = error->next;
        output_report_more(error);
        free(error->provider);
        free(error->reason);
        free(error);
    }
}

/* The account's status after an acceptance, else the name of the provider's answer. */
static const char *output_answer_name(const struct fob_sweep_result *result)
{
    return result->code == FOB_SUCCESS ? output_status_name(result->status)
                                       : fob_code_name(result->code);
}

/* Print the provider's answer on stdout. */
static void sweep_output_print_plain(const struct fob_sweep_result *result)
{
    const char *reason = output_reason_of(result);

    if (output_is_answer(result->code))
        output_line("%s: %s%s%s", result->account, output_answer_name(result),
                    reason[0] != '\0' ? ": " : "", reason);
}

static void output_note_second_no(const struct fob_sweep_result *result)
{
    if (result->code == FOB_REJECTED && result->status != FOB_STATUS_REJECTED)
        output_note("%s: stays %s for now: a second \"no\" counts, at least a minute after the "
                    "first; or use --now",
                    result->account, output_status_name(result->status));
}

static void sweep_output_count(struct sweep_output *output, const struct fob_sweep_result *result)
{
    output->seen++;
    output->changed += result->status != result->was;
    output->code = exit_graver(output->code, result->code);
    if (!output_is_answer(result->code))
        output->unasked++;
    else if (result->code == FOB_SUCCESS)
        output->accepted[result->status]++;
    else
        output->refused[result->code]++;
}

void sweep_output_result(struct sweep_output *output, const struct fob_sweep_result *result)
{
    bool changed = result->status != result->was;

    sweep_output_count(output, result);
    if (output->changed_only && !changed)
        ;
    else if (output->cli->json)
        sweep_output_print_json(output, result);
    else if (output->changed_only)
        output_print_change(result);
    else
        sweep_output_print_plain(result);
    if (result->code != FOB_SUCCESS)
        output_report_error(output, result);
    output_note_second_no(result);
}

/* Estimate when the sweep will end, assuming a constant rate; "" while unknown. */
static void sweep_output_estimate(const struct sweep_output *output,
                                  const struct fob_sweep_state *state, char *text, size_t room)
{
    const int64_t taken = clock_ms() - output->started;
    const uint64_t left = state->all - state->done;
    int64_t seconds;

    text[0] = '\0';
    if (state->done == 0 || state->unread > 0 || taken < SILENCE_MS)
        return;
    seconds = (int64_t)((double)taken * (double)left / (double)state->done / 1000) + 1;
    if (state->waits_for != NULL && seconds * 1000 < state->wait)
        seconds = state->wait / 1000 + 1;
    if (seconds < 90)
        snprintf(text, room, ", ends in %" PRId64 " s", seconds);
    else if (seconds < 90 * 60)
        snprintf(text, room, ", ends in %" PRId64 " min", (seconds + 30) / 60);
    else
        snprintf(text, room, ", ends in %" PRId64 " h", (seconds + 1800) / 3600);
}

static void output_show_bar(const struct sweep_output *output, const struct fob_sweep_state *state)
{
    uint64_t bad = output->refused[FOB_REJECTED] + output->refused[FOB_EXPIRED];
    char note[160];
    size_t used;

    sweep_output_estimate(output, state, note, sizeof note);
    used = strlen(note);
    if (bad > 0)
        used += (size_t)snprintf(note + used, sizeof note - used,
                                 ", %" PRIu64 " rejected or expired", bad);
    if (output->unasked > 0)
        used += (size_t)snprintf(note + used, sizeof note - used, ", %" PRIu64 " without an answer",
                                 output->unasked);
    if (state->waits_for != NULL && state->wait >= 1000)
        snprintf(note + used, sizeof note - used, ", waiting %" PRId64 " s for %s",
                 (state->wait + 999) / 1000, state->waits_for);
    progress_show(state->done, state->all, note);
}

/* For a single account: show that it waits for its turn; the library reports other waits. */
static void output_show_state(const struct sweep_output *output,
                              const struct fob_sweep_state *state)
{
    char what[512];

    if (state->all >= BAR_ACCOUNTS_MIN ||
        ((state->all > 1 || output->all) && clock_ms() - output->started >= SILENCE_MS)) {
        output_show_bar(output, state);
    } else if (state->all == 1 && state->waits_for != NULL) {
        snprintf(what, sizeof what, "waiting until %s may be asked", state->waits_for);
        progress_wait(what, state->wait, NULL);
    }
}

bool sweep_output_tick(struct sweep_output *output, const struct fob_sweep_state *state)
{
    /* Show each account's line as soon as it is done. */
    output_flush();
    output->known = state->all;
    output->unread = state->unread;
    if (state->done < state->all)
        output_show_state(output, state);
    return caught == 0;
}

/* Append ": 3 active", or ", 3 active" after a previous count; nothing for 0. */
static void output_add_count(struct strbuf *text, uint64_t count, const char *what)
{
    if (count > 0)
        strbuf_printf(text, "%s%" PRIu64 " %s",
                      text->data != NULL && strchr(text->data, ':') != NULL ? ", " : ": ", count,
                      what);
}

/* Print "5 accounts: 3 active, 1 rejected, 1 without an answer; 1 changed". */
static void output_print_summary(const struct sweep_output *output)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_printf(&text, "%" PRIu64 " account%s", output->seen, text_plural(output->seen));
    for (int i = 0; i < FOB_STATUS_COUNT; i++)
        output_add_count(&text, output->accepted[i], fob_status_name(i));
    for (int i = 0; i < FOB_CODE_COUNT; i++)
        output_add_count(&text, output->refused[i], fob_code_name(i));
    output_add_count(&text, output->unasked, "without an answer");
    strbuf_printf(&text, "; %" PRIu64 " changed", output->changed);
    if (!text.failed)
        output_note("%s", text.data);
    strbuf_free(&text);
}

/* With --changed, no summary if nothing changed, so that no mail is sent. */
static bool output_wants_summary(const struct sweep_output *output)
{
    if (output->cli->json || output->seen < 2)
        return false;
    return !output->changed_only || output->unasked > 0 || isatty(STDERR_FILENO);
}

/* The code of a whole sweep: some account is rejected, some could not be asked about (already
 * reported), or all are good. */
static int sweep_output_verdict(const struct sweep_output *output)
{
    if (output->all && output->unasked > 0 && output->code != FOB_REJECTED &&
        output->code != FOB_EXPIRED)
        return FOB_UNAVAILABLE;
    return output->code;
}

static void output_report_interrupted(const struct sweep_output *output)
{
    uint64_t left = output->known > output->seen ? output->known - output->seen : 0;

    if (output->unread > 0)
        output_fail(FOB_ABORT, NULL,
                    "interrupted: not asked about %" PRIu64 " account%s, and %" PRIu64
                    " more not looked at",
                    left, text_plural(left), output->unread);
    else
        output_fail(FOB_ABORT, NULL, "interrupted: not asked about %" PRIu64 " account%s", left,
                    text_plural(left));
}

int sweep_output_end(struct sweep_output *output, int code)
{
    struct cli *cli = output->cli;

    progress_wait(NULL, 0, NULL);
    progress_hide();
    output_end_errors(output);
    if (code == FOB_ABORT)
        cli->converse.terminal.signal = (int)caught;
    else if (code != FOB_SUCCESS)
        (void)cli_fail(cli, code);
    else if (output->seen == 0 && !cli->json)
        output_note("No account matches.");
    if (output_wants_summary(output))
        output_print_summary(output);
    if (code == FOB_ABORT)
        output_report_interrupted(output);
    output_flush();
    return code == FOB_ABORT ? code : exit_graver(sweep_output_verdict(output), code);
}
