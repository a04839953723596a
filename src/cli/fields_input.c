/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads fields and passphrases from files, stdin and the command line. */
#include "config.h"

#include "cli/fields_input.h"

#include "cli/output.h"
#include "util/pem.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 4096

/* Read FD to its end, at most FOB_VALUE_MAX bytes, and drop one trailing newline.  HAD_NEWLINE says
 * whether there was one. */
static int fields_input_read_all(int fd, const char *what, bool *had_newline,
                                 struct fob_secret **value)
{
    struct fob_secret *read_so_far = NULL;
    char chunk[CHUNK];
    bool newline = false; /* a newline that may be the last byte */
    ssize_t got = 1;
    int code = fob_secret_new("", 0, &read_so_far);

    while (code == FOB_SUCCESS && (got = read(fd, chunk, sizeof chunk)) != 0) {
        bool ends;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            code = output_fail(FOB_SYSTEM, NULL, "%s: %m", what);
            break;
        }
        if (newline)
            code = fob_secret_append(read_so_far, "\n", 1);
        ends = chunk[got - 1] == '\n';
        if (code == FOB_SUCCESS)
            code = fob_secret_append(read_so_far, chunk, (size_t)got - ends);
        newline = ends;
        if (code == FOB_INVALID)
            output_fail(code, NULL, "%s: more than %d bytes", what, FOB_VALUE_MAX);
        else if (code != FOB_SUCCESS)
            output_error(code);
    }
    explicit_bzero(chunk, sizeof chunk);
    if (code == FOB_SUCCESS)
        *value = read_so_far;
    else
        fob_secret_free(read_so_far);
    *had_newline = newline;
    return code;
}

/* Read a field's value.  A value of several lines, such as a private key, keeps its last
 * newline. */
static int input_read_value(int fd, const char *what, struct fob_secret **value)
{
    struct fob_secret *new = NULL;
    bool had_newline;
    int code = fields_input_read_all(fd, what, &had_newline, &new);

    if (code == FOB_SUCCESS && had_newline &&
        memchr(fob_secret_data(new), '\n', fob_secret_size(new)) != NULL) {
        code = fob_secret_append(new, "\n", 1);
        if (code != FOB_SUCCESS)
            output_fail(code, NULL, "%s: more than %d bytes", what, FOB_VALUE_MAX);
    }
    if (code == FOB_SUCCESS)
        *value = new;
    else
        fob_secret_free(new);
    return code;
}

static int fields_input_read_file(const char *path, struct fob_secret **value)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int code;

    if (fd < 0)
        return output_fail_file(path);
    code = input_read_value(fd, path, value);
    close(fd);
    return code;
}

/* Check that only the owner can read or replace the file. */
static int input_check_private(int fd, const char *path)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return output_fail(FOB_SYSTEM, NULL, "%s: %m", path);
    if (!S_ISREG(st.st_mode))
        return output_fail(FOB_NOT_ALLOWED, NULL, "%s: not a regular file", path);
    if (st.st_uid != geteuid())
        return output_fail(FOB_NOT_ALLOWED, "chown it to yourself", "%s: belongs to user %ld", path,
                           (long)st.st_uid);
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return output_fail(FOB_NOT_ALLOWED, "chmod it to 0600", "%s: others may use it (mode %04o)",
                           path, st.st_mode & 07777U);
    return FOB_SUCCESS;
}

static int input_refuse_empty(const char *what, struct fob_secret **value)
{
    if (fob_secret_size(*value) > 0)
        return FOB_SUCCESS;
    fob_secret_free(*value);
    *value = NULL;
    return output_fail(FOB_INVALID, NULL, "%s: it is empty, and a passphrase is not", what);
}

int fields_read_private(const char *path, struct fob_secret **value)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool had_newline;
    int code;

    if (fd < 0)
        return output_fail_file(path);
    code = input_check_private(fd, path);
    if (code == FOB_SUCCESS)
        code = fields_input_read_all(fd, path, &had_newline, value);
    close(fd);
    return code == FOB_SUCCESS ? input_refuse_empty(path, value) : code;
}

