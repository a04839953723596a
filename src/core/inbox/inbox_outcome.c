/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Decides what the outcome of a job means for its invitation, and shows it. */
#include "config.h"

#include "core/inbox/inbox.h"

#include "util/array.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How often an answer may be unclear, and how long a drop is tried. */
#define UNCLEAR_MAX 3
#define PATIENCE_S (24 * 3600)
/* An invitation with this number of drops is closed, whatever they were. */
#define SEEN_MAX 1000

enum inbox_outcome {
    OUTCOME_DONE,
    OUTCOME_SIGN_IN,
    OUTCOME_REFUSED, /* counts as an attempt */
    OUTCOME_ASK,     /* the person corrects something */
    OUTCOME_UNCLEAR,
    OUTCOME_LATER,
    OUTCOME_OURS, /* the administrator must do something; tried again */
};

static enum inbox_outcome outcome_of(const struct inbox_job *job)
{
    if (job->began != NULL)
        return OUTCOME_SIGN_IN;
    if (job->unmatched)
        return OUTCOME_ASK;
    switch (job->code) {
    case FOB_SUCCESS:
        return OUTCOME_DONE;
    case FOB_REJECTED:
    case FOB_EXPIRED:
    case FOB_DENIED:
    case FOB_MISMATCHED:
        return job->declined ? OUTCOME_ASK : OUTCOME_REFUSED;
    case FOB_INVALID:
        return OUTCOME_ASK;
    case FOB_UNAVAILABLE:
    case FOB_RATE_LIMITED:
    case FOB_UNTRUSTED:
        /* The answer to a sign-in is used up. */
        return job->content.kind == DROP_CALLBACK ? OUTCOME_ASK : OUTCOME_LATER;
    case FOB_PROTOCOL:
        return OUTCOME_UNCLEAR;
    default:
        return job->content.kind == DROP_CALLBACK ? OUTCOME_ASK : OUTCOME_OURS;
    }
}

/* What the record must know of the outcome. */
struct outcome_change {
    struct inbox_job *job;
    enum inbox_outcome outcome;
    int64_t now;
};

/* When the drop is tried again: after 5 s, 30 s, 2 minutes, and then every 10. */
static int outcome_wait(struct record *record, int64_t now)
{
    static const int64_t pauses[] = { 5, 30, 120, 600 };
    const int64_t tries = invitation_number(record, INVITATION_TRIES);
    const size_t index =
        tries < (int64_t)ARRAY_SIZE(pauses) ? (size_t)tries : ARRAY_SIZE(pauses) - 1;
    int code = invitation_set_number(record, INVITATION_TRIES, tries + 1);

    return code == FOB_SUCCESS ? invitation_set_number(record, INVITATION_NEXT, now + pauses[index])
                               : code;
}

/* The drop is settled, and is not opened again. */
static int outcome_settle(struct record *record, const struct inbox_job *job)
{
    int code = invitation_add_seen(record, job->drop);

    return code == FOB_SUCCESS ? invitation_set_text(record, INVITATION_DROP, NULL) : code;
}

/* Count a refusal with the counter WHICH, which ends the invitation at LIMIT. */
static int outcome_count(struct record *record, enum invitation_number which, int64_t step,
                         int64_t limit, bool *ends)
{
    const int64_t number = invitation_number(record, which) + step;

    *ends = number == limit;
    return invitation_set_number(record, which, number);
}

/* Whether the record should not grow any more. */
static bool outcome_is_too_much(const struct record *record)
{
    return strlen(invitation_text(record, INVITATION_SEEN)) >= SEEN_MAX * (SPOOL_ID_TEXT + 1);
}

static int outcome_retry(struct record *record, const struct outcome_change *change)
{
    const struct inbox_job *job = change->job;
    bool ends = false;
    int code = outcome_settle(record, job);

    if (code == FOB_SUCCESS && change->outcome == OUTCOME_REFUSED)
        code = outcome_count(record, INVITATION_LEFT, -1, 0, &ends);
    else if (code == FOB_SUCCESS && change->outcome == OUTCOME_UNCLEAR)
        code = outcome_count(record, INVITATION_UNCLEAR, 1, UNCLEAR_MAX, &ends);
    ends = ends || outcome_is_too_much(record);
    if (code != FOB_SUCCESS)
        return code;
    return ends ? invitation_end(record, FOB_INVITATION_BLOCKED, change->now, job->error)
                : invitation_set_state(record, FOB_INVITATION_RETRY, change->now, job->error);
}

