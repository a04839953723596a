/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The audit log: what a line tells, and what happens when it can not be written. */
#include "config.h"

#include "core/audit.h"

#include "core/conv.h"
#include "core/log_file.h"
#include "util/error.h"
#include "util/json_write.h"
#include "util/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* A log that need not be written lets what it is about go on. */
static int tolerate(struct fob_context *context, int code)
{
    if (code == FOB_SUCCESS || context->settings->log_required)
        return code;
    context_log(context, FOB_LOG_WARNING, "log", "%s", fob_error());
    error_clear();
    return FOB_SUCCESS;
}

int audit_ready(struct fob_context *context)
{
    struct log log;
    int code = log_open(context, &log);

    if (code == FOB_SUCCESS) {
        code = log_reserve(&log);
        log_close(&log);
    }
    return tolerate(context, code);
}

/* "NAME":"TEXT", made printable, and no longer than the line may become. */
static void add_text(struct strbuf *members, const char *name, const char *text)
{
    char copy[512];

    strbuf_printf(members, ",\"%s\":", name);
    snprintf(copy, sizeof copy, "%s", text);
    text_make_printable(copy);
    json_write_string(members, copy, strlen(copy));
}

static void make_members(const struct fob_context *context, const struct audit_event *event,
                         struct strbuf *members)
{
    char when[21];

    text_time(time(NULL), when);
    strbuf_printf(members, "\"time\":\"%s\"", when);
    add_text(members, "event", event->name);
    add_text(members, "account", event->account != NULL ? event->account : "");
    add_text(members, "provider", event->provider != NULL ? event->provider : "");
    add_text(members, "result", fob_code_name(event->code));
    strbuf_printf(members, ",\"uid\":%ld,\"pid\":%ld", (long)context->settings->real_user,
                  (long)getpid());
    add_text(members, "program",
             event->program != NULL ? event->program : program_invocation_short_name);
    if (event->detail != NULL)
        add_text(members, "detail", event->detail);
}

int audit_event(struct fob_context *context, const struct audit_event *event)
{
    struct strbuf members = STRBUF_INIT;
    struct log log;
    int code = log_open(context, &log);

    if (code != FOB_SUCCESS)
        return tolerate(context, code);
    make_members(context, event, &members);
    code = members.failed ? error_nomem() : log_append(&log, members.data);
    log_close(&log);
    if (code == FOB_SUCCESS && context->settings->log_syslog)
        syslog(LOG_AUTHPRIV | LOG_INFO, "fob: {%s}", members.data);
    strbuf_free(&members);
    return tolerate(context, code);
}

int audit_write(struct fob_handle *handle, const char *event, int code, const char *detail)
{
    const struct audit_event line = {
        .name = event,
        .account = handle->account,
        .provider = handle->provider_name,
        .code = code,
        .program = handle->items[FOB_ITEM_PROGRAM],
        .detail = detail,
    };

    return audit_event(handle->context, &line);
}

/* The thread's error, kept while a line is written after the fact. */
struct kept_error {
    char *error;
    char *hint;
};

static struct kept_error keep_error(void)
{
    return (struct kept_error){ strdup(fob_error()), strdup(fob_error_hint()) };
}

static void restore_error(struct kept_error *kept, int code)
{
    error_clear();
    if (kept->error != NULL && kept->error[0] != '\0')
        error_set(code, "%s", kept->error);
    if (kept->hint != NULL && kept->hint[0] != '\0')
        error_hint("%s", kept->hint);
    free(kept->error);
    free(kept->hint);
}

void audit_note_event(struct fob_context *context, const struct audit_event *event)
{
    struct kept_error kept = keep_error();

    if (audit_event(context, event) != FOB_SUCCESS)
        context_log(context, FOB_LOG_WARNING, "log", "%s", fob_error());
    restore_error(&kept, event->code);
}

void audit_note(struct fob_handle *handle, const char *event, int code, const char *detail)
{
    struct kept_error kept = keep_error();

    if (audit_write(handle, event, code, detail) != FOB_SUCCESS)
        fob_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
    restore_error(&kept, code);
}
