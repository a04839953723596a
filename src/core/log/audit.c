/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes events to the audit log, and decides what happens when that fails. */
#include "config.h"

#include "core/log/audit.h"

#include "core/log/log_append.h"
#include "core/session/conv.h"
#include "store/machines.h"
#include "util/error.h"
#include "util/json_write.h"
#include "util/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

/* If the log is not required, its failure is only a warning. */
static int audit_tolerate(struct fob_context *context, int code)
{
    if (code == FOB_SUCCESS || context->settings->log_required)
        return code;
    context_log(context, FOB_LOG_WARNING, "log", "%s", fob_error());
    error_clear();
    return FOB_SUCCESS;
}

int audit_ready(struct fob_context *context)
{
    return audit_ready_for(context, 1);
}

int audit_ready_for(struct fob_context *context, size_t lines)
{
    struct log log;
    int code = log_open(context, &log);

    if (code == FOB_SUCCESS) {
        code = log_reserve(&log, lines);
        log_close(&log);
    }
    return audit_tolerate(context, code);
}

int audit_ready_account(struct fob_handle *handle, size_t lines, struct store **store)
{
    struct store *new;
    int code = context_store(handle->context, &new);

    if (code == FOB_SUCCESS && handle->stored == NULL)
        code = error_set(FOB_NOT_FOUND, "%s: no such account", handle->account);
    if (code == FOB_SUCCESS)
        code = handle_catch_up(handle);
    if (code == FOB_SUCCESS)
        code = audit_ready_for(handle->context, lines);
    if (code == FOB_SUCCESS)
        *store = new;
    return code;
}

/* The members that lines written together share. */
struct audit_common {
    char when[21];
    struct who who;
};

static int audit_find_common(struct fob_context *context, struct audit_common *common)
{
    int code;

    text_time(time(NULL), common->when);
    process_lock(&context->lock);
    code = who_identify(&context->who, context->settings->real_user);
    common->who = context->who;
    process_unlock(&context->lock);
    return code;
}

/* Append NAME, a member's name with its punctuation, and TEXT, printable and cut to fit the
 * line. */
static void audit_add_text(struct strbuf *members, const char *name, const char *text)
{
    char copy[512];
    size_t size = strnlen(text, sizeof copy - 1);

    memcpy(copy, text, size);
    copy[size] = '\0';
    text_make_printable(copy);
    strbuf_add_text(members, name);
    json_write_string(members, copy, strlen(copy));
}

/* How EVENT ended: as its code says, unless the store's server did not say whether it wrote. */
static const char *audit_result(const struct fob_context *context, const struct audit_event *event)
{
    if (event->begins)
        return LOG_BEGUN;
    if (event->code == FOB_SYSTEM && context->store != NULL &&
        machines_have_unknown_write(context->store))
        return "unknown";
    return fob_code_name(event->code);
}

static void audit_make_members(const struct fob_context *context, const struct audit_common *common,
                               const struct audit_event *event, struct strbuf *members)
{
    audit_add_text(members, "\"time\":", common->when);
    audit_add_text(members, ",\"event\":", event->name);
    audit_add_text(members, ",\"account\":", event->account != NULL ? event->account : "");
    audit_add_text(members, ",\"provider\":", event->provider != NULL ? event->provider : "");
    audit_add_text(members, ",\"result\":", audit_result(context, event));
    strbuf_add_text(members, common->who.members);
    audit_add_text(members, ",\"program\":",
                   event->program != NULL ? event->program : program_invocation_short_name);
    if (event->detail != NULL)
        audit_add_text(members, ",\"detail\":", event->detail);
}

/* Format the members of each event's line.  The caller frees COUNT lines; some may be NULL. */
static int audit_make_lines(struct fob_context *context, const struct audit_event *events,
                            size_t count, char **lines)
{
    struct audit_common common;
    int code = audit_find_common(context, &common);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        struct strbuf members = STRBUF_INIT;

        audit_make_members(context, &common, &events[i], &members);
        lines[i] = strbuf_detach(&members);
        if (lines[i] == NULL)
            code = error_nomem();
    }
    return code;
}

/* Append the lines of COUNT events, and reserve room for SPARE more. */
static int audit_append(struct fob_context *context, const struct audit_event *events, size_t count,
                        size_t spare)
{
    char **lines = calloc(count + 1, sizeof *lines);
    struct log log;
    int code = lines != NULL ? audit_make_lines(context, events, count, lines) : error_nomem();

    if (code == FOB_SUCCESS)
        code = log_open(context, &log);
    if (code == FOB_SUCCESS) {
        code = log_append(&log, lines, count);
        if (code == FOB_SUCCESS && spare > 0)
            code = log_reserve(&log, spare);
        log_close(&log);
    }
    for (size_t i = 0; i < count && lines != NULL; i++) {
        if (code == FOB_SUCCESS && context->settings->log_syslog)
            syslog(LOG_AUTHPRIV | LOG_INFO, "fob: {%s}", lines[i]);
        free(lines[i]);
    }
    free(lines);
    return audit_tolerate(context, code);
}

int audit_events(struct fob_context *context, const struct audit_event *events, size_t count)
{
    return audit_append(context, events, count, 0);
}

int audit_event(struct fob_context *context, const struct audit_event *event)
{
    return audit_append(context, event, 1, 0);
}

int audit_begin_event(struct fob_context *context, const struct audit_event *event)
{
    struct audit_event line = *event;

    line.begins = true;
    return audit_append(context, &line, 1, 1);
}

static struct audit_event audit_event_of(const struct fob_handle *handle, const char *name)
{
    return (struct audit_event){
        .name = name,
        .account = handle->account,
        .provider = handle->provider_name,
        .program = handle->items[FOB_ITEM_PROGRAM],
    };
}

int audit_begin(struct fob_handle *handle, const char *name)
{
    struct audit_event line;

    NEED_HANDLE(handle);
    line = audit_event_of(handle, name);
    return audit_begin_event(handle->context, &line);
}

int audit_write(struct fob_handle *handle, const char *event, int code, const char *detail)
{
    struct audit_event line;

    NEED_HANDLE(handle);
    line = audit_event_of(handle, event);
    line.code = code;
    line.detail = detail;
    return audit_event(handle->context, &line);
}

void audit_note_event(struct fob_context *context, const struct audit_event *event)
{
    struct saved_error kept;

    error_save(&kept);
    if (audit_event(context, event) != FOB_SUCCESS)
        context_log(context, FOB_LOG_WARNING, "log", "%s", fob_error());
    error_restore(&kept, event->code);
}

void audit_note(struct fob_handle *handle, const char *event, int code, const char *detail)
{
    struct saved_error kept;

    /* The parent logs this event, not its forked child. */
    if (handle_is_lost(handle))
        return;
    error_save(&kept);
    if (audit_write(handle, event, code, detail) != FOB_SUCCESS)
        conv_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
    error_restore(&kept, code);
}