int fields_read_descriptor(int fd, struct fob_secret **value)
{
    char what[32];
    bool had_newline;
    int code;

    snprintf(what, sizeof what, "descriptor %d", fd);
    code = fields_input_read_all(fd, what, &had_newline, value);
    /* Programs run later must not inherit it. */
    if (fd > STDERR_FILENO)
        close(fd);
    return code == FOB_SUCCESS ? input_refuse_empty(what, value) : code;
}

/* Split "NAME=REST", and return REST; NULL when TEXT has another form. */
static const char *fields_input_split(const char *text, char name[static FOB_NAME_MAX + 1])
{
    size_t size = strcspn(text, "=");

    if (text[size] != '=' || size > FOB_NAME_MAX)
        return NULL;
    memcpy(name, text, size);
    name[size] = '\0';
    return text_is_identifier(name) ? text + size + 1 : NULL;
}

struct input {
    struct fob_handle *handle; /* or NULL, for … */
    struct fob_app *app;
    uint64_t given; /* a bit a field: a provider has fewer */
};

static const struct fob_provider *fields_input_provider(const struct input *input)
{
    return input->app != NULL ? fob_app_provider(input->app) : fob_handle_provider(input->handle);
}

/* The provider's field called NAME, and its INDEX; NULL if there is none: fields_input_set() then
 * reports the error. */
static const struct fob_provider_field *fields_input_find(const struct input *input,
                                                          const char *name, size_t *index)
{
    const struct fob_provider *provider = fields_input_provider(input);
    const struct fob_provider_field *field;

    for (*index = 0; (field = input->app != NULL ? fob_provider_app_field(provider, *index)
                                                 : fob_provider_field(provider, *index)) != NULL;
         ++*index) {
        if (strcmp(field->name, name) == 0)
            break;
    }
    return field;
}

/* Do not repeat the NAME, which may be a mistyped secret. */
static int fields_input_fail_unknown(const struct input *input, const char *where, const char *name)
{
    const struct fob_provider *provider = fields_input_provider(input);
    const char *provider_name = fob_provider_text(provider, FOB_PROVIDER_NAME);
    const struct fob_provider_field *field = NULL;
    char hint[FOB_NAME_MAX + 80] = "\"fob guide\" lists the fields of a provider";

    for (size_t i = 0; input->app == NULL && (field = fob_provider_app_field(provider, i)) != NULL;
         i++) {
        if (strcmp(field->name, name) == 0)
            break;
    }
    if (field != NULL)
        snprintf(hint, sizeof hint, "it is a field of the app: \"fob app %s\" sets it",
                 provider_name);
    return output_fail(FOB_INVALID, hint, "%s: provider %s has no such field", where,
                       provider_name);
}

/* Set a field; WHERE names the source, for messages. */
static int fields_input_set(struct input *input, const char *where, const char *name,
                            const char *value, size_t size)
{
    size_t index;
    int code;

    if (fields_input_find(input, name, &index) == NULL)
        return fields_input_fail_unknown(input, where, name);
    if ((input->given >> index & 1) != 0)
        return output_fail(FOB_INVALID, NULL, "%s: field %s: given twice", where, name);
    input->given |= UINT64_C(1) << index;
    if (memchr(value, '\0', size) != NULL)
        return output_fail(FOB_INVALID, NULL, "%s: field %s: a NUL byte cannot be stored", where,
                           name);
    code = input->app != NULL ? fob_app_set_field(input->app, name, value, size)
                              : fob_set_field(input->handle, name, value, size);
    if (code == FOB_INVALID)
        output_fail(code, fob_error_hint(), "%s: %s", where, fob_error());
    else if (code != FOB_SUCCESS)
        output_error(code);
    return code;
}

/* --field, which is not for secrets: everybody on the machine can read a command line. */
static int fields_input_set_argument(struct input *input, const char *text)
{
    const struct fob_provider_field *field;
    char name[FOB_NAME_MAX + 1];
    const char *value = fields_input_split(text, name);
    size_t index;

    if (value == NULL)
        return output_fail(FOB_INVALID, NULL, "--field: its value must be NAME=VALUE");
    field = fields_input_find(input, name, &index);
    if (field != NULL && field->secret)
        return output_fail(FOB_INVALID,
                           "use --field-file, or leave the field out; and if the value is a real "
                           "one, treat it as exposed",
                           "--field: %s is secret, and everybody on this machine can read a "
                           "command line",
                           name);
    return fields_input_set(input, "--field", name, value, strlen(value));
}

