/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Errors, lines, JSON documents; tables are in table.c. */
#include "config.h"

#include "cli/output.h"

#include "util/json_write.h"
#include "util/text.h"

#include <fob/fob.h>

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Where both go to one file, what was said first comes first. */
static void keep_order(FILE *file)
{
    if (file == stderr)
        fflush(stdout);
}

void output_lines(FILE *file, const char *prefix, const char *text)
{
    keep_order(file);
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        char *line = strndup(text, size);

        if (line == NULL)
            return;
        text_make_printable(line);
        fprintf(file, "%s%s\n", prefix, line);
        free(line);
        text += size;
        text += *text == '\n';
    }
}

void output_hint(const char *text)
{
    output_lines(stderr, "hint: ", text);
}

void output_error(int code)
{
    const char *text = fob_error();

    output_lines(stderr, "fob: ", text[0] != '\0' ? text : fob_code_text(code));
    output_hint(fob_error_hint());
}

static void print_line(FILE *file, const char *prefix, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void print_line(FILE *file, const char *prefix, const char *format, va_list args)
{
    char *line = NULL;

    keep_order(file);
    if (vasprintf(&line, format, args) < 0)
        return;
    text_make_printable(line);
    fprintf(file, "%s%s\n", prefix, line);
    free(line);
}

int output_fail(int code, const char *hint, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(stderr, "fob: ", format, args);
    va_end(args);
    if (hint != NULL)
        output_hint(hint);
    return code;
}

void output_note(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(stderr, "", format, args);
    va_end(args);
}

void output_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(stdout, "", format, args);
    va_end(args);
}

int output_json(struct strbuf *buf)
{
    int code = FOB_SUCCESS;

    if (buf->failed)
        code = output_fail(FOB_NOMEM, NULL, "out of memory");
    else
        printf("%s\n", buf->data);
    strbuf_free(buf);
    return code;
}

int output_close(void)
{
    bool failed = ferror(stdout) != 0;
    bool closed = fclose(stdout) == 0;

    if (!failed && closed)
        return FOB_SUCCESS;
    /* What failed earlier left no errno behind. */
    return output_fail(FOB_SYSTEM, NULL, "stdout: %s", closed ? "write error" : strerror(errno));
}

/* The comma and the key before a value. */
static void begin_value(struct strbuf *buf, const char *key)
{
    if (buf->size > 0 && buf->data[buf->size - 1] != '{' && buf->data[buf->size - 1] != '[')
        strbuf_text(buf, ",");
    if (key != NULL) {
        json_write_string(buf, key, strlen(key));
        strbuf_text(buf, ":");
    }
}

void output_json_text(struct strbuf *buf, const char *key, const char *value)
{
    begin_value(buf, key);
    if (value == NULL)
        strbuf_text(buf, "null");
    else
        json_write_string(buf, value, strlen(value));
}

void output_json_time(struct strbuf *buf, const char *key, int64_t when)
{
    char text[21];

    begin_value(buf, key);
    if (when == 0) {
        strbuf_text(buf, "null");
        return;
    }
    text_time(when, text);
    json_write_string(buf, text, strlen(text));
}

void output_json_flag(struct strbuf *buf, const char *key, bool value)
{
    begin_value(buf, key);
    strbuf_text(buf, value ? "true" : "false");
}

void output_json_begin(struct strbuf *buf, const char *key, char bracket)
{
    begin_value(buf, key);
    strbuf_add(buf, &bracket, 1);
}

void output_json_end(struct strbuf *buf, char bracket)
{
    strbuf_add(buf, &bracket, 1);
}

void output_time(int64_t when, const char *never, char buffer[static OUTPUT_TIME])
{
    time_t seconds = (time_t)when;
    struct tm tm;

    if (when == 0)
        snprintf(buffer, OUTPUT_TIME, "%s", never);
    else if (localtime_r(&seconds, &tm) == NULL ||
             strftime(buffer, OUTPUT_TIME, "%Y-%m-%d %H:%M", &tm) == 0)
        snprintf(buffer, OUTPUT_TIME, "unknown");
}
