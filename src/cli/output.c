/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prints errors, lines and JSON; table.c prints tables. */
#include "config.h"

#include "cli/output.h"

#include "cli/progress.h"
#include "util/json_write.h"
#include "util/text.h"

#include <fob/fob.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static FILE *protected_file;

FILE *output_file(void)
{
    return protected_file != NULL ? protected_file : stdout;
}

int output_protect(void)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (file == NULL && fd >= 0 && errno == EINVAL) {
        close(fd); /* stdout was closed: writing the answer will fail */
        return FOB_SUCCESS;
    }
    if (file != NULL && dup2(STDERR_FILENO, STDOUT_FILENO) == STDOUT_FILENO) {
        protected_file = file;
        return FOB_SUCCESS;
    }
    return output_fail(FOB_SYSTEM, NULL, "stdout: %m");
}

void output_unprotect(void)
{
    if (protected_file == NULL)
        return;
    fflush(protected_file);
    (void)dup2(fileno(protected_file), STDOUT_FILENO);
    fclose(protected_file);
    protected_file = NULL;
}

static int write_error; /* errno of the first failed write to stdout */

int output_flush(void)
{
    if (fflush(output_file()) != 0 && write_error == 0)
        write_error = errno;
    return ferror(output_file()) == 0 ? FOB_SUCCESS : FOB_SYSTEM;
}

static bool has_failed; /* an error was reported */

bool output_has_failed(void)
{
    return has_failed || ferror(output_file()) != 0;
}

static void output_note_failure(FILE *file, const char *prefix)
{
    has_failed |= file == stderr && strcmp(prefix, "fob: ") == 0;
}

/* Keep the order if stdout and stderr are one file, and hide the progress bar. */
static void output_keep_order(FILE *file)
{
    if (file == stderr) {
        progress_hide();
        output_flush();
    } else {
        progress_yield(fileno(file));
    }
}

