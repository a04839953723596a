/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * libfob-http: HTTP for plugins, with fob's rules built in (fob_http(3)).
 *
 * HTTPS only, or HTTP to a loopback address; certificates and names are always verified; redirects
 * are followed only within the origin, for GET and HEAD; each try has a time-out; answers, and the
 * retries of safe requests, are limited.  No option turns off a rule.
 *
 * In a child of fork(), a client of the parent returns FOB_INVALID; its connection is closed
 * without a message to the server.  For NULL the rule of fob/fob.h holds.
 */
#ifndef FOB_HTTP_H
#define FOB_HTTP_H

#include <fob/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest accepted answer, in bytes, and the deepest JSON.  Since 0.1. */
#define FOB_HTTP_BODY_MAX (16 * 1024 * 1024)
#define FOB_HTTP_JSON_DEPTH 32

/* The options of every plugin that uses HTTP: put this into the schema, with the plugin's
 * defaults.  Since 0.1. */
/* clang-format off */
#define FOB_HTTP_OPTIONS(base_url, timeout, retries)                                              \
    { "base_url", FOB_OPTION_URL, false, base_url, 0, 0, NULL, "Where the provider's API begins" }, \
    FOB_HTTP_FURTHER_OPTIONS(timeout, retries)
/* The same without base_url, for a plugin that calls fob_set_base_url().  Since 0.2. */
#define FOB_HTTP_FURTHER_OPTIONS(timeout, retries)                                                \
    { "ca_file", FOB_OPTION_PATH, false, NULL, 0, 0, NULL, "Certificates to trust instead of the system's" }, \
    { "timeout", FOB_OPTION_DURATION, false, timeout, 1, 600, NULL, "Longest time for one try" },        \
    { "retries", FOB_OPTION_INTEGER, false, retries, 0, 10, NULL, "Further tries of a safe request" }, \
    { "answers", FOB_OPTION_MAPS, false, NULL, 0, 0, fob_http_answer_keys, "What answers of this provider mean" }, \
    { "retry_at", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "The header with the time of the next try" }
/* clang-format on */
/* The keys of the maps in the option "answers" (fob-provider(5)). */
__attribute__((unused)) static const char *const fob_http_answer_keys[] = { "status", "at",  "is",
                                                                            "code",   "say", NULL };

/*
 * Check the options of FOB_HTTP_OPTIONS beyond their types, and report mistakes with fob_mistake().
 * Use it as the plugin's member check, or call it there.  Since 0.2.
 */
FOB_API void fob_http_check(struct fob_handle *handle);

/* A client for one handle, which keeps its connections for the next request. */
struct fob_http;

/*
 * Make a client from the handle's options base_url, ca_file, timeout and retries.
 *
 * Valid only in a hook; an application calls fob_send().  Returns FOB_SUCCESS, FOB_CONFIG (a
 * base_url that is missing, or neither HTTPS nor loopback; an unreadable ca_file), FOB_INVALID (not
 * in a hook), FOB_NOMEM, FOB_SYSTEM.  Close it with fob_http_close(), before the handle ends. Since
 * 0.1.
 */
FOB_API int fob_http_open(struct fob_handle *handle, struct fob_http **http);
FOB_API void fob_http_close(struct fob_http *http);
/*
 * The same for the origin of URL (its scheme, host and port) in place of base_url, such as that of
 * a provider's tokens.  A request has its path from the root of the origin, or is a URL within the
 * origin, such as URL itself; it has nothing of the handle's credential
 * (fob_add_header(), fob_add_query()).
 *
 * Returns as fob_http_open(), with FOB_CONFIG for a URL that is neither HTTPS nor loopback, or is
 * not percent-encoded.  Since 0.2.
 */
FOB_API int fob_http_open_at(struct fob_handle *handle, const char *url, struct fob_http **http);

/*
 * Use a client certificate for all connections of the clients that are made for this handle from
 * now on, of fob_http_open_at() too, and after an authorize hook for those of the application
 * (fob_send()).  CHAIN is the certificate in PEM, followed by those of its authorities as the
 * provider wants them, and KEY its private key, not encrypted.  Copied; no file is written, and no
 * connection is shared with another handle.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (no such PEM, an encrypted key, not in a hook), FOB_EXPIRED (the
 * certificate has ended), FOB_NOMEM.  A key that does not belong to the certificate is FOB_INVALID
 * of fob_http_send(), and a certificate that the provider refuses FOB_REJECTED of fob_http_send()
 * or fob_http_code().  Since 0.2.
 */
