/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Compares requests with those of a rehearsal, strictly, and makes their answers. */
#include "config.h"

#include "core/provider/rehearsal.h"
#include "core/provider/rehearsal_parts.h"

#include "frame/frame.h"
#include "util/array.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"
#include "util/tree.h"
#include "util/yaml_items.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FAILURE 900

const char *const rehearsal_methods[REHEARSAL_METHODS] = { "get", "head",  "post",
                                                           "put", "patch", "delete" };

const char *const rehearsal_faults[] = {
    [FRAME_REFUSED] = "refused", [FRAME_LATE] = "timeout", [FRAME_UNTRUSTED] = "certificate", NULL
};
const char *const rehearsal_no_answer[] = { "fault", NULL };

/* The comparison of one request. */
struct rehearsal_match {
    struct rehearsal *rehearsal;
    const struct yaml_node *request;
    struct span items;
    bool failed;
};

void rehearsal_fail(struct rehearsal *rehearsal, const struct yaml_node *node, const char *format,
                    ...)
{
    const struct yaml_node *name = yaml_get(rehearsal->tree, "name");
    char text[FAILURE];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rehearsal->failed = true;
    yaml_mistake(rehearsal->file, node, "rehearsal \"%s\": %s %s", name->text, rehearsal->hook,
                 text);
}

