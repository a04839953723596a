/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The audit log: one plain line an event, appended in one write. */
#include "config.h"

#include "core/audit.h"

#include "core/conv.h"
#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* SIZE of what is there may be NULL. */
static int open_log(const struct fob_context *context, int flags, int *fd, uint64_t *size)
{
    const char *path = context->settings->log_path;
    int code;

    *fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (*fd < 0) {
        code = error_system("log %s", path);
        error_hint("every use of an account leaves a line there: see log: in fob.yaml(5)");
        return code;
    }
    code = path_check_trust(*fd, path, PATH_PRIVATE, context->settings->user, size);
    if (code != FOB_SUCCESS) {
        close(*fd);
        *fd = -1;
    }
    return code;
}

int audit_ready(struct fob_context *context)
{
    int fd = -1;
    int code = open_log(context, O_WRONLY | O_APPEND | O_CREAT, &fd, NULL);

    if (fd >= 0)
        close(fd);
    return code;
}

/* TEXT without the characters that would end the value. */
static void add_value(struct strbuf *line, const char *text, const char *ends)
{
    for (; *text != '\0'; text++)
        strbuf_add(line, strchr(ends, *text) != NULL ? "_" : text, 1);
}

/* The line without what could break it: each value is printable and either without spaces or
 * quoted. */
static void make_line(const struct fob_handle *handle, const char *event, int code,
                      const char *detail, struct strbuf *line)
{
    const char *program = handle->items[FOB_ITEM_PROGRAM];
    size_t start = line->size;
    char when[21];

    text_time(time(NULL), when);
    strbuf_printf(line, "%s ", when);
    add_value(line, event, " \"");
    strbuf_printf(line, " account=%s provider=%s result=%s uid=%ld pid=%ld program=\"",
                  handle->account, handle->provider_name, fob_code_name(code), (long)getuid(),
                  (long)getpid());
    add_value(line, program != NULL ? program : program_invocation_short_name, "\"");
    strbuf_text(line, "\"");
    if (detail != NULL)
        strbuf_printf(line, " detail=\"%s\"", detail);
    if (!line->failed)
        text_make_printable(line->data + start);
    strbuf_text(line, "\n");
}

/* Half a line would run into the next one; unless somebody else wrote behind it already. */
static void take_back(int fd, off_t size)
{
    struct stat st;
    off_t at = lseek(fd, 0, SEEK_CUR);

    if (at >= size && fstat(fd, &st) == 0 && st.st_size == at)
        (void)!ftruncate(fd, at - size);
}

static int append_line(int fd, const char *path, const struct strbuf *line)
{
    ssize_t written;

    do
        written = write(fd, line->data, line->size);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        return error_system("log %s", path);
    if ((size_t)written == line->size)
        return FOB_SUCCESS;
    take_back(fd, written);
    return error_set(FOB_SYSTEM, "log %s: the disk is full", path);
}

/* Whether the last line is whole; a power cut may have left half of one, or zeros. */
static bool ends_with_newline(int fd, uint64_t size)
{
    char last;

    return size == 0 || pread(fd, &last, 1, (off_t)size - 1) != 1 || last == '\n';
}

int audit_write(struct fob_handle *handle, const char *event, int code, const char *detail)
{
    const struct settings *settings = handle->context->settings;
    struct strbuf line = STRBUF_INIT;
    uint64_t size = 0;
    int fd = -1;
    int result = open_log(handle->context, O_RDWR | O_APPEND | O_CREAT, &fd, &size);

    if (result != FOB_SUCCESS)
        return result;
    if (!ends_with_newline(fd, size))
        strbuf_text(&line, "\n");
    make_line(handle, event, code, detail, &line);
    result = line.failed ? error_nomem() : append_line(fd, settings->log_path, &line);
    if (result == FOB_SUCCESS && settings->log_syslog)
        syslog(LOG_AUTHPRIV | LOG_INFO, "fob: %.*s", (int)line.size - 1, line.data);
    strbuf_free(&line);
    close(fd);
    return result;
}

void audit_note(struct fob_handle *handle, const char *event, int code, const char *detail)
{
    char *error = strdup(fob_error());
    char *hint = strdup(fob_error_hint());

    if (audit_write(handle, event, code, detail) != FOB_SUCCESS)
        fob_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
    error_clear();
    if (error != NULL && error[0] != '\0')
        error_set(code, "%s", error);
    if (hint != NULL && hint[0] != '\0')
        error_hint("%s", hint);
    free(error);
    free(hint);
}

/* Whether a log line is about ACCOUNT. */
static bool is_about(const char *line, const char *account)
{
    const char *at = strstr(line, " account=");
    size_t size = strlen(account);

    return at != NULL && strncmp(at + 9, account, size) == 0 && at[9 + size] == ' ';
}

int fob_read_log(struct fob_context *context, const char *account, fob_log_line_fn *fn, void *data)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    FILE *file;
    int fd = -1;
    int code = FOB_SUCCESS;

    if (account != NULL && !text_is_name(account))
        return error_set(FOB_INVALID, "%s: not an account's name", account);
    if (access(context->settings->log_path, F_OK) < 0 && errno == ENOENT)
        return FOB_SUCCESS; /* nothing was done yet */
    code = open_log(context, O_RDONLY, &fd, NULL);
    if (code != FOB_SUCCESS)
        return code;
    file = fdopen(fd, "r");
    if (file == NULL) {
        close(fd);
        return error_nomem();
    }
    while ((size = getline(&line, &room, file)) > 0) {
        if (line[size - 1] == '\n')
            line[--size] = '\0';
        /* What a power cut left behind is shown, not taken for a line's end. */
        for (ssize_t i = 0; i < size; i++)
            line[i] = line[i] != '\0' ? line[i] : '?';
        if ((account == NULL || is_about(line, account)) && !fn(line, data))
            break;
    }
    if (ferror(file))
        code = error_system("log %s", context->settings->log_path);
    free(line);
    fclose(file);
    return code;
}