static int input_set_from_file(struct input *input, const char *text)
{
    struct fob_secret *value = NULL;
    char name[FOB_NAME_MAX + 1];
    const char *path = fields_input_split(text, name);
    int code;

    if (path == NULL || path[0] == '\0')
        return output_fail(FOB_INVALID, NULL, "--field-file: its value must be NAME=PATH");
    code = strcmp(path, "-") == 0 ? input_read_value(STDIN_FILENO, "stdin", &value)
                                  : fields_input_read_file(path, &value);
    if (code == FOB_SUCCESS)
        code = fields_input_set(input, "--field-file", name, fob_secret_data(value),
                                fob_secret_size(value));
    fob_secret_free(value);
    return code;
}

/* Buffered lines of stdin. */
struct lines {
    char chunk[CHUNK];
    size_t size;
    size_t at;
    bool ended;
    size_t number; /* the number of the last line read */
};

static int fields_input_refill(struct lines *lines)
{
    ssize_t got;

    do
        got = read(STDIN_FILENO, lines->chunk, sizeof lines->chunk);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return output_fail(FOB_SYSTEM, NULL, "stdin: %m");
    lines->ended = got == 0;
    lines->size = (size_t)got;
    lines->at = 0;
    return FOB_SUCCESS;
}

/* Read a line: NAME receives the text before '=', VALUE the rest.  HAS_VALUE says whether there was
 * a '='. */
static int fields_input_next_line(struct lines *lines, struct fob_secret *value,
                                  char name[FOB_NAME_MAX + 2], bool *has_value)
{
    size_t name_size = 0;
    bool newline = false;
    int code = FOB_SUCCESS;

    *has_value = false;
    lines->number++;
    while (code == FOB_SUCCESS && !newline) {
        const char *start = lines->chunk + lines->at;
        size_t left = lines->size - lines->at;
        size_t taken = 0;

        if (left == 0) {
            code = fields_input_refill(lines);
            if (code == FOB_SUCCESS && lines->ended)
                break;
            continue;
        }
        while (!*has_value && !newline && taken < left) {
            char byte = start[taken++];

            newline = byte == '\n';
            *has_value = byte == '=';
            if (!newline && !*has_value && name_size <= FOB_NAME_MAX)
                name[name_size++] = byte;
        }
        if (*has_value && taken < left) {
            const char *end = memchr(start + taken, '\n', left - taken);
            size_t size = end != NULL ? (size_t)(end - start) - taken : left - taken;

            code = fob_secret_append(value, start + taken, size);
            newline = end != NULL;
            taken += size + newline;
        }
        lines->at += taken;
    }
    name[name_size] = '\0';
    return code;
}

/* The next byte, which stays there; EOF at the end, or with CODE set. */
static int fields_input_peek(struct lines *lines, int *code)
{
    while (*code == FOB_SUCCESS && lines->at == lines->size && !lines->ended)
        *code = fields_input_refill(lines);
    return *code == FOB_SUCCESS && lines->at < lines->size ? (unsigned char)lines->chunk[lines->at]
                                                           : EOF;
}

/* Append the next line, after a newline, to VALUE. */
static int fields_input_add_line(struct lines *lines, struct fob_secret *value)
{
    int code = fob_secret_append(value, "\n", 1);

    lines->number++;
    while (fields_input_peek(lines, &code) != EOF) {
        const char *start = lines->chunk + lines->at;
        const char *end = memchr(start, '\n', lines->size - lines->at);
        const size_t size = end != NULL ? (size_t)(end - start) : lines->size - lines->at;

        code = fob_secret_append(value, start, size);
        lines->at += size + (end != NULL);
        if (end != NULL)
            break;
    }
    return code;
}