static void rehearsal_match_fail(struct rehearsal_match *match, const struct yaml_node *node,
                                 const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Add the first failure of a request. */
static void rehearsal_match_fail(struct rehearsal_match *match, const struct yaml_node *node,
                                 const char *format, ...)
{
    char text[FAILURE];
    va_list args;

    if (match->failed)
        return;
    match->failed = true;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rehearsal_fail(match->rehearsal, node, "%s", text);
}

/* The node with the request's URL; METHOD is its key. */
static const struct yaml_node *rehearsal_find_url(const struct yaml_node *request,
                                                  const char **method)
{
    const struct yaml_node *url = NULL;

    for (size_t i = 0; i < REHEARSAL_METHODS && url == NULL; i++) {
        *method = rehearsal_methods[i];
        url = yaml_get(request, *method);
    }
    return url;
}

static void rehearsal_match_url(struct rehearsal_match *match)
{
    const char *sent_method = frame_text(match->items, FRAME_METHOD);
    const char *sent = frame_text(match->items, FRAME_TARGET);
    const char *method = "";
    const struct yaml_node *url = rehearsal_find_url(match->request, &method);
    char wanted[8] = "";

    for (size_t i = 0; i < sizeof wanted - 1 && method[i] != '\0'; i++)
        wanted[i] = (char)toupper((unsigned char)method[i]);
    if (strcmp(sent_method, wanted) != 0 || strcmp(sent, url->text) != 0)
        rehearsal_match_fail(match, url, "sent %s %s, not %s %s", sent_method, sent, wanted,
                             url->text);
}

bool rehearsal_is_free_header(const char *name)
{
    static const char *const names[] = { "Accept", "Accept-Encoding", "Content-Type",
                                         "User-Agent" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcasecmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

/* The value of NAME in HEADERS, letters' case aside; NULL if there is none. */
static const struct yaml_node *rehearsal_find_header(const struct yaml_node *headers,
                                                     const char *name)
{
    for (size_t i = 0; headers != NULL && i < headers->count; i++) {
        if (strcasecmp(headers->keys[i]->text, name) == 0)
            return headers->values[i];
    }
    return NULL;
}

static bool rehearsal_has_header(struct span items, const char *name)
{
    struct span item;
    uint8_t tag;

    while (frame_next(&items, &tag, &item)) {
        if (tag == FRAME_HEADER && strcasecmp(item.data, name) == 0)
            return true;
    }
    return false;
}

static bool rehearsal_is_text(const struct yaml_node *node, struct span value)
{
    return strlen(node->text) == value.size && memcmp(node->text, value.data, value.size) == 0;
}

static void rehearsal_match_headers(struct rehearsal_match *match)
{
    const struct yaml_node *headers = yaml_get(match->request, "headers");
    struct span rest = match->items;
    struct span item;
    uint8_t tag;

    while (frame_next(&rest, &tag, &item)) {
        const char *name = item.data;
        const struct yaml_node *wanted;
        struct span value;

        if (tag != FRAME_HEADER)
            continue;
        value = frame_pair_value(item);
        wanted = rehearsal_find_header(headers, name);
        if (wanted == NULL && !rehearsal_is_free_header(name))
            rehearsal_match_fail(match, match->request,
                                 "sent the header %s: %.*s, which is not expected", name,
                                 (int)value.size, (const char *)value.data);
        else if (wanted != NULL && !rehearsal_is_text(wanted, value))
            rehearsal_match_fail(match, wanted, "sent %s: %.*s, not %s", name, (int)value.size,
                                 (const char *)value.data, wanted->text);
    }
    for (size_t i = 0; headers != NULL && i < headers->count; i++) {
        if (!rehearsal_has_header(match->items, headers->keys[i]->text))
            rehearsal_match_fail(match, headers->keys[i], "did not send the header %s",
                                 headers->keys[i]->text);
    }
}

static bool rehearsal_equal(const struct tree *a, const struct tree *b);

static bool rehearsal_equal_items(const struct tree *a, const struct tree *b)
{
    struct span rest_a = a->content;
    struct span rest_b = b->content;
    struct tree value_a;
    struct tree value_b;

    while (tree_next(a, &rest_a, &value_a)) {
        if (!tree_next(b, &rest_b, &value_b) || !rehearsal_equal(&value_a, &value_b))
            return false;
    }
    return !tree_next(b, &rest_b, &value_b);
}

static size_t rehearsal_count_members(const struct tree *object)
{
    struct span rest = object->content;
    struct tree name;
    struct tree value;
    size_t count = 0;

    while (tree_next_member(object, &rest, &name, &value))
        count++;
    return count;
}

/* Whether OBJECT has a member NAME that equals WANTED. */
static bool rehearsal_has_member(const struct tree *object, const struct tree *name,
                                 const struct tree *wanted)
{
    struct span rest = object->content;
    struct tree other;
    struct tree value;

    while (tree_next_member(object, &rest, &other, &value)) {
        if (rehearsal_equal(&other, name) && rehearsal_equal(&value, wanted))
            return true;
    }
    return false;
}

static bool rehearsal_equal_members(const struct tree *a, const struct tree *b)
{
    struct span rest = a->content;
    struct tree name;
    struct tree value;

    if (rehearsal_count_members(a) != rehearsal_count_members(b))
        return false;
    while (tree_next_member(a, &rest, &name, &value)) {
        if (!rehearsal_has_member(b, &name, &value))
            return false;
    }
    return true;
}

/* Whether two values of JSON are equal; members have no order. */
static bool rehearsal_equal(const struct tree *a, const struct tree *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == TREE_ARRAY)
        return rehearsal_equal_items(a, b);
    if (a->kind == TREE_OBJECT)
        return rehearsal_equal_members(a, b);
    return a->content.size == b->content.size &&
           (a->content.size == 0 || memcmp(a->content.data, b->content.data, a->content.size) == 0);
}

/* Append NODE as JSON. */
static void rehearsal_write_json(struct strbuf *out, const struct yaml_node *node)
{
    struct strbuf items = STRBUF_INIT;
    struct tree tree;

    yaml_items_write(&items, node);
    if (items.failed) {
        out->failed = true;
    } else {
        tree = tree_root((struct span){ items.data, items.size });
        tree_write(out, &tree);
    }
    strbuf_free(&items);
}

static void rehearsal_match_json(struct rehearsal_match *match, const struct yaml_node *body,
                                 struct span json)
{
    const struct tree sent = tree_root(json);
    struct strbuf items = STRBUF_INIT;
    struct strbuf shown = STRBUF_INIT;
    struct strbuf wanted = STRBUF_INIT;
    struct tree tree;

    yaml_items_write(&items, body);
    if (!items.failed) {
        tree = tree_root((struct span){ items.data, items.size });
        if (!rehearsal_equal(&sent, &tree)) {
            tree_write(&shown, &sent);
            tree_write(&wanted, &tree);
        }
    }
    if (shown.data != NULL && wanted.data != NULL)
        rehearsal_match_fail(match, body, "sent the body %s, not %s", shown.data, wanted.data);
    match->failed |= items.failed || shown.failed || wanted.failed;
    strbuf_free(&items);
    strbuf_free(&shown);
    strbuf_free(&wanted);
}

static int rehearsal_hex(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

void rehearsal_decode(const char *text, size_t size, struct strbuf *out)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i] == '+' ? ' ' : text[i];

        if (c == '%' && i + 2 < size && rehearsal_hex(text[i + 1]) >= 0 &&
            rehearsal_hex(text[i + 2]) >= 0) {
            c = (char)(rehearsal_hex(text[i + 1]) * 16 + rehearsal_hex(text[i + 2]));
            i += 2;
        }
        strbuf_add(out, &c, 1);
    }
}

