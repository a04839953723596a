/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fetches tokens, and finds out when they end. */
#include "config.h"

#include "token_call.h"

#include "exchange.h"
#include "template.h"

#include <json.h>
#include <json_pointer.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Ten years: a longer lifetime is a mistake. */
#define LIFETIME_MAX_S (10 * INT64_C(366) * 86400)

int64_t token_duration(const char *text)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    char *end = NULL;
    const long number = strtol(text, &end, 10);

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (end != text && *end == units[i].unit && (*end == '\0' || end[1] == '\0') &&
            number > 0 && number <= LIFETIME_MAX_S / units[i].seconds)
            return number * units[i].seconds;
    }
    return 0;
}

/* Decode SIZE bytes of base64url into the text TO; false if it is none. */
static bool token_decode(const char *data, size_t size, char *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < size; i++) {
        const char *digit = memchr(digits, data[i], sizeof digits - 1);

        if (digit == NULL)
            return false;
        bits = (bits << 6 | (unsigned)(digit - digits)) & 0xffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            *to++ = (char)(bits >> count & 0xff);
        }
    }
    *to = '\0';
    return true;
}

/* The end in VALUE's own claims, if it is a JSON Web Token; 0 if it says none. */
static int64_t token_own_end(const char *value)
{
    const char *begin = strchr(value, '.');
    const char *end = begin != NULL ? strchr(begin + 1, '.') : NULL;
    struct json_object *claims = NULL;
    struct json_object *exp = NULL;
    int64_t when = 0;
    char *text;

    if (end == NULL)
        return 0;
    text = malloc((size_t)(end - begin));
    if (text == NULL)
        return 0;
    if (token_decode(begin + 1, (size_t)(end - begin - 1), text))
        claims = json_tokener_parse(text);
    if (json_object_is_type(claims, json_type_object) &&
        json_object_object_get_ex(claims, "exp", &exp) && json_object_is_type(exp, json_type_int))
        when = json_object_get_int64(exp);
    json_object_put(claims);
    free(text);
    return when > 0 ? when : 0;
}

/* The lifetime at the pointer of the option, in seconds; 0 if the answer says none. */
static int64_t token_lifetime(const struct fob_node *node, struct json_object *json)
{
    const char *pointer = fob_node_text(fob_node_get(node, "expires"));
    const char *lasts = fob_node_text(fob_node_get(node, "lasts"));
    struct json_object *value = NULL;
    int64_t seconds = 0;

    if (json != NULL &&
        json_pointer_get(json, pointer != NULL ? pointer : "/expires_in", &value) == 0 &&
        (json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_string)))
        seconds = token_duration(json_object_get_string(value));
    return seconds == 0 && lasts != NULL ? token_duration(lasts) : seconds;
}

static const char *token_pointer(const struct fob_node *node)
{
    const char *pointer = fob_node_text(fob_node_get(node, "token"));

    return pointer != NULL ? pointer : "/access_token";
}

