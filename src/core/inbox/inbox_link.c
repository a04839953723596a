/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Links or edits an account with what an invited person sent. */
#include "config.h"

#include "core/inbox/inbox.h"

#include "util/array.h"
#include "util/error.h"
#include "util/names.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Nobody can be asked; what there is to say is for the administrator. */
static int link_converse(const struct fob_message *const *messages, size_t count,
                         struct fob_secret **replies, void *data)
{
    const struct inbox_job *job = data;
    int code = FOB_SUCCESS;

    (void)replies;
    for (size_t i = 0; i < count; i++) {
        if (messages[i]->kind == FOB_TELL_WARNING || messages[i]->kind == FOB_TELL_INFO)
            context_log(job->inbox->context, FOB_LOG_WARNING, "inbox", "invitation %s: %s", job->id,
                        messages[i]->text);
        else if (messages[i]->kind != FOB_TELL_GUIDE)
            code = FOB_CONVERSATION;
    }
    return code;
}

/* The address of the hub that the browser comes back to. */
static int link_redirect_uri(const struct inbox_job *job, struct fob_secret **uri)
{
    char *text = NULL;
    int code =
        handle_callback(job->inbox->context, record_text(job->record, FOB_TEXT_PROVIDER), &text);

    if (code == FOB_SUCCESS)
        code = fob_secret_new(text, strlen(text), uri);
    free(text);
    return code;
}

static int link_sign_in(const struct fob_sign_in *sign_in, struct fob_secret **reply, void *data)
{
    struct inbox_job *job = data;
    int code;

    if (sign_in->address == NULL)
        return link_redirect_uri(job, reply);
    code = fob_secret_new(sign_in->address, strlen(sign_in->address), &job->go);
    return code == FOB_SUCCESS ? FOB_IGNORE : code;
}

/* The items that the invitation has for the account. */
static int link_set_items(const struct inbox_job *job, struct fob_handle *handle)
{
    const struct record *record = job->record;
    const char *to = invitation_text(record, INVITATION_TO);
    char program[INVITATION_NAME_ROOM + 256];
    char expires[21] = "";
    const struct {
        enum fob_item item;
        const char *value;
    } items[] = {
        { FOB_ITEM_TYPE, record_text(record, FOB_TEXT_TYPE) },
        { FOB_ITEM_OWNER_ID, record_text(record, FOB_TEXT_OWNER_ID) },
        { FOB_ITEM_OWNER_NAME, record_text(record, FOB_TEXT_OWNER_NAME) },
        { FOB_ITEM_OWNER_EMAIL, record_text(record, FOB_TEXT_OWNER_EMAIL) },
        { FOB_ITEM_HOSTS, record_text(record, FOB_TEXT_HOSTS) },
        { FOB_ITEM_VARIABLES, record_text(record, FOB_TEXT_VARIABLES) },
        { FOB_ITEM_EXPIRES, expires },
        { FOB_ITEM_EXPECT, invitation_text(record, INVITATION_EXPECT) },
        { FOB_ITEM_INVITATION, job->id },
        { FOB_ITEM_PROGRAM, program },
    };
    int code = FOB_SUCCESS;

    (void)snprintf(program, sizeof program, "invitation %s%s%s", job->id, to[0] != '\0' ? " " : "",
                   to);
    if (record_time(record, FOB_TIME_EXPIRES) != 0) {
        text_time(record_time(record, FOB_TIME_EXPIRES), expires);
        expires[sizeof "YYYY-MM-DD" - 1] = '\0';
    }
    for (size_t i = 0; i < ARRAY_SIZE(items) && code == FOB_SUCCESS; i++) {
        if (items[i].value[0] != '\0')
            code = fob_set_item(handle, items[i].item, items[i].value);
    }
    return code;
}

/* ERROR without the name of the account, or the title of the field, before it. */
static char *link_words(const char *error, const char *name)
{
    const size_t size = strlen(name);

    if (strncmp(error, name, size) == 0 && strncmp(error + size, ": ", 2) == 0)
        error += size + 2;
    return strdup(error);
}

/* Note why the value of FIELD was refused. */
static int link_refuse_field(struct inbox_job *job, const struct provider_field *field)
{
    struct card_pair *pair = &job->errors[job->error_count];

    pair->name = field->public.name;
    pair->value = link_words(fob_error(), field->public.title);
    if (pair->value == NULL)
        return error_nomem();
    job->error_count++;
    return FOB_SUCCESS;
}

static int link_set_presets(const struct inbox_job *job, struct fob_handle *handle)
{
    struct record_field field;
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && invitation_preset(job->record, i, &field); i++)
        code = fob_set_field(handle, field.name, field.value, field.size);
    return code;
}

static bool link_is_preset(const struct inbox_job *job, const char *name)
{
    struct record_field field;

    for (size_t i = 0; invitation_preset(job->record, i, &field); i++) {
        if (strcmp(field.name, name) == 0)
            return true;
    }
    return false;
}

/* Set what was typed.  A field that the form did not have was forged. */
static int link_set_typed(struct inbox_job *job, struct fob_handle *handle)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < job->fields.field_count && code == FOB_SUCCESS; i++) {
        const struct drop_field *typed = &job->fields.fields[i];
        const struct provider_field *field =
            provider_find_field(fob_handle_provider(handle), typed->name);

        job->forged = field == NULL || link_is_preset(job, typed->name);
        if (job->forged)
            return error_set(FOB_INVALID, "the form has no field %s", typed->name);
        if (typed->value.size == 0)
            continue;
        code = fob_set_field(handle, typed->name, typed->value.data, typed->value.size);
        if (code == FOB_INVALID)
            code = link_refuse_field(job, field);
    }
    return code;
}