/* Check a parameter of a form that was sent. */
static void rehearsal_match_parameter(struct rehearsal_match *match, const struct yaml_node *form,
                                      const char *text, size_t size)
{
    const char *equals = memchr(text, '=', size);
    const size_t name_size = equals != NULL ? (size_t)(equals - text) : size;
    struct strbuf name = STRBUF_INIT;
    struct strbuf value = STRBUF_INIT;
    const struct yaml_node *wanted;

    rehearsal_decode(text, name_size, &name);
    strbuf_add(&name, "", 1);
    if (equals != NULL)
        rehearsal_decode(equals + 1, size - name_size - 1, &value);
    strbuf_add(&value, "", 1);
    match->failed |= name.failed || value.failed;
    wanted = name.failed ? NULL : yaml_get(form, name.data);
    if (!match->failed && wanted == NULL)
        rehearsal_match_fail(match, form, "sent %s=%s in the form, which is not expected",
                             name.data, value.data);
    else if (!match->failed && strcmp(wanted->text, value.data) != 0)
        rehearsal_match_fail(match, wanted, "sent %s=%s in the form, not %s", name.data, value.data,
                             wanted->text);
    strbuf_free(&name);
    strbuf_free(&value);
}

static void rehearsal_match_form(struct rehearsal_match *match, const struct yaml_node *form,
                                 struct span content)
{
    const char *at = content.data;
    const char *end = at + content.size;
    size_t sent = 0;

    while (at < end) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        const char *stop = next != NULL ? next : end;

        rehearsal_match_parameter(match, form, at, (size_t)(stop - at));
        sent++;
        at = stop + 1;
    }
    if (sent != form->count)
        rehearsal_match_fail(match, form, "sent %zu parameters in the form, not %zu", sent,
                             form->count);
}

static void rehearsal_match_body(struct rehearsal_match *match)
{
    const struct yaml_node *form = yaml_get(match->request, "form");
    const struct yaml_node *body = yaml_get(match->request, "body");
    struct span content;
    struct span json;
    const bool has_content = frame_find(match->items, FRAME_CONTENT, &content);
    const bool has_json = frame_find(match->items, FRAME_JSON, &json);

    if (form != NULL && has_content)
        rehearsal_match_form(match, form, content);
    else if (body != NULL && has_json)
        rehearsal_match_json(match, body, json);
    else if (form != NULL || body != NULL)
        rehearsal_match_fail(match, form != NULL ? form : body, "did not send %s",
                             form != NULL ? "a form" : "JSON");
    else if (has_content || has_json)
        rehearsal_match_fail(match, match->request, "sent a body, which is not expected");
}