static int outcome_postpone(struct record *record, const struct outcome_change *change)
{
    const int64_t first = invitation_number(record, INVITATION_FIRST_TRY);
    int code;

    if (change->now - first >= PATIENCE_S || outcome_is_too_much(record) ||
        change->now >= invitation_number(record, INVITATION_EXPIRES) + INVITATION_GRACE_S)
        return outcome_retry(record, change);
    code = outcome_wait(record, change->now);
    return code == FOB_SUCCESS ? invitation_set_state(record, FOB_INVITATION_RECEIVED, change->now,
                                                      change->job->error)
                               : code;
}

static int outcome_change(struct record *record, void *data)
{
    struct outcome_change *change = data;
    struct inbox_job *job = change->job;
    int code;

    if (invitation_is_end(invitation_state(record)) && change->outcome != OUTCOME_DONE)
        return error_set(FOB_CHANGED, "the invitation has ended");
    switch (change->outcome) {
    case OUTCOME_DONE:
        code = outcome_settle(record, job);
        if (code == FOB_SUCCESS)
            code = invitation_end(record, FOB_INVITATION_DONE, change->now, NULL);
        break;
    case OUTCOME_SIGN_IN:
        code = inbox_keep_sign_in(job, record);
        if (code == FOB_SUCCESS)
            code = outcome_settle(record, job);
        if (code == FOB_SUCCESS)
            code = invitation_set_state(record, FOB_INVITATION_SIGN_IN, change->now, NULL);
        break;
    case OUTCOME_LATER:
    case OUTCOME_OURS:
        code = outcome_postpone(record, change);
        break;
    default:
        code = outcome_retry(record, change);
        break;
    }
    return code;
}

/* The words on the page.  The caller frees them; NULL for none, or when out of memory. */
static char *outcome_message(const struct inbox_job *job, enum inbox_outcome outcome)
{
    struct strbuf text = STRBUF_INIT;
    const char *title = job->title;

    if (job->wrong_pin)
        strbuf_add_text(&text, "This is not the PIN.");
    else if (job->unmatched)
        strbuf_add_text(&text, "This sign-in could not be matched. Please begin again.");
    else if (job->error_count > 0)
        strbuf_add_text(&text, "Please look at the marked fields.");
    else if (job->code == FOB_MISMATCHED)
        strbuf_printf(&text, "The keys are good, but they belong to the %s. Expected was \"%s\".",
                      job->identity != NULL ? job->identity : "wrong company",
                      job->expected != NULL ? job->expected : "another one");
    else if (outcome == OUTCOME_LATER)
        strbuf_printf(&text,
                      "%s cannot be reached at the moment. Your keys are kept, encrypted, "
                      "and tried again.",
                      title);
    else if (outcome == OUTCOME_OURS)
        strbuf_add_text(&text, "Something is wrong on our side, not with your keys. They are kept, "
                               "encrypted.");
    else if (outcome == OUTCOME_UNCLEAR)
        strbuf_printf(&text, "%s gave an answer that is not understood.", title);
    else if (job->declined)
        strbuf_add_text(&text, "You did not allow access, or your administrator must allow it "
                               "first.");
    else if (job->code == FOB_DENIED)
        strbuf_add_text(&text, "The keys are good, but a right is missing.");
    else if (job->content.kind == DROP_CALLBACK)
        strbuf_add_text(&text, "The sign-in was interrupted. Please sign in again.");
    else if (job->code == FOB_INVALID)
        strbuf_add_text(&text, "These values cannot be right.");
    else if (job->code != FOB_SUCCESS)
        strbuf_printf(&text, "%s does not accept these keys.", title);
    return strbuf_detach(&text);
}

/* The provider's own words, if there are any that may be shown; other errors are in our words. */
static const char *outcome_says(const struct inbox_job *job, enum inbox_outcome outcome)
{
    const char *account = invitation_text(job->record, INVITATION_ACCOUNT);

    if (job->error == NULL || strstr(job->error, account) != NULL || job->code == FOB_MISMATCHED ||
        job->error_count > 0 || job->wrong_pin || job->unmatched || job->forged)
        return "";
    return outcome == OUTCOME_REFUSED || outcome == OUTCOME_UNCLEAR || outcome == OUTCOME_ASK
               ? job->error
               : "";
}

/* Fill ECHO with the values that the person need not type twice. */
static size_t outcome_echo(const struct inbox_job *job, const struct fob_provider *provider,
                           struct card_pair *echo)
{
    size_t count = 0;

    for (size_t i = 0; i < job->fields.field_count; i++) {
        const struct drop_field *typed = &job->fields.fields[i];
        const struct provider_field *field = provider_find_field(provider, typed->name);

        if (field == NULL || field->public.secret)
            continue;
        echo[count].name = field->public.name;
        echo[count].value = strndup(typed->value.data, typed->value.size);
        count += echo[count].value != NULL;
    }
    return count;
}

