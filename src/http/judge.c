/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Judges an answer.  A 401 or 403 counts against a credential only when it is the provider's word.
 */
#include "config.h"

#include "http/judge.h"

#include "http/certificate.h"
#include "http/client.h"
#include "http/json.h"
#include "http/response.h"
#include "util/array.h"
#include "util/text.h"

#include <json.h>
#include <json_pointer.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NO_RULE (-1)

static const char *judge_rule_text(const struct fob_handle *handle, size_t index, const char *key)
{
    return fob_option_member(handle, "answers", index, key);
}

/* The status of rule number INDEX; 0 after the last. */
static int judge_rule_status(const struct fob_handle *handle, size_t index)
{
    const char *text = judge_rule_text(handle, index, "status");

    return text != NULL ? (int)strtol(text, NULL, 10) : 0;
}

/* The default rules. */
static int judge_status_code(int status)
{
    if (status >= 200 && status < 300)
        return FOB_SUCCESS;
    if (status >= 500 && status < 600)
        return FOB_UNAVAILABLE;
    switch (status) {
    case 401:
        return FOB_REJECTED;
    case 403:
        return FOB_DENIED;
    case 429:
        return FOB_RATE_LIMITED;
    default:
        return FOB_PROTOCOL;
    }
}

static int judge_rule_code(const struct fob_handle *handle, size_t index)
{
    const char *name = judge_rule_text(handle, index, "code");
    int code = judge_status_code(judge_rule_status(handle, index));

    if (name != NULL && fob_code_from_name(name, &code) != FOB_SUCCESS)
        return FOB_INVALID;
    return code;
}

/* No rule may reject a credential for a server's failure, or accept one. */
static bool judge_rule_may_say(int status, bool looks_at_body, int code)
{
    switch (code) {
    case FOB_REJECTED:
    case FOB_EXPIRED:
    case FOB_DENIED:
        return (status >= 400 && status < 500 && status != 429) ||
               (status >= 200 && status < 300 && looks_at_body);
    case FOB_UNAVAILABLE:
    case FOB_RATE_LIMITED:
    case FOB_PROTOCOL:
        return true;
    default:
        return false;
    }
}

/* What is wrong with rule number INDEX, and with which KEY of it; or NULL. */
static const char *judge_rule_fault(const struct fob_handle *handle, size_t index, const char **key)
{
    const char *text = judge_rule_text(handle, index, "status");
    const char *at = judge_rule_text(handle, index, "at");
    const char *is = judge_rule_text(handle, index, "is");
    const int status = judge_rule_status(handle, index);

    *key = "status";
    if (strlen(text) != 3 || strspn(text, "0123456789") != 3 || status < 200 || status > 599)
        return "status must be a number from 200 to 599";
    *key = "at";
    if (at != NULL && at[0] != '\0' && at[0] != '/')
        return "at must be a JSON Pointer, which begins with a slash";
    *key = "is";
    if (at == NULL && is != NULL)
        return "is wants at, the place of what it is compared with";
    *key = "code";
    if (!judge_rule_may_say(status, at != NULL && is != NULL, judge_rule_code(handle, index)))
        return "code must be rejected, expired or denied, of a status from 400 on but 429, or of "
               "2xx with at and is; or unavailable, rate_limited or protocol";
    return NULL;
}

int judge_check_rules(struct fob_handle *handle)
{
    const char *fault = NULL;
    const char *key;
    size_t i = 0;

    for (; fault == NULL && judge_rule_text(handle, i, "status") != NULL; i++)
        fault = judge_rule_fault(handle, i, &key);
    return fault == NULL ? FOB_SUCCESS
                         : fob_fail(handle, FOB_CONFIG, "provider %s: answers: number %zu: %s",
                                    fob_provider_name(handle), i, fault);
}

void fob_http_check(struct fob_handle *handle)
{
    const char *name = fob_option_text(handle, "retry_at");

    for (size_t i = 0; judge_rule_text(handle, i, "status") != NULL; i++) {
        const char *key;
        const char *fault = judge_rule_fault(handle, i, &key);

        if (fault != NULL)
            fob_item_mistake(handle, "answers", i, key, "%s", fault);
    }
    if (name != NULL && !text_is_token(name))
        fob_mistake(handle, "retry_at", "must be the name of a header");
}

