/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* An answer, from its first byte until it is wiped. */
#include "config.h"

#include "http/response.h"

#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Most answers are small, and malloc() is fastest below about a thousand bytes. */
#define FIRST ((size_t)1000)

/* The longest pause that is reported, in seconds, longer than anybody waits; and its digits. */
#define PAUSE_LONGEST ((int64_t)366 * 86400)
#define PAUSE_DIGITS 8
/* A larger number is a time since the Epoch, and no pause; and the digits of such times. */
#define EPOCH_FIRST ((int64_t)1000000000)
#define EPOCH_DIGITS 12
#define DIGITS "0123456789"

static void response_buffer_free(struct response_buffer *buffer)
{
    if (buffer->data != NULL)
        explicit_bzero(buffer->data, buffer->capacity);
    free(buffer->data);
    *buffer = (struct response_buffer){ 0 };
}

/* Room for SIZE bytes and a NUL.  Not realloc(): the old bytes must be wiped. */
static bool response_buffer_reserve(struct response_buffer *buffer, size_t size)
{
    struct response_buffer larger;

    if (size < buffer->capacity)
        return true;
    larger.size = buffer->size;
    larger.capacity = buffer->capacity < FIRST ? FIRST : buffer->capacity * 2;
    if (larger.capacity <= size)
        larger.capacity = size + 1;
    larger.data = malloc(larger.capacity);
    if (larger.data == NULL)
        return false;
    if (buffer->size > 0)
        memcpy(larger.data, buffer->data, buffer->size);
    larger.data[larger.size] = '\0';
    response_buffer_free(buffer);
    *buffer = larger;
    return true;
}

/* SIZE is checked against a limit by the caller, so that no sum here overflows. */
static bool response_buffer_add(struct response_buffer *buffer, const void *data, size_t size)
{
    if (!response_buffer_reserve(buffer, buffer->size + size))
        return false;
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
    return true;
}

struct fob_http_response *response_new(void)
{
    struct fob_http_response *new = malloc(sizeof *new);

    if (new != NULL)
        *new = (struct fob_http_response){ .status = 0 };
    return new;
}

void fob_http_response_free(struct fob_http_response *response)
{
    if (response == NULL)
        return;
    if (response->fields != NULL)
        explicit_bzero(response->fields, response->head.size);
    free(response->fields);
    free(response->headers);
    response_buffer_free(&response->head);
    response_buffer_free(&response->body);
    free(response);
}

/* Take a Content-Length: libcurl takes the first of two.  A list of the same is one (RFC 9112,
 * 6.3). */
static bool response_take_length(struct fob_http_response *response, const char *line, size_t size)
{
    static const char name[] = "Content-Length:";
    static const char between[] = " \t,\r\n";

    if (size < sizeof name - 1 || strncasecmp(line, name, sizeof name - 1) != 0)
        return true;
    for (size_t at = sizeof name - 1, end; at < size; at = end + 1) {
        for (end = at; end < size && strchr(between, line[end]) == NULL;)
            end++;
        if (end == at || end - at >= sizeof response->length)
            continue;
        if (response->length[0] == '\0')
            memcpy(response->length, line + at, end - at);
        else if (strlen(response->length) != end - at ||
                 memcmp(response->length, line + at, end - at) != 0)
            return false;
    }
    return true;
}

bool response_add_head(struct fob_http_response *response, const char *line, size_t size)
{
    bool is_status = size >= 5 && memcmp(line, "HTTP/", 5) == 0;

    if (response->head_done) {
        /* A final answer follows an interim one; what follows the final head is a trailer. */
        if (!is_status)
            return true;
        if (++response->interim > RESPONSE_INTERIM_MAX) {
            response->fault = RESPONSE_NO_END;
            return false;
        }
        response->head.size = 0;
        response->head_done = false;
        memset(response->length, 0, sizeof response->length);
    }
    if (size > RESPONSE_HEAD_MAX - response->head.size) {
        response->fault = RESPONSE_HEAD_TOO_LARGE;
        return false;
    }
    if (!response_take_length(response, line, size)) {
        response->fault = RESPONSE_TWO_LENGTHS;
        return false;
    }
    if (!response_buffer_add(&response->head, line, size)) {
        response->fault = RESPONSE_NO_MEMORY;
        return false;
    }
    response->head_done = size <= 2 && (line[0] == '\r' || line[0] == '\n');
    return true;
}

bool response_reserve(struct fob_http_response *response, int64_t size)
{
    if (size > FOB_HTTP_BODY_MAX)
        response->fault = RESPONSE_TOO_LARGE;
    else if (size > 0 && !response_buffer_reserve(&response->body, (size_t)size))
        response->fault = RESPONSE_NO_MEMORY;
    return response->fault == RESPONSE_SOUND;
}

bool response_add_body(struct fob_http_response *response, const void *data, size_t size)
{
    if (size > FOB_HTTP_BODY_MAX - response->body.size)
        response->fault = RESPONSE_TOO_LARGE;
    else if (!response_buffer_add(&response->body, data, size))
        response->fault = RESPONSE_NO_MEMORY;
    return response->fault == RESPONSE_SOUND;
}

/* Cut one line, without its newline, into a name and a value; false if it is no header. */
static bool response_cut_header(char *line, struct response_header *header)
{
    char *colon = strchr(line, ':');
    char *value;
    size_t size;

    if (colon == NULL || colon == line || line[0] == ' ' || line[0] == '\t')
        return false;
    *colon = '\0';
    value = colon + 1 + strspn(colon + 1, " \t");
    size = strlen(value);
    while (size > 0 && strchr(" \t\r", value[size - 1]) != NULL)
        value[--size] = '\0';
    *header = (struct response_header){ line, value };
    return true;
}