FOB_API int fob_http_certificate(struct fob_handle *handle, const struct fob_secret *chain,
                                 const struct fob_secret *key);

/* Since 0.2. */
struct fob_http_request {
    size_t size;        /* sizeof this struct */
    const char *method; /* NULL for GET */
    const char *path;   /* begins with '/' or '?', added to base_url; or a URL within base_url */
    const void *body;   /* NULL for none */
    size_t body_size;
    const char *content_type;   /* of the body; NULL for application/json */
    const char *const *headers; /* further "Name: value" lines, in place of the handle's
                                   headers of the same name; ends with NULL; NULL for none */
};

struct fob_http_response;

/*
 * Send one request, with the handle's headers and parameters (but see fob_http_open_at()), and wait
 * for the answer.
 *
 * Returns FOB_SUCCESS for any complete answer, whatever its status; FOB_UNAVAILABLE (refused,
 * reset, cut short, timed out, no such host), FOB_UNTRUSTED (certificate or name), FOB_PROTOCOL (a
 * redirect that leaves the origin, an answer over FOB_HTTP_BODY_MAX, a partial answer to a request
 * without Range), FOB_CONFIG (no certificate in ca_file), FOB_INVALID (a path outside base_url or
 * not percent-encoded, a header with a control character), FOB_NOMEM.  Free the response with
 * fob_http_response_free().  Since 0.1.
 */
FOB_API int fob_http_send(struct fob_http *http, const struct fob_http_request *request,
                          struct fob_http_response **response);

/* The status, 100 to 599.  Since 0.1. */
FOB_API int fob_http_status(const struct fob_http_response *response);
/* A header's value, the last of several, borrowed; NULL if there is none.  Since 0.1. */
FOB_API const char *fob_http_header(const struct fob_http_response *response, const char *name);
/* The status line and all headers as received, borrowed.  Since 0.1. */
FOB_API const char *fob_http_head(const struct fob_http_response *response);
/* The body, borrowed, followed by a NUL that is not counted.  Since 0.1. */
FOB_API const char *fob_http_body(const struct fob_http_response *response, size_t *size);
FOB_API void fob_http_response_free(struct fob_http_response *response);

/*
 * The provider's own message about a failure, in one printable line: error, title, message and
 * detail of a JSON body (RFC 9457 among others), a plain text, or "an HTML page"; "" for none.
 *
 * Eight bytes or more of the handle's headers that the body repeats are masked.  Since 0.1.
 */
#define FOB_HTTP_WORDS 201 /* the size of WORDS, with its NUL */
FOB_API void fob_http_words(const struct fob_http *http, const struct fob_http_response *response,
                            char words[FOB_HTTP_WORDS]);

/*
 * The meaning of a response for a hook.  First the option "answers" decides, then the status: 2xx
 * is FOB_SUCCESS, unless the body is an object with "success": false: then it is FOB_PROTOCOL; 401
 * FOB_REJECTED; 403 FOB_DENIED; 429 FOB_RATE_LIMITED; 5xx FOB_UNAVAILABLE; any other FOB_PROTOCOL.
 * A 401 or 403 from a bot check, or with a web page, is FOB_UNAVAILABLE; one with the sign of a
 * rate limit is FOB_RATE_LIMITED.  For all but success the reason is set as fob_fail() would, with
 * fob_http_words() and the pause of Retry-After.  Since 0.1.
 */
FOB_API int fob_http_code(const struct fob_http *http, const struct fob_http_response *response);

/* Since 0.2. */
enum fob_http_encoding {
    FOB_HTTP_BASE64,  /* RFC 4648, with padding */
    FOB_HTTP_PERCENT, /* RFC 3986; letters, digits and -._~ are kept */
};
/* Append SIZE bytes, encoded, to TO.  Returns FOB_SUCCESS, FOB_INVALID (more than FOB_VALUE_MAX
 * bytes), FOB_NOMEM; a failure may leave a part.  Since 0.2. */
FOB_API int fob_http_encode(enum fob_http_encoding encoding, const void *data, size_t size,
                            struct fob_secret *to);

struct json_object;
/*
 * The body as JSON (RFC 8259), at most FOB_HTTP_JSON_DEPTH deep, with nothing after it.  A number
 * of more than 64 bits is a double that prints as it was written.  In the name of a member, half a
 * surrogate pair is U+FDD0 and its four digits; it prints as it was written.  Free it with
 * json_object_put().
 * Returns FOB_SUCCESS, FOB_PROTOCOL, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_http_json(const struct fob_http *http, const struct fob_http_response *response,
                          struct json_object **json);

#ifdef __cplusplus
}
#endif

#endif