static int link_resume_sign_in(const struct inbox_job *job, struct fob_handle *handle)
{
    struct fob_secret *query = NULL;
    int code;

    if (job->content.kind != DROP_CALLBACK)
        return FOB_SUCCESS;
    code = fob_secret_new(job->content.query.data, job->content.query.size, &query);
    if (code == FOB_SUCCESS)
        code = fob_set_sign_in(handle, job->pending, query);
    fob_secret_free(query);
    return code;
}

static char *link_describe(const char *noun, const char *name, const char *id)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_printf(&text, "%s \"%s\"", noun, name[0] != '\0' ? name : id);
    return strbuf_detach(&text);
}

/* Note whose keys these are, and whose were expected. */
static void link_note_identity(struct inbox_job *job, const struct fob_handle *handle)
{
    const struct record *record = job->code == FOB_SUCCESS ? handle->stored : handle->candidate;
    const char *noun = handle->provider->texts[FOB_PROVIDER_IDENTITY];
    const char *expected = invitation_text(job->record, INVITATION_EXPECT);

    if (record == NULL || (job->code != FOB_SUCCESS && job->code != FOB_MISMATCHED))
        return;
    job->identity = link_describe(noun, record_text(record, FOB_TEXT_REMOTE_NAME),
                                  record_text(record, FOB_TEXT_REMOTE_ID));
    if (expected[0] != '\0')
        job->expected = strdup(expected);
    else if (handle->stored != NULL)
        job->expected = strdup(record_text(handle->stored, FOB_TEXT_REMOTE_NAME));
}

static int link_verb(struct inbox_job *job, struct fob_handle *handle)
{
    const unsigned flags = (unsigned)invitation_number(job->record, INVITATION_FLAGS);
    int code = invitation_number(job->record, INVITATION_RELINK) != 0
                   ? fob_edit(handle, flags | FOB_NO_GUIDE)
                   : fob_link(handle, flags | FOB_NO_GUIDE);

    if (code == FOB_CONVERSATION && job->go != NULL)
        return fob_get_sign_in(handle, &job->began);
    return code;
}

static int link_run(struct inbox_job *job, struct fob_handle *handle)
{
    int code = fob_handle_provider(handle) != NULL ? link_set_items(job, handle) : FOB_CONFIG;

    if (code == FOB_SUCCESS)
        code = link_set_presets(job, handle);
    if (code == FOB_SUCCESS)
        code = link_set_typed(job, handle);
    if (code == FOB_SUCCESS && job->error_count > 0)
        code = error_set(FOB_INVALID, "%s", job->errors[0].value);
    if (code == FOB_SUCCESS)
        code = link_resume_sign_in(job, handle);
    return code == FOB_SUCCESS ? link_verb(job, handle) : code;
}

/* Keep the error for the main thread. */
static void link_keep_error(struct inbox_job *job)
{
    if (job->code == FOB_SUCCESS)
        return;
    job->error = link_words(fob_error(), invitation_text(job->record, INVITATION_ACCOUNT));
    job->hint = strdup(fob_error_hint());
}

void inbox_link(struct inbox_job *job)
{
    const struct fob_conversation conv = {
        .size = sizeof conv, .converse = link_converse, .sign_in = link_sign_in, .data = job
    };
    const char *account = invitation_text(job->record, INVITATION_ACCOUNT);
    const bool relink = invitation_number(job->record, INVITATION_RELINK) != 0;
    struct fob_handle *handle = NULL;

    if (job->wrong_pin || job->unmatched) {
        job->code = FOB_DENIED;
        return;
    }
    job->code =
        fob_start(job->inbox->context, relink ? NULL : record_text(job->record, FOB_TEXT_PROVIDER),
                  account, &conv, &handle);
    if (job->code == FOB_SUCCESS) {
        job->code = link_run(job, handle);
        job->declined =
            job->code == FOB_REJECTED && job->content.kind == DROP_CALLBACK && !handle->signed_in;
        link_keep_error(job);
        if (handle->provider != NULL)
            link_note_identity(job, handle);
    } else {
        link_keep_error(job);
    }
    fob_end(handle);
}

/* Whether the account NAME got its keys by JOB, when that was begun before. */
static bool link_is_of_job(const struct inbox_job *job, const char *name)
{
    struct record *record = NULL;
    const bool is = store_read(job->inbox->store, name, &record) == FOB_SUCCESS &&
                    strcmp(record_text(record, FOB_TEXT_INVITATION), job->id) == 0 &&
                    record_time(record, FOB_TIME_CHANGED) >= job->begun;

    record_free(record);
    return is;
}

bool inbox_was_linked(struct inbox_job *job)
{
    struct fob_handle *handle = NULL;
    char **names = NULL;
    size_t count = 0;
    bool linked = false;

    if (job->begun == 0 || store_names(job->inbox->store, &names, &count) != FOB_SUCCESS)
        return false;
    /* All of them: the account may have another name by now. */
    for (size_t i = 0; i < count && !linked; i++) {
        linked = link_is_of_job(job, names[i]);
        if (linked &&
            fob_start(job->inbox->context, NULL, names[i], NULL, &handle) == FOB_SUCCESS &&
            handle_provider(handle) == FOB_SUCCESS) {
            job->code = FOB_SUCCESS;
            link_note_identity(job, handle);
        }
    }
    fob_end(handle);
    names_free(names, count);
    return linked;
}
