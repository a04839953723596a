/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes a rehearsal as YAML. */
#include "config.h"

#include "core/account/recorder_parts.h"

#include "core/provider/rehearsal_parts.h"
#include "frame/frame.h"
#include "util/error.h"
#include "util/json_write.h"
#include "util/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FORM "application/x-www-form-urlencoded"

/* Append a line "KEY: VALUE", indented by DEPTH; what JSON quotes, YAML reads. */
static void recorder_write_line(struct strbuf *out, int depth, const char *key, struct span value)
{
    strbuf_printf(out, "%*s", depth, "");
    if (isalpha((unsigned char)key[0]) && text_is_parameter(key))
        strbuf_add_text(out, key);
    else
        json_write_string(out, key, strlen(key));
    strbuf_add_text(out, ": ");
    json_write_string(out, value.data, value.size);
    strbuf_add_text(out, "\n");
}

static void recorder_write_text(struct strbuf *out, int depth, const char *key, const char *text)
{
    recorder_write_line(out, depth, key, wire_text(text));
}

static void recorder_write_fields(const struct recorder *recorder, struct strbuf *out)
{
    const struct provider_field *field;
    bool begun = false;

    for (size_t i = 0; (field = provider_field_at(recorder->model->provider, i)) != NULL; i++) {
        if (recorder->fields[i] == NULL)
            continue;
        if (!begun)
            strbuf_add_text(out, "    fields:\n");
        begun = true;
        recorder_write_text(out, 6, field->public.name, recorder->fields[i]);
    }
}

static void recorder_write_headers(struct strbuf *out, struct span items)
{
    bool begun = false;
    struct span item;
    uint8_t tag;

    while (frame_next(&items, &tag, &item)) {
        if (tag != FRAME_HEADER || rehearsal_is_free_header(item.data))
            continue;
        if (!begun)
            strbuf_printf(out, "%*sheaders:\n", 14, "");
        begun = true;
        recorder_write_line(out, 16, item.data, frame_pair_value(item));
    }
}

static bool recorder_sends_form(struct span items)
{
    struct span item;
    uint8_t tag;

    while (frame_next(&items, &tag, &item)) {
        if (tag == FRAME_HEADER && strcasecmp(item.data, "Content-Type") == 0)
            return strncasecmp(frame_pair_value(item).data, FORM, strlen(FORM)) == 0;
    }
    return false;
}

static void recorder_write_parameter(struct strbuf *out, const char *text, size_t size)
{
    const char *equals = memchr(text, '=', size);
    const size_t name_size = equals != NULL ? (size_t)(equals - text) : size;
    struct strbuf name = STRBUF_INIT;
    struct strbuf value = STRBUF_INIT;

    rehearsal_decode(text, name_size, &name);
    strbuf_add(&name, "", 0);
    if (equals != NULL)
        rehearsal_decode(equals + 1, size - name_size - 1, &value);
    if (!name.failed && !value.failed)
        recorder_write_line(out, 16, name.data, (struct span){ value.data, value.size });
    out->failed |= name.failed || value.failed;
    strbuf_free(&name);
    strbuf_free(&value);
}

static void recorder_write_form(struct strbuf *out, struct span content)
{
    const char *at = content.data;
    const char *end = at + content.size;

    strbuf_printf(out, "%*sform:\n", 14, "");
    while (at < end) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        const char *stop = next != NULL ? next : end;

        recorder_write_parameter(out, at, (size_t)(stop - at));
        at = stop + 1;
    }
}

static int recorder_write_body(struct strbuf *out, struct span items)
{
    struct span body;
    struct tree json;

    if (frame_find(items, FRAME_JSON, &body)) {
        json = tree_root(body);
        strbuf_printf(out, "%*sbody: ", 14, "");
        tree_write(out, &json);
        strbuf_add_text(out, "\n");
    } else if (frame_find(items, FRAME_CONTENT, &body)) {
        if (!recorder_sends_form(items))
            return error_set(FOB_PROTOCOL, "a request's body is neither a form nor JSON");
        recorder_write_form(out, body);
    }
    return FOB_SUCCESS;
}

static int recorder_write_request(struct strbuf *out, struct span items)
{
    const char *sent = frame_text(items, FRAME_METHOD);
    size_t at = 0;

    while (at < REHEARSAL_METHODS && strcasecmp(rehearsal_methods[at], sent) != 0)
        at++;
    if (at == REHEARSAL_METHODS)
        return error_set(FOB_PROTOCOL, "a request's method cannot be in a rehearsal");
    strbuf_add_text(out, "          - request:\n");
    recorder_write_text(out, 14, rehearsal_methods[at], frame_text(items, FRAME_TARGET));
    recorder_write_headers(out, items);
    return recorder_write_body(out, items);
}

static void recorder_write_answer_headers(struct strbuf *out, const struct recorded_answer *answer)
{
    bool begun = answer->retry_after > 0;

    if (begun)
        strbuf_printf(out, "%*sheaders:\n%*sRetry-After: \"%lld\"\n", 14, "", 16, "",
                      (long long)answer->retry_after);
    for (size_t i = 0; i < answer->header_count; i++) {
        const struct recorded_header *header = &answer->headers[i];
        const char *value = header->example != NULL ? header->example : header->value;

        if (header->dropped)
            continue;
        if (!begun)
            strbuf_printf(out, "%*sheaders:\n", 14, "");
        begun = true;
        recorder_write_line(out, 16, header->name, wire_text(value));
    }
}

static void recorder_write_answer(struct strbuf *out, const struct recorded_answer *answer)
{
    strbuf_add_text(out, "            answer:\n");
    if (answer->fault >= 0) {
        strbuf_printf(out, "%*sfault: %s\n", 14, "", rehearsal_faults[answer->fault]);
        return;
    }
    strbuf_printf(out, "%*sstatus: %d\n", 14, "", answer->status);
    recorder_write_answer_headers(out, answer);
    if (recording_has_json(answer)) {
        strbuf_printf(out, "%*sjson: ", 14, "");
        recording_write_json(out, &answer->json);
        strbuf_add_text(out, "\n");
    } else if (recording_has_text(answer)) {
        recorder_write_text(out, 14, "text", answer->example);
    }
}

int recorder_write(const struct recorder *recorder, struct strbuf *out)
{
    const struct recording *recording = recorder->recording;
    const char *ends = fob_code_name(recorder->live.code);
    int code = FOB_SUCCESS;

    strbuf_printf(out, "  - name: a recorded link that ends with %s\n", ends);
    recorder_write_fields(recorder, out);
    strbuf_printf(out, "    steps:\n      - link: %s\n", ends);
    if (recorder->live.code == FOB_SUCCESS && recorder->live.identified) {
        recorder_write_text(out, 8, "id", recorder->id);
        recorder_write_text(out, 8, "name", recorder->name);
    }
    if (recording->count > 0)
        strbuf_add_text(out, "        calls:\n");
    for (size_t i = 0; i < recording->count && code == FOB_SUCCESS; i++) {
        const struct strbuf *sent = &recorder->sent[i];

        code = recorder_write_request(out, (struct span){ sent->data, sent->size });
        recorder_write_answer(out, recording->answers[i]);
    }
    return out->failed ? error_nomem() : code;
}