/* Write the result, and for a sign-in before it the card, which then names the provider's page. */
static int outcome_write(const struct inbox_job *job, const struct fob_provider *provider,
                         struct card_result *result)
{
    const struct invitation_spool *spool = &job->inbox->spool;
    const char *go = job->go != NULL ? fob_secret_data(job->go) : "";
    char origin[300];
    int code = FOB_SUCCESS;

    if (invitation_is_end(invitation_state(job->record)))
        return invitation_spool_end(spool, job->record, job->title, result);
    if (job->began != NULL) {
        const char *host = strstr(go, "://");

        (void)snprintf(
            origin, sizeof origin, "%.*s",
            host != NULL ? (int)(host + 3 - go + (ptrdiff_t)strcspn(host + 3, "/?#")) : 0, go);
        result->go = go;
        result->until = time(NULL) + INVITATION_SIGN_IN_S;
        code = invitation_spool_card(spool, job->record, provider, origin);
    }
    return code == FOB_SUCCESS ? invitation_spool_result(spool, job->record, result) : code;
}

static int outcome_show(struct inbox_job *job, enum inbox_outcome outcome)
{
    struct card_pair echo[DROP_FIELDS_MAX];
    struct fob_provider *provider = NULL;
    struct card_result result = { .drop = job->drop,
                                  .says = outcome_says(job, outcome),
                                  .identity = job->code == FOB_SUCCESS ? job->identity : NULL,
                                  .errors = job->errors,
                                  .error_count = job->error_count,
                                  .echo = echo };
    char *message = outcome_message(job, outcome);
    int code = provider_read(job->inbox->context->settings,
                             record_text(job->record, FOB_TEXT_PROVIDER), &provider);

    if (code == FOB_SUCCESS)
        result.echo_count = outcome_echo(job, provider, echo);
    else if (job->began == NULL)
        code = FOB_SUCCESS;
    result.message = message;
    if (invitation_state(job->record) == FOB_INVITATION_RECEIVED)
        result.until = invitation_number(job->record, INVITATION_FIRST_TRY) + PATIENCE_S;
    if (code == FOB_SUCCESS)
        code = outcome_write(job, provider, &result);
    for (size_t i = 0; i < result.echo_count; i++)
        free((void *)(uintptr_t)echo[i].value);
    provider_free(provider);
    free(message);
    return code;
}

/* What the application hears, borrowed from JOB. */
static void outcome_tell(struct inbox_job *job)
{
    job->result = (struct fob_inbox_result){
        .size = sizeof job->result,
        .id = job->id,
        .account = invitation_text(job->record, INVITATION_ACCOUNT),
        .provider = record_text(job->record, FOB_TEXT_PROVIDER),
        .state = invitation_state(job->record),
        .code = job->code,
        .reason = job->error != NULL ? job->error : "",
        .hint = job->hint != NULL ? job->hint : "",
    };
}

/* Whether the administrator is to hear of the outcome: an end, or what the person cannot correct.
 */
static bool outcome_concerns_owner(const struct inbox_job *job, enum inbox_outcome outcome)
{
    return invitation_is_end(invitation_state(job->record)) || outcome == OUTCOME_UNCLEAR ||
           (outcome == OUTCOME_OURS && invitation_number(job->record, INVITATION_TRIES) == 1);
}

int inbox_finish(struct inbox_job *job)
{
    struct outcome_change change = { .job = job, .outcome = outcome_of(job), .now = time(NULL) };
    struct record *changed = NULL;
    char name[INBOX_FILE_ROOM];
    int code;

    if (job->wrong_pin)
        job->error = strdup("the PIN is wrong");
    if (job->unmatched)
        job->error = strdup("a callback without its sign-in");
    code = store_update(job->inbox->store, record_name(job->record), outcome_change, &change,
                        &changed);
    if (code == FOB_SUCCESS) {
        code = record_assign(job->record, changed);
        record_free(changed);
    }
    outcome_tell(job);
    if (code == FOB_CHANGED || code == FOB_NOT_FOUND) /* cancelled meanwhile: inbox_open() sees */
        return FOB_SUCCESS;
    if (code == FOB_SUCCESS)
        code = outcome_show(job, change.outcome);
    if (outcome_concerns_owner(job, change.outcome))
        invite_report(job->inbox->context, job->record);
    if (code != FOB_SUCCESS || invitation_state(job->record) == FOB_INVITATION_RECEIVED)
        return code;
    (void)snprintf(name, sizeof name, "%s.%s", job->id, job->drop);
    return spool_file_remove(&job->inbox->spool.files, SPOOL_WORK, name);
}