/* Append the lines of PEM after its first one, and further blocks that follow at once. */
static int fields_input_add_pem(struct lines *lines, struct fob_secret *value)
{
    bool ended = false;
    int code = FOB_SUCCESS;
    int next;

    while ((next = fields_input_peek(lines, &code)) != EOF && (!ended || next == PEM_BEGIN[0])) {
        const size_t line = fob_secret_size(value) + 1;

        code = fields_input_add_line(lines, value);
        ended = code == FOB_SUCCESS &&
                strncmp(fob_secret_data(value) + line, PEM_END, strlen(PEM_END)) == 0;
    }
    return code;
}

static int input_fail_line(const struct lines *lines, const char *what)
{
    return output_fail(FOB_INVALID, "each line is NAME=VALUE; a blank line ends them",
                       "stdin: line %zu: %s", lines->number, what);
}

/* Read one line and set its field.  DONE is set at a blank line or the end. */
static int input_set_from_line(struct lines *lines, struct input *input, bool *done)
{
    struct fob_secret *value = NULL;
    char name[FOB_NAME_MAX + 2];
    char where[48];
    bool has_value;
    int code = fob_secret_new("", 0, &value);

    if (code != FOB_SUCCESS) {
        output_error(code);
        return code;
    }
    code = fields_input_next_line(lines, value, name, &has_value);
    snprintf(where, sizeof where, "stdin: line %zu", lines->number);
    if (code == FOB_SUCCESS && strncmp(fob_secret_data(value), PEM_BEGIN, strlen(PEM_BEGIN)) == 0)
        code = fields_input_add_pem(lines, value);
    *done = code == FOB_SUCCESS && !has_value && name[0] == '\0';
    if (code == FOB_INVALID)
        output_fail(code, NULL, "%s: more than %d bytes", where, FOB_VALUE_MAX);
    else if (code == FOB_NOMEM)
        output_error(code);
    else if (code == FOB_SUCCESS && !*done)
        code = !has_value || !text_is_identifier(name)
                   ? input_fail_line(lines, "not NAME=VALUE")
                   : fields_input_set(input, where, name, fob_secret_data(value),
                                      fob_secret_size(value));
    explicit_bzero(name, sizeof name); /* by mistake it may be a secret without a name */
    fob_secret_free(value);
    return code;
}

static int input_set_from_stdin(struct input *input)
{
    struct lines lines = { .size = 0 };
    bool done = false;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && !done)
        code = input_set_from_line(&lines, input, &done);
    explicit_bzero(&lines, sizeof lines);
    return code;
}

/* Check that only one option reads stdin. */
static int input_check_stdin(const struct options *options)
{
    size_t readers = options_has(options, "stdin");
    const char *text;
    size_t at = 0;

    while ((text = options_next(options, "field-file", &at)) != NULL) {
        const char *path = strchr(text, '=');

        readers += path != NULL && strcmp(path, "=-") == 0;
    }
    if (readers > 1)
        return output_fail(FOB_INVALID, NULL,
                           "stdin can be read only once: by --stdin, or by one "
                           "--field-file");
    return FOB_SUCCESS;
}

static int fields_input_read(const struct options *options, struct input *input)
{
    const char *text;
    size_t at = 0;
    int code = input_check_stdin(options);

    while (code == FOB_SUCCESS && (text = options_next(options, "field", &at)) != NULL)
        code = fields_input_set_argument(input, text);
    at = 0;
    while (code == FOB_SUCCESS && (text = options_next(options, "field-file", &at)) != NULL)
        code = input_set_from_file(input, text);
    if (code == FOB_SUCCESS && options_has(options, "stdin"))
        code = input_set_from_stdin(input);
    return code;
}

int fields_from_options(const struct options *options, struct fob_handle *handle)
{
    struct input input = { .handle = handle };

    if (fob_handle_provider(handle) == NULL) {
        output_error(FOB_CONFIG);
        return FOB_CONFIG;
    }
    if (options_has(options, "exact"))
        fob_set_exact(handle);
    return fields_input_read(options, &input);
}

int fields_from_options_app(const struct options *options, struct fob_app *app)
{
    struct input input = { .app = app };

    if (options_has(options, "exact"))
        fob_app_set_exact(app);
    return fields_input_read(options, &input);
}