/* Whether BODY has at AT a value that reads as IS; or, without IS, any value but null. */
static bool judge_has_value(struct json_object *body, const char *at, const char *is)
{
    struct json_object *value = NULL;

    if (json_pointer_get(body, at, &value) != 0 || value == NULL)
        return false;
    return is == NULL || strcmp(json_object_get_string(value), is) == 0;
}

/* The number of the first rule that matches; NO_RULE for none. */
static int judge_find_rule(const struct fob_http *http, const struct fob_http_response *response)
{
    const struct fob_handle *handle = http->handle;
    struct json_object *body = NULL;
    int found = NO_RULE;
    const char *why;
    const char *text;
    size_t size;
    int status;

    if (judge_rule_status(handle, 0) == 0)
        return NO_RULE;
    text = fob_http_body(response, &size);
    (void)json_read(text, size, &body, &why); /* without JSON no rule about the body matches */
    for (size_t i = 0; found == NO_RULE && (status = judge_rule_status(handle, i)) != 0; i++) {
        const char *at = judge_rule_text(handle, i, "at");

        if (status == response->status &&
            (at == NULL || judge_has_value(body, at, judge_rule_text(handle, i, "is"))))
            found = (int)i;
    }
    json_object_put(body);
    return found;
}

/* Whether the provider's file has rules for refusals with STATUS. */
static bool judge_are_refusals_named(const struct fob_handle *handle, int status)
{
    int named;

    for (size_t i = 0; (named = judge_rule_status(handle, i)) != 0; i++) {
        int code = judge_rule_code(handle, i);

        if (named == status && (code == FOB_REJECTED || code == FOB_DENIED || code == FOB_EXPIRED))
            return true;
    }
    return false;
}

static bool judge_is_zero(const char *text)
{
    return text[0] == '0' && strspn(text, "0") == strcspn(text, ",; \t");
}

/* Whether the parameter NAME in VALUE, such as "remaining=", is 0. */
static bool judge_has_zero(const char *value, const char *name)
{
    for (const char *at = value; (at = strcasestr(at, name)) != NULL; at++) {
        if ((at == value || strchr(",; \t", at[-1]) != NULL) && judge_is_zero(at + strlen(name)))
            return true;
    }
    return false;
}

/* X-RateLimit-Remaining: 0, in any of its spellings; and RateLimit: ...;r=0. */
static bool judge_says_none_left(const struct response_header *header)
{
    if (strcasestr(header->name, "ratelimit") == NULL &&
        strcasestr(header->name, "rate-limit") == NULL)
        return false;
    if (strcasestr(header->name, "remaining") != NULL)
        return judge_is_zero(header->value);
    return judge_has_zero(header->value, "remaining=") || judge_has_zero(header->value, "r=");
}

static bool judge_has_limit_sign(const struct fob_http_response *response)
{
    if (fob_http_header(response, "Retry-After") != NULL)
        return true;
    for (size_t i = 0; i < response->header_count; i++) {
        if (judge_says_none_left(&response->headers[i]))
            return true;
    }
    return false;
}

/* Signs of the bot checks of Cloudflare, AWS, DataDome, Imperva, PerimeterX and Sucuri. */
static bool judge_has_bot_check_sign(const struct fob_http_response *response)
{
    static const char *const names[] = { "cf-mitigated", "cf-chl-bypass",   "x-amzn-waf-action",
                                         "x-datadome",   "x-dd-b",          "x-iinfo",
                                         "x-px-blocked", "x-px-mitigation", "x-sucuri-block" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (fob_http_header(response, names[i]) != NULL)
            return true;
    }
    return false;
}

struct judgment {
    int code;
    const char *text; /* what HOST does, for the message */
    const char *said; /* what the rule says instead; or NULL */
};