static int response_cut_headers(struct fob_http_response *response)
{
    size_t lines = 0;
    char *next;
    char *line;

    if (response->head.size == 0)
        return FOB_SUCCESS;
    for (const char *at = response->head.data; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    response->fields = malloc(response->head.size + 1);
    response->headers = reallocarray(NULL, lines + 1, sizeof *response->headers);
    if (response->fields == NULL || response->headers == NULL)
        return FOB_NOMEM;
    memcpy(response->fields, response->head.data, response->head.size + 1);
    next = response->fields;
    (void)strsep(&next, "\n"); /* the status line */
    while ((line = strsep(&next, "\n")) != NULL) {
        if (response_cut_header(line, &response->headers[response->header_count]))
            response->header_count++;
    }
    return FOB_SUCCESS;
}

/* The seconds that TEXT begins with, rounded up. */
static int64_t response_read_seconds(const char *text)
{
    const char *point;
    size_t digits;

    text += strspn(text, "0");
    digits = strspn(text, DIGITS);
    if (digits > PAUSE_DIGITS)
        return PAUSE_LONGEST;
    point = text + digits;
    if (*point == '.' && strspn(point + 1, "0") < strspn(point + 1, DIGITS))
        return strtoll(text, NULL, 10) + 1;
    return strtoll(text, NULL, 10);
}

/* The time of a date in HTTP's form, or 0.  Not by curl_getdate(), whose time_t may have another
 * size on 32 bits. */
static int64_t response_read_date(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *place;
    struct tm tm = { 0 };
    char month[4];

    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &tm.tm_mday, month,
               &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
        return 0;
    place = strstr(months, month);
    if (place == NULL || strlen(month) != 3 || (place - months) % 3 != 0)
        return 0;
    tm.tm_mon = (int)(place - months) / 3;
    tm.tm_year -= 1900;
    return timegm(&tm);
}

/* Read Retry-After: seconds, or a date.  libcurl would also take it from an interim answer, and
 * does not read "1.5". */
static int64_t response_read_pause(const struct fob_http_response *response)
{
    const char *text = fob_http_header(response, "Retry-After");
    int64_t seconds = 0;

    if (text == NULL)
        return 0;
    if (strspn(text, DIGITS) > 0)
        seconds = response_read_seconds(text);
    else
        seconds = response_read_date(text) - (int64_t)time(NULL);
    if (seconds < 0)
        return 0;
    return seconds < PAUSE_LONGEST ? seconds : PAUSE_LONGEST;
}

void response_read_retry_at(struct fob_http_response *response, const char *name)
{
    const bool wanted = response->status == 429 || response->status == 503;
    const char *text = wanted && name != NULL ? fob_http_header(response, name) : NULL;
    const size_t digits = text != NULL ? strspn(text, DIGITS) : 0;
    int64_t seconds;

    if (digits == 0)
        return;
    if (digits <= EPOCH_DIGITS && strtoll(text, NULL, 10) > EPOCH_FIRST)
        seconds = strtoll(text, NULL, 10) + (text[digits] == '.') - (int64_t)time(NULL);
    else
        seconds = response_read_seconds(text);
    if (seconds > PAUSE_LONGEST)
        seconds = PAUSE_LONGEST;
    if (seconds > response->retry_after)
        response->retry_after = seconds;
}

int response_finish(struct fob_http_response *response, int status)
{
    int code = response_cut_headers(response);

    response->status = status;
    response->retry_after = code == FOB_SUCCESS ? response_read_pause(response) : 0;
    return code;
}

const char *response_coding(const struct fob_http_response *response)
{
    static const char gzip[] = { '\x1f', '\x8b', '\x08' };
    const char *coding = fob_http_header(response, "Content-Encoding");

    if (coding != NULL && coding[0] != '\0' && strcasecmp(coding, "identity") != 0)
        return coding;
    return response->body.size >= sizeof gzip && memcmp(response->body.data, gzip, sizeof gzip) == 0
               ? "gzip"
               : NULL;
}

bool response_is_html(const struct fob_http_response *response)
{
    const char *type = fob_http_header(response, "Content-Type");
    const char *body = fob_http_body(response, NULL);

    static const char *const starts[] = { "<head",   "<body", "<title", "<meta",
                                          "<script", "<h1",   "<center" };

    if (type != NULL &&
        (strncasecmp(type, "text/html", 9) == 0 || strncasecmp(type, "application/xhtml", 17) == 0))
        return true;
    if (strncmp(body, "\xef\xbb\xbf", 3) == 0)
        body += 3;
    body += strspn(body, " \t\r\n");
    /* A comment or an XML declaration may come before. */
    if (body[0] == '<' &&
        (strcasestr(body, "<html") != NULL || strcasestr(body, "<!doctype html") != NULL))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
        if (strncasecmp(body, starts[i], strlen(starts[i])) == 0)
            return true;
    }
    return false;
}

int fob_http_status(const struct fob_http_response *response)
{
    return response != NULL ? response->status : 0;
}

const char *fob_http_header(const struct fob_http_response *response, const char *name)
{
    if (response == NULL || name == NULL)
        return NULL;
    for (size_t i = response->header_count; i > 0; i--) {
        if (strcasecmp(response->headers[i - 1].name, name) == 0)
            return response->headers[i - 1].value;
    }
    return NULL;
}

const char *fob_http_head(const struct fob_http_response *response)
{
    return response != NULL && response->head.data != NULL ? response->head.data : "";
}

const char *fob_http_body(const struct fob_http_response *response, size_t *size)
{
    if (size != NULL)
        *size = response != NULL ? response->body.size : 0;
    return response != NULL && response->body.data != NULL ? response->body.data : "";
}