void output_lines(FILE *file, const char *prefix, const char *text)
{
    char *line;

    output_keep_order(file);
    output_note_failure(file, prefix);
    while ((line = text_next_line(&text)) != NULL) {
        fprintf(file, "%s%s\n", prefix, line);
        free(line);
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

static void output_print_line(FILE *file, const char *prefix, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void output_print_line(FILE *file, const char *prefix, const char *format, va_list args)
{
    char *line = NULL;

    output_keep_order(file);
    output_note_failure(file, prefix);
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
    output_print_line(stderr, "fob: ", format, args);
    va_end(args);
    if (hint != NULL)
        output_hint(hint);
    return code;
}

int output_fail_file(const char *path)
{
    return output_fail(errno == EACCES ? FOB_NOT_ALLOWED : FOB_SYSTEM, NULL, "%s: %m", path);
}

int output_nomem(void)
{
    return output_fail(FOB_NOMEM, NULL, "out of memory");
}

void output_note(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    output_print_line(stderr, "", format, args);
    va_end(args);
}

void output_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    output_print_line(output_file(), "", format, args);
    va_end(args);
}

/* Whether the character at TEXT may go to a terminal.  LENGTH is its size, or 0 when TEXT is not
 * UTF-8. */
static bool output_is_harmless(const char *text, size_t length, uint32_t character)
{
    if (length == 0)
        return false;
    if (text[0] == '\n' || text[0] == '\t' || (text[0] == '\r' && text[1] == '\n'))
        return true;
    return !text_is_unprintable(character);
}

void output_text(const char *text, size_t size)
{
    const char *end = text + size;
    const char *start = text;
    bool terminal = isatty(fileno(output_file()));

    for (const char *at = text; terminal && at < end;) {
        uint32_t character = (unsigned char)*at;
        size_t length = text_character(at, (size_t)(end - at), &character);

        if (!output_is_harmless(at, length, character)) {
            fwrite(start, 1, (size_t)(at - start), output_file());
            fprintf(output_file(), "\\u%04" PRIx32, character);
            start = at + (length > 0 ? length : 1);
        }
        at += length > 0 ? length : 1;
    }
    fwrite(start, 1, (size_t)(end - start), output_file());
}

#define FLUSH_SIZE ((size_t)64 * 1024)

void output_json_flush(struct strbuf *buf)
{
    char last;

    if (buf->failed || buf->size < FLUSH_SIZE)
        return;
    /* Keep the last byte, which decides whether a comma follows. */
    last = buf->data[buf->size - 1];
    output_text(buf->data, buf->size - 1);
    strbuf_reset(buf);
    strbuf_add(buf, &last, 1);
}

int output_json(struct strbuf *buf)
{
    int code = FOB_SUCCESS;

    progress_yield(fileno(output_file()));
    if (buf->failed)
        code = output_nomem();
    else
        output_text(buf->data, buf->size);
    putc('\n', output_file());
    strbuf_free(buf);
    return code;
}

int output_close(void)
{
    int code = output_flush();

    if (fclose(output_file()) != 0 && code == FOB_SUCCESS) {
        write_error = errno;
        code = FOB_SYSTEM;
    }
    protected_file = NULL;
    /* The error of an unflushed write has no errno.  Print directly, since no order needs to be
     * kept now. */
    if (code != FOB_SUCCESS)
        fprintf(stderr, "fob: stdout: %s\n",
                write_error != 0 ? strerror(write_error) : "write error");
    return code;
}

/* Append the comma and the key, which needs no escapes, before a value. */
static void output_begin_value(struct strbuf *buf, const char *key)
{
    const bool follows =
        buf->size > 0 && buf->data[buf->size - 1] != '{' && buf->data[buf->size - 1] != '[';
    const size_t size = key != NULL ? strlen(key) : 0;
    char *at = strbuf_extend(buf, follows + (key != NULL ? size + 3 : 0));

    if (at == NULL)
        return;
    if (follows)
        *at++ = ',';
    if (key != NULL) {
        *at++ = '"';
        memcpy(at, key, size);
        memcpy(at + size, "\":", 2);
    }
}

void output_json_text(struct strbuf *buf, const char *key, const char *value)
{
    output_begin_value(buf, key);
    if (value == NULL)
        strbuf_add_text(buf, "null");
    else
        json_write_string(buf, value, strlen(value));
}

void output_json_time(struct strbuf *buf, const char *key, int64_t when)
{
    char text[1 + 21 + 1] = "\"";
    size_t size;

    output_begin_value(buf, key);
    if (when == 0) {
        strbuf_add(buf, "null", 4);
        return;
    }
    /* The time needs no escapes. */
    text_time(when, text + 1);
    size = strlen(text);
    text[size] = '"';
    strbuf_add(buf, text, size + 1);
}

void output_json_number(struct strbuf *buf, const char *key, int64_t value)
{
    output_begin_value(buf, key);
    strbuf_printf(buf, "%" PRId64, value);
}

void output_json_flag(struct strbuf *buf, const char *key, bool value)
{
    output_begin_value(buf, key);
    strbuf_add_text(buf, value ? "true" : "false");
}

void output_json_begin(struct strbuf *buf, const char *key, char bracket)
{
    output_begin_value(buf, key);
    strbuf_add(buf, &bracket, 1);
}

void output_json_end(struct strbuf *buf, char bracket)
{
    strbuf_add(buf, &bracket, 1);
}

void output_json_texts(struct strbuf *buf, const char *key, const char *const *texts)
{
    output_json_begin(buf, key, '[');
    for (; texts != NULL && *texts != NULL; texts++)
        output_json_text(buf, NULL, *texts);
    output_json_end(buf, ']');
}

void output_time(int64_t when, const char *never, char buffer[static OUTPUT_TIME])
{
    time_t seconds = (time_t)when;
    struct tm tm;

    if (when == 0)
        snprintf(buffer, OUTPUT_TIME, "%s", never);
    else if (localtime_r(&seconds, &tm) == NULL ||
             strftime(buffer, OUTPUT_TIME, "%Y-%m-%d %H:%M %Z", &tm) == 0)
        snprintf(buffer, OUTPUT_TIME, "unknown");
}

void output_day(int64_t when, const char *never, char buffer[static OUTPUT_TIME])
{
    char text[21];

    text_time(when, text);
    if (when > 0 && when % (24 * 60 * 60) == 0)
        snprintf(buffer, OUTPUT_TIME, "%.10s (UTC)", text);
    else
        output_time(when, never, buffer);
}
