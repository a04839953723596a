/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens drops with the keys of their invitations, and begins their jobs. */
#include "config.h"

#include "core/inbox/inbox.h"

#include "core/log/audit.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int open_remove(struct inbox *inbox, const char *name)
{
    return spool_file_remove(&inbox->spool.files, SPOOL_WORK, name);
}

/* Whether the page shows already how the invitation, or DROP, ended. */
static bool open_is_shown(const struct inbox *inbox, const struct record *record, const char *drop)
{
    const enum fob_invitation_state state = invitation_state(record);
    struct strbuf text = STRBUF_INIT;
    char member[64];
    bool shown;

    if (invitation_is_end(state))
        (void)snprintf(member, sizeof member, "\"state\":\"%s\"",
                       fob_invitation_state_name((int)state));
    else
        (void)snprintf(member, sizeof member, "\"%s\"", drop);
    shown = spool_file_read(&inbox->spool.files, SPOOL_RESULTS, invitation_id(record),
                            SPOOL_FILE_JSON_MAX, &text) == FOB_SUCCESS &&
            strstr(text.data, member) != NULL;
    strbuf_free(&text);
    return shown;
}

/* A drop that needs no job: a kill may have come before the page was written. */
static int open_settled(struct inbox *inbox, const struct record *record, const char *name)
{
    const char *drop = name + SPOOL_ID_TEXT + 1;
    struct card_result result = { .drop = drop };
    char *title;
    int code = FOB_SUCCESS;

    if (!open_is_shown(inbox, record, drop)) {
        title = invite_title(inbox->context, record);
        if (title == NULL)
            code = error_nomem();
        else if (invitation_is_end(invitation_state(record)))
            code = invitation_spool_end(&inbox->spool, record, title, &result);
        else
            code = invitation_spool_result(&inbox->spool, record, &result);
        free(title);
    }
    return code == FOB_SUCCESS ? open_remove(inbox, name) : code;
}

/* When the file NAME came, by the clock of this side. */
static int64_t open_arrival(const struct inbox *inbox, const char *name)
{
    int64_t age = 0;

    (void)spool_file_exists(&inbox->spool.files, SPOOL_WORK, name, &age);
    return time(NULL) - age;
}

/* Whether the drop waits for its next try. */
static bool open_waits(struct inbox *inbox, const struct record *record, const char *drop)
{
    const int64_t next = invitation_number(record, INVITATION_NEXT);

    if (invitation_state(record) != FOB_INVITATION_RECEIVED || next <= time(NULL) ||
        strcmp(invitation_text(record, INVITATION_DROP), drop) != 0)
        return false;
    if (inbox->next == 0 || next < inbox->next)
        inbox->next = next;
    return true;
}

/* Decrypt FILE. */
static int open_decrypt(struct inbox_job *job, const struct strbuf *file)
{
    const struct span key = invitation_secret(job->record, INVITATION_KEY);
    struct fob_secret *private_key = NULL;
    struct drop_name name;
    int code = fob_secret_new(key.data, key.size, &private_key);

    if (code != FOB_SUCCESS)
        return code;
    (void)spool_name_read(job->id, SPOOL_ID_TEXT, name.invitation);
    (void)spool_name_read(job->drop, SPOOL_ID_TEXT, name.drop);
    code = key.size == HPKE_KEY
               ? drop_open(private_key, &name, (struct span){ file->data, file->size }, &job->plain)
               : FOB_CORRUPT;
    fob_secret_free(private_key);
    return code;
}

/* Whether the drop was made by somebody who has the link. */
static bool open_is_of_link(const struct inbox_job *job)
{
    unsigned char hash[SPOOL_HASH];
    char text[2 * SPOOL_HASH + 1];
    const char *known = invitation_text(job->record, INVITATION_HASH);

    spool_name_hash(job->content.token.data, hash);
    text_hex(hash, sizeof hash, text);
    return secret_equal(text, strlen(text), known, strlen(known));
}

static void open_check_pin(struct inbox_job *job)
{
    const struct span pin = invitation_secret(job->record, INVITATION_PIN);
    const struct span typed = job->content.pin;

    job->wrong_pin = pin.size > 0 && job->content.kind == DROP_FORM &&
                     !secret_equal(pin.data, pin.size, typed.data, typed.size);
}

static int open_content(struct inbox_job *job, const char *name)
{
    struct strbuf file = STRBUF_INIT;
    unsigned char hash[SPOOL_HASH];
    int code = spool_file_read(&job->inbox->spool.files, SPOOL_WORK, name, DROP_MAX, &file);

    if (code == FOB_SUCCESS)
        code = open_decrypt(job, &file);
    strbuf_free(&file);
    if (code == FOB_SUCCESS && (!drop_read(job->plain, &job->content) || !open_is_of_link(job)))
        code = FOB_CORRUPT;
    if (code != FOB_SUCCESS)
        return code;
    open_check_pin(job);
    spool_name_browser(job->content.nonce.data, hash);
    text_hex(hash, sizeof hash, job->browser);
    job->fields = job->content;
    return FOB_SUCCESS;
}

