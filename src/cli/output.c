/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Formats accounts, for programs and for people. */
#include "config.h"

#include "cli/output.h"

#include "util/json_write.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void output_text(struct strbuf *out, const char *name, const char *text, bool first)
{
    strbuf_printf(out, "%s\"%s\":", first ? "" : ",", name);
    json_write_string(out, text, strlen(text));
}

static void add_time(struct strbuf *out, const char *name, int64_t when)
{
    char text[21];

    if (when == 0) {
        strbuf_printf(out, ",\"%s\":null", name);
        return;
    }
    text_time(when, text);
    output_text(out, name, text, false);
}

static void add_fields(struct strbuf *out, const struct fob_account *account)
{
    const char *name;
    bool secret;

    strbuf_text(out, ",\"fields\":[");
    for (size_t i = 0; (name = fob_account_field(account, i, &secret)) != NULL; i++) {
        strbuf_text(out, i > 0 ? ",{" : "{");
        output_text(out, "name", name, true);
        strbuf_printf(out, ",\"secret\":%s}", secret ? "true" : "false");
    }
    strbuf_text(out, "]");
}

void output_account(struct strbuf *out, const struct fob_account *account)
{
    strbuf_text(out, "{");
    output_text(out, "name", fob_account_text(account, FOB_TEXT_NAME), true);
    output_text(out, "provider", fob_account_text(account, FOB_TEXT_PROVIDER), false);
    output_text(out, "type", fob_account_text(account, FOB_TEXT_TYPE), false);
    output_text(out, "status", fob_status_name((int)fob_account_status(account)), false);
    strbuf_text(out, ",\"owner\":{");
    output_text(out, "id", fob_account_text(account, FOB_TEXT_OWNER_ID), true);
    output_text(out, "name", fob_account_text(account, FOB_TEXT_OWNER_NAME), false);
    output_text(out, "email", fob_account_text(account, FOB_TEXT_OWNER_EMAIL), false);
    strbuf_text(out, "},\"remote\":{");
    output_text(out, "id", fob_account_text(account, FOB_TEXT_REMOTE_ID), true);
    output_text(out, "name", fob_account_text(account, FOB_TEXT_REMOTE_NAME), false);
    strbuf_text(out, "}");
    add_time(out, "linked", fob_account_time(account, FOB_TIME_LINKED));
    add_time(out, "changed", fob_account_time(account, FOB_TIME_CHANGED));
    add_time(out, "validated", fob_account_time(account, FOB_TIME_VALIDATED));
    add_time(out, "refused", fob_account_time(account, FOB_TIME_REFUSED));
    add_time(out, "expires", fob_account_time(account, FOB_TIME_EXPIRES));
    output_text(out, "last_error", fob_account_text(account, FOB_TEXT_LAST_ERROR), false);
    add_fields(out, account);
    strbuf_text(out, "}");
}

void output_time(int64_t when, char buffer[static 32])
{
    time_t seconds = (time_t)when;
    struct tm tm;

    if (when == 0 || localtime_r(&seconds, &tm) == NULL ||
        strftime(buffer, 32, "%Y-%m-%d %H:%M", &tm) == 0)
        memcpy(buffer, "never", sizeof "never");
}

int output_print(struct strbuf *buf)
{
    int status = 0;

    if (buf->failed) {
        fputs("fob: out of memory\n", stderr);
        status = EXIT_FAULT;
    } else if (buf->size > 0) {
        puts(buf->data);
    }
    strbuf_free(buf);
    return status;
}

char *output_printable(const char *text)
{
    char *copy = strdup(text);

    if (copy != NULL)
        text_make_printable(copy);
    return copy;
}