static const char *judge_code_text(int code, int status)
{
    switch (code) {
    case FOB_REJECTED:
        return "does not accept the credential";
    case FOB_EXPIRED:
        return "says that the credential has expired";
    case FOB_DENIED:
        return "does not allow this";
    case FOB_RATE_LIMITED:
        return "asks for fewer calls";
    case FOB_UNAVAILABLE:
        return "cannot answer now";
    default:
        return status == 404 ? "has nothing at this address" : "gave an unexpected answer";
    }
}

/* Judge a refusal that no rule matches: the provider's own, or somebody else's. */
static struct judgment judge_refusal(const struct fob_http *http,
                                     const struct fob_http_response *response, int code)
{
    if (judge_are_refusals_named(http->handle, response->status))
        return (struct judgment){ FOB_UNAVAILABLE, "refused in no way that its answers: name",
                                  NULL };
    if (judge_has_limit_sign(response))
        return (struct judgment){ FOB_RATE_LIMITED, judge_code_text(FOB_RATE_LIMITED, 0), NULL };
    if (judge_has_bot_check_sign(response))
        return (struct judgment){ FOB_UNAVAILABLE, "is behind a bot check that stopped fob", NULL };
    if (response_is_html(response))
        return (struct judgment){ FOB_UNAVAILABLE, "says nothing on the credential", NULL };
    return (struct judgment){ code, judge_code_text(code, response->status), NULL };
}

/* A provider may report a failure in a body whose status is a success. */
static bool judge_reports_failure(const struct fob_http_response *response)
{
    size_t size;
    const char *body = fob_http_body(response, &size);

    return json_denies(body, size, "success");
}

static struct judgment judge_response(const struct fob_http *http,
                                      const struct fob_http_response *response)
{
    const int rule = judge_find_rule(http, response);
    int code = judge_status_code(response->status);
    const char *said = NULL;

    if (rule == NO_RULE && certificate_is_refused(response))
        return (struct judgment){ http->key != NULL ? FOB_REJECTED : FOB_UNTRUSTED,
                                  http->key != NULL ? "does not accept the client certificate"
                                                    : "requires a client certificate",
                                  NULL };
    if (rule == NO_RULE && (code == FOB_REJECTED || code == FOB_DENIED))
        return judge_refusal(http, response, code);
    if (rule == NO_RULE && code == FOB_SUCCESS && judge_reports_failure(response))
        return (struct judgment){ FOB_PROTOCOL, "reports a failure", NULL };
    if (rule != NO_RULE) {
        code = judge_rule_code(http->handle, (size_t)rule);
        said = judge_rule_text(http->handle, (size_t)rule, "say");
    }
    return (struct judgment){ code, judge_code_text(code, response->status), said };
}

static void judge_hint(const struct fob_http *http, const struct fob_http_response *response,
                       int code)
{
    if (response->retry_after > 0 && (code == FOB_RATE_LIMITED || code == FOB_UNAVAILABLE))
        fob_hint(http->handle, "try again in %lld second%s: %s asks for that pause",
                 (long long)response->retry_after, text_plural((uint64_t)response->retry_after),
                 http->base.host);
    else if (code == FOB_PROTOCOL && response->status >= 300)
        fob_hint(http->handle, "check %s (%s)", client_address_name(http), http->base.text);
    else if (code == FOB_UNAVAILABLE && response->status < 500)
        fob_hint(http->handle,
                 "something before %s may have answered; if it refuses a credential like this, "
                 "name that with answers: in the provider's file (fob-provider(5))",
                 http->base.host);
}

int fob_http_code(const struct fob_http *http, const struct fob_http_response *response)
{
    char words[FOB_HTTP_WORDS];
    struct judgment judgment;

    NEED_HTTP(http);
    NEED(response);
    judgment = judge_response(http, response);
    if (judgment.code == FOB_SUCCESS)
        return FOB_SUCCESS;
    fob_http_words(http, response, words);
    fob_fail(http->handle, judgment.code, "%s%s%s (HTTP %d)%s%s", http->base.host,
             judgment.said != NULL ? ": " : " ",
             judgment.said != NULL ? judgment.said : judgment.text, response->status,
             words[0] != '\0' ? ": " : "", words);
    judge_hint(http, response, judgment.code);
    return judgment.code;
}