static int open_job(struct inbox *inbox, const char *name, struct record *record,
                    struct inbox_job **job)
{
    struct inbox_job *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL) {
        record_free(record);
        return error_nomem();
    }
    new->inbox = inbox;
    new->record = record;
    new->title = invite_title(inbox->context, record);
    memcpy(new->id, name, SPOOL_ID_TEXT);
    memcpy(new->drop, name + SPOOL_ID_TEXT + 1, SPOOL_ID_TEXT);
    if (invitation_state(record) == FOB_INVITATION_CHECKING &&
        strcmp(invitation_text(record, INVITATION_DROP), new->drop) == 0)
        new->begun = invitation_number(record, INVITATION_SINCE);
    code = new->title != NULL ? open_content(new, name) : error_nomem();
    if (code == FOB_SUCCESS) {
        *job = new;
        return code;
    }
    inbox_job_free(new);
    if (code != FOB_CORRUPT && code != FOB_NOT_FOUND)
        return code;
    context_log(inbox->context, FOB_LOG_WARNING, "inbox",
                "removed: invitation %.*s: a drop that does not open", SPOOL_ID_TEXT, name);
    return open_remove(inbox, name);
}

int inbox_open(struct inbox *inbox, const char *name, struct inbox_job **job)
{
    const char *drop = name + SPOOL_ID_TEXT + 1;
    struct record *record = NULL;
    char id[SPOOL_ID_TEXT + 1] = "";
    bool settled;
    bool late;
    int code;

    memcpy(id, name, SPOOL_ID_TEXT);
    code = invite_read(inbox->store, id, &record);
    if (code == FOB_NOT_FOUND)
        return open_remove(inbox, name);
    if (code != FOB_SUCCESS)
        return code;
    settled = invitation_is_end(invitation_state(record)) || invitation_has_seen(record, drop);
    late = open_arrival(inbox, name) >
           invitation_number(record, INVITATION_EXPIRES) + INVITATION_GRACE_S;
    /* One call at a time to a provider: a stranger's keys must not cost it more. */
    if (!settled && !late && !open_waits(inbox, record, drop) &&
        !inbox_job_asks(inbox, record_text(record, FOB_TEXT_PROVIDER)))
        return open_job(inbox, name, record, job);
    if (settled)
        code = open_settled(inbox, record, name);
    else if (late) /* inbox_clean() ends the invitation */
        code = open_remove(inbox, name);
    record_free(record);
    return code;
}

static int open_begin_record(struct record *record, void *data)
{
    struct inbox_job *job = data;
    const char *waiting = invitation_text(record, INVITATION_DROP);
    const bool other = strcmp(waiting, job->drop) != 0;
    int code = FOB_SUCCESS;

    if (invitation_is_end(invitation_state(record)))
        return error_set(FOB_CHANGED, "the invitation has ended");
    if (other && waiting[0] != '\0')
        code = invitation_add_seen(record, waiting);
    if (code == FOB_SUCCESS && other)
        code = invitation_set_number(record, INVITATION_TRIES, 0);
    if (code == FOB_SUCCESS && other)
        code = invitation_set_number(record, INVITATION_FIRST_TRY, time(NULL));
    if (code == FOB_SUCCESS)
        code = invitation_set_text(record, INVITATION_DROP, job->drop);
    if (code == FOB_SUCCESS)
        code = invitation_set_text(record, INVITATION_BROWSER, job->browser);
    if (code == FOB_SUCCESS)
        code = invitation_set_state(record, FOB_INVITATION_CHECKING,
                                    job->begun != 0 ? job->begun : time(NULL), NULL);
    return code;
}

/* The line of the log that says from where keys came. */
static void open_note(struct inbox_job *job)
{
    struct strbuf detail = STRBUF_INIT;
    const struct span from = job->content.from;
    struct audit_event event = {
        .name = "receive",
        .account = invitation_text(job->record, INVITATION_ACCOUNT),
        .provider = record_text(job->record, FOB_TEXT_PROVIDER),
    };

    strbuf_printf(&detail, "invitation %s from %.*s", job->id, (int)from.size,
                  from.size > 0 ? (const char *)from.data : "");
    event.detail = detail.data;
    audit_note_event(job->inbox->context, &event);
    strbuf_free(&detail);
}

int inbox_begin(struct inbox_job *job)
{
    struct inbox *inbox = job->inbox;
    char old[SPOOL_ID_TEXT + 1];
    char name[INBOX_FILE_ROOM];
    int code;

    (void)snprintf(old, sizeof old, "%s", invitation_text(job->record, INVITATION_DROP));
    code = store_update(inbox->store, record_name(job->record), open_begin_record, job, NULL);
    if (code == FOB_SUCCESS && job->content.kind == DROP_CALLBACK && job->begun == 0)
        code = inbox_take_sign_in(job);
    if (code != FOB_SUCCESS)
        return code;
    if (job->begun == 0)
        open_note(job);
    /* What the person sent now replaces what waited. */
    if (old[0] == '\0' || strcmp(old, job->drop) == 0)
        return FOB_SUCCESS;
    (void)snprintf(name, sizeof name, "%s.%s", job->id, old);
    return open_remove(inbox, name);
}