static void rehearsal_make_lines(const struct yaml_node *answer, struct rehearsal_answer *made)
{
    const struct yaml_node *headers = yaml_get(answer, "headers");
    const bool json = yaml_get(answer, "json") != NULL;

    strbuf_printf(&made->lines, "HTTP/1.1 %d\r\n", made->status);
    if (json && rehearsal_find_header(headers, "Content-Type") == NULL)
        strbuf_add_text(&made->lines, "Content-Type: application/json\r\n");
    for (size_t i = 0; headers != NULL && i < headers->count; i++)
        strbuf_printf(&made->lines, "%s: %s\r\n", headers->keys[i]->text, headers->values[i]->text);
    strbuf_add_text(&made->lines, "\r\n");
}

/* The fault called TEXT. */
static int rehearsal_find_fault(const char *text)
{
    int fault = 0;

    while (rehearsal_faults[fault] != NULL && strcmp(text, rehearsal_faults[fault]) != 0)
        fault++;
    return rehearsal_faults[fault] != NULL ? fault : -1;
}

static int rehearsal_make_answer(const struct yaml_node *answer, struct rehearsal_answer *made)
{
    const struct yaml_node *fault = yaml_get(answer, "fault");
    const struct yaml_node *text = yaml_get(answer, "text");
    const struct yaml_node *json = yaml_get(answer, "json");

    if (fault != NULL) {
        made->fault = rehearsal_find_fault(fault->text);
        return FOB_SUCCESS;
    }
    made->status = (int)strtol(yaml_get(answer, "status")->text, NULL, 10);
    rehearsal_make_lines(answer, made);
    if (text != NULL)
        strbuf_add_text(&made->content, text->text);
    else if (json != NULL)
        rehearsal_write_json(&made->content, json);
    return made->lines.failed || made->content.failed ? error_nomem() : FOB_SUCCESS;
}

int rehearsal_answer(struct rehearsal *rehearsal, struct span items,
                     struct rehearsal_answer *answer)
{
    const struct yaml_node *calls = rehearsal->calls;
    struct rehearsal_match match = { .rehearsal = rehearsal, .items = items };
    const struct yaml_node *call;

    *answer = (struct rehearsal_answer){ .fault = -1 };
    if (calls == NULL || rehearsal->made >= calls->count) {
        rehearsal_fail(rehearsal, rehearsal->step, "made a call too many: %s %s",
                       frame_text(items, FRAME_METHOD), frame_text(items, FRAME_TARGET));
        return error_set(FOB_ABORT, "the rehearsal has no such call");
    }
    call = calls->values[rehearsal->made++];
    match.request = yaml_get(call, "request");
    rehearsal_match_url(&match);
    rehearsal_match_headers(&match);
    rehearsal_match_body(&match);
    if (match.failed)
        return error_set(FOB_ABORT, "the rehearsal has another call");
    return rehearsal_make_answer(yaml_get(call, "answer"), answer);
}

/* In a recording, BUF may have secrets. */
static void rehearsal_answer_wipe(struct strbuf *buf)
{
    if (buf->data != NULL)
        secret_wipe(buf->data, buf->size);
    strbuf_free(buf);
}

void rehearsal_answer_clear(struct rehearsal_answer *answer)
{
    rehearsal_answer_wipe(&answer->lines);
    rehearsal_answer_wipe(&answer->content);
}

void rehearsal_end_step(struct rehearsal *rehearsal)
{
    const struct yaml_node *sign_in = yaml_get(rehearsal->step, "sign_in");

    if (sign_in != NULL && !rehearsal->signed_in)
        rehearsal_fail(rehearsal, sign_in, "did not sign anybody in");
    if (rehearsal->calls != NULL && rehearsal->made < rehearsal->calls->count)
        rehearsal_fail(rehearsal, rehearsal->calls->values[rehearsal->made],
                       "did not make this call");
}