/* The token in the answer, borrowed; NULL if there is none. */
static const char *token_find(const char *pointer, struct json_object *json,
                              const struct fob_http_response *response)
{
    struct json_object *value = NULL;
    const char *text;
    size_t size;

    if (pointer[0] == '\0') {
        text = fob_http_body(response, &size);
        return strlen(text) == size ? text : NULL;
    }
    if (json_pointer_get(json, pointer, &value) != 0 ||
        !json_object_is_type(value, json_type_string))
        return NULL;
    text = json_object_get_string(value);
    return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

bool token_is_usable(const char *value)
{
    if (value == NULL || value[0] == '\0' || strlen(value) > FOB_VALUE_MAX)
        return false;
    for (const char *at = value; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~')
            return false;
    }
    return true;
}

static int token_put(struct fob_handle *handle, const char *value, int64_t ends)
{
    struct fob_secret *secret = NULL;
    int code = fob_secret_new(value, strlen(value), &secret);

    if (code == FOB_SUCCESS)
        code = fob_put_token(handle, TEMPLATE_TOKEN, secret, ends);
    fob_secret_free(secret);
    return code;
}

/* Check the type beside the token at POINTER, which may be missing (RFC 6749, 5.1). */
static int token_check_type(struct fob_handle *handle, const char *pointer,
                            struct json_object *json)
{
    const char *name = strrchr(pointer, '/');
    struct json_object *type = NULL;
    char *beside = NULL;
    const char *text;

    if (name == NULL)
        return FOB_SUCCESS;
    if (asprintf(&beside, "%.*s/token_type", (int)(name - pointer), pointer) < 0)
        return fob_fail(handle, FOB_NOMEM, "out of memory");
    (void)json_pointer_get(json, beside, &type);
    free(beside);
    text = json_object_is_type(type, json_type_string) ? json_object_get_string(type) : "unknown";
    return type == NULL || strcasecmp(text, "bearer") == 0
               ? FOB_SUCCESS
               : fob_fail(handle, FOB_PROTOCOL,
                          "the answer of %s has no bearer token that can be sent, but one of the "
                          "type %.32s",
                          fob_provider_name(handle), text);
}

int token_take(struct fob_handle *handle, struct json_object *json,
               const struct fob_http_response *response, int64_t sent)
{
    const struct fob_node *node = fob_option_node(handle, "token");
    const char *pointer = token_pointer(node);
    const char *value = token_find(pointer, json, response);
    const int64_t lifetime = token_lifetime(node, json);
    int code = token_check_type(handle, pointer, json);

    if (code != FOB_SUCCESS)
        return code;
    return token_is_usable(value)
               ? token_put(handle, value, lifetime > 0 ? sent + lifetime : token_own_end(value))
               : fob_fail(handle, FOB_PROTOCOL, "the answer of %s has no token that can be sent",
                          fob_provider_name(handle));
}

/* The same, with the answer still to be read. */
static int token_read(struct fob_handle *handle, const struct fob_http *http,
                      const struct fob_http_response *response, int64_t sent)
{
    const char *pointer = token_pointer(fob_option_node(handle, "token"));
    struct json_object *json = NULL;
    int code = FOB_SUCCESS;

    if (pointer[0] != '\0')
        code = fob_http_json(http, response, &json);
    if (code == FOB_SUCCESS)
        code = token_take(handle, json, response, sent);
    json_object_put(json);
    return code;
}

/* Whether the body of a refusal says that the credential is wrong (RFC 6749, 5.2). */
static bool token_is_refused(const struct fob_http *http, const struct fob_http_response *response)
{
    static const char *const errors[] = { "invalid_client", "invalid_grant",
                                          "unauthorized_client" };
    struct json_object *json = NULL;
    struct json_object *error = NULL;
    bool refused = false;

    if (fob_http_status(response) != 400 || fob_http_json(http, response, &json) != FOB_SUCCESS)
        return false;
    if (json_object_is_type(json, json_type_object) &&
        json_object_object_get_ex(json, "error", &error) &&
        json_object_is_type(error, json_type_string)) {
        for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
            refused |= strcmp(json_object_get_string(error), errors[i]) == 0;
    }
    json_object_put(json);
    return refused;
}

int token_judge(struct fob_handle *handle, const struct fob_http *http,
                const struct fob_http_response *response)
{
    char words[FOB_HTTP_WORDS];
    int code = fob_http_code(http, response);

    if (code == FOB_PROTOCOL && token_is_refused(http, response)) {
        fob_http_words(http, response, words);
        code = fob_fail(handle, FOB_REJECTED, "%s gives no token for the credential: %s",
                        fob_provider_name(handle), words);
    }
    if (code == FOB_REJECTED)
        fob_hint(handle, "check that each value is copied whole, and not ended at the provider");
    return code;
}

int token_fetch(struct fob_handle *handle)
{
    const int64_t sent = time(NULL);
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = exchange_send(handle, fob_option_node(handle, "token"), &http, &response);

    if (code == FOB_SUCCESS)
        code = token_judge(handle, http, response);
    if (code == FOB_SUCCESS)
        code = token_read(handle, http, response, sent);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}
