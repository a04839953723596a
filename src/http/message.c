/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The provider's own message in an answer.  Its parts of the credential are masked here; encoded
 * ones are where all texts for people are. */
#include "config.h"

#include "http/client.h"
#include "http/json.h"
#include "http/response.h"
#include "util/array.h"
#include "util/text.h"

#include <fob/http.h>

#include <json.h>

#include <string.h>
#include <strings.h>

/* More than is shown is masked, so that a secret that is cut at the end is found. */
#define RAW_MAX (3 * FOB_HTTP_WORDS)
/* The shortest piece of a header's value that is masked. */
#define PART_MIN 8

struct raw {
    char text[RAW_MAX];
    size_t size;
};

/* Add as much of TEXT as fits, with single blanks in place of white space. */
static void message_raw_add(struct raw *raw, const char *text)
{
    for (; *text != '\0' && raw->size < RAW_MAX - 1; text++) {
        bool space = strchr(" \t\r\n", *text) != NULL;

        if (space && (raw->size == 0 || raw->text[raw->size - 1] == ' '))
            continue;
        raw->text[raw->size++] = space ? ' ' : *text;
    }
    raw->text[raw->size] = '\0';
}

static const char *message_get_string(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value) ||
        !json_object_is_type(value, json_type_string))
        return "";
    return json_object_get_string(value);
}

/* Add OBJECT's message: {"error": "…", "message": "…"}; {"title": "…", "detail": "…"} (RFC 9457);
 * {"error": "…", "error_description": "…"} (RFC 6749). */
static void message_raw_add_members(struct raw *raw, struct json_object *object)
{
    static const char *const keys[] = { "error", "title", "message", "detail",
                                        "error_description" };
    const char *last = "";

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const char *text = message_get_string(object, keys[i]);

        if (text[0] == '\0' || strcmp(text, last) == 0)
            continue;
        message_raw_add(raw, raw->size > 0 ? ": " : "");
        message_raw_add(raw, text);
        last = text;
    }
}

/* The message may also be in an object called error, or in the first of a list called errors. */
static void message_raw_add_json(struct raw *raw, struct json_object *json)
{
    struct json_object *nested = NULL;

    if (!json_object_is_type(json, json_type_object))
        return;
    if (json_object_object_get_ex(json, "errors", &nested) &&
        json_object_is_type(nested, json_type_array))
        nested = json_object_array_get_idx(nested, 0);
    else
        json_object_object_get_ex(json, "error", &nested);
    if (json_object_is_type(nested, json_type_object))
        message_raw_add_members(raw, nested);
    message_raw_add_members(raw, json);
    if (raw->size == 0 && json_object_is_type(nested, json_type_string))
        message_raw_add(raw, json_object_get_string(nested));
}

static void message_mask_value(struct raw *raw, const char *value, size_t size)
{
    bool masked[RAW_MAX] = { false };

    for (size_t i = 0; i + PART_MIN <= raw->size; i++) {
        if (memmem(value, size, raw->text + i, PART_MIN) != NULL)
            memset(masked + i, true, PART_MIN);
    }
    for (size_t i = 0; i < raw->size; i++) {
        if (masked[i])
            raw->text[i] = '*';
    }
}

static void message_mask_credential(struct raw *raw, const struct fob_handle *handle)
{
    const struct fob_secret *value;
    const char *name;

    for (size_t i = 0; fob_header(handle, i, &name, &value) == FOB_SUCCESS; i++)
        message_mask_value(raw, fob_secret_data(value), fob_secret_size(value));
    for (size_t i = 0; fob_query_parameter(handle, i, &name, &value) == FOB_SUCCESS; i++)
        message_mask_value(raw, fob_secret_data(value), fob_secret_size(value));
}

/* Cut the text to the size of WORDS, between characters. */
static void message_cut(struct raw *raw)
{
    size_t size = raw->size;

    if (size >= FOB_HTTP_WORDS) {
        size = FOB_HTTP_WORDS - 1;
        while (size > 0 && ((unsigned char)raw->text[size] & 0xc0) == 0x80)
            size--;
    }
    while (size > 0 && strchr(" .", raw->text[size - 1]) != NULL)
        size--;
    raw->text[size] = '\0';
    raw->size = size;
}

void fob_http_words(const struct fob_http *http, const struct fob_http_response *response,
                    char words[FOB_HTTP_WORDS])
{
    const char *type;
    struct json_object *json = NULL;
    struct raw raw = { .size = 0 };
    const char *why;
    const char *body;
    size_t size;

    if (words == NULL)
        return;
    words[0] = '\0';
    if (response == NULL || client_check(http, __func__) != FOB_SUCCESS)
        return;
    type = fob_http_header(response, "Content-Type");
    body = fob_http_body(response, &size);
    if (response_coding(response) != NULL)
        message_raw_add(&raw, "a body that is coded");
    else if (response_is_html(response))
        message_raw_add(&raw, "an HTML page");
    else if (type != NULL && strncasecmp(type, "text/plain", 10) == 0)
        message_raw_add(&raw, body);
    else if (json_read(body, size, &json, &why) == FOB_SUCCESS)
        message_raw_add_json(&raw, json);
    json_object_put(json);
    message_mask_credential(&raw, http->handle);
    message_cut(&raw);
    text_make_printable(raw.text);
    memcpy(words, raw.text, strlen(raw.text) + 1);
    explicit_bzero(&raw, sizeof raw);
}

int fob_http_json(const struct fob_http *http, const struct fob_http_response *response,
                  struct json_object **json)
{
    const char *why = NULL;
    const char *body;
    size_t size;
    int code;

    NEED_HTTP(http);
    NEED(response);
    NEED(json);
    body = fob_http_body(response, &size);
    code = json_read(body, size, json, &why);
    if (code == FOB_NOMEM)
        return client_nomem(http->handle);
    if (code != FOB_SUCCESS && response_coding(response) != NULL)
        return fob_fail(http->handle, code, "%s answered with a body coded as %s, not asked for",
                        http->base.host, response_coding(response));
    if (code != FOB_SUCCESS && response_is_html(response))
        return fob_fail(http->handle, code, "%s answered with an HTML page instead of JSON",
                        http->base.host);
    if (code != FOB_SUCCESS)
        return fob_fail(http->handle, code, "%s answered with JSON that cannot be used: %s",
                        http->base.host, why);
    return FOB_SUCCESS;
}
