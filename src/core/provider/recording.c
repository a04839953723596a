/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Takes the answers of a recording, and makes them again. */
#include "config.h"

#include "core/provider/recording.h"

#include "frame/frame.h"
#include "util/array.h"
#include "util/error.h"
#include "util/json_write.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The most values in a body; a greater number only costs time. */
#define VALUES_MAX 100000

static void recording_free_value(struct recorded_value *value)
{
    for (size_t i = 0; i < value->count; i++)
        recording_free_value(&value->items[i]);
    free(value->items);
    free(value->example);
}

static void recording_free_answer(struct recorded_answer *answer)
{
    if (answer == NULL)
        return;
    for (size_t i = 0; i < answer->header_count; i++)
        free(answer->headers[i].example);
    recording_free_value(&answer->json);
    free(answer->example);
    fob_secret_free(answer->memory);
    free(answer);
}

void recording_clear(struct recording *recording)
{
    for (size_t i = 0; i < recording->count; i++)
        recording_free_answer(recording->answers[i]);
    *recording = (struct recording){ .count = 0 };
}

/* Whether a header is of the connection, or has its own place in a rehearsal's answer. */
static bool recording_leaves_header(const char *name)
{
    static const char *const names[] = { "Connection",  "Content-Length", "Date",
                                         "Retry-After", "Set-Cookie",     "Transfer-Encoding" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcasecmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

/* Cut LINES, the status line and the headers, up in place. */
static void recording_cut_headers(struct recorded_answer *answer, char *lines)
{
    char *line;

    (void)strsep(&lines, "\n");
    while ((line = strsep(&lines, "\n")) != NULL && answer->header_count < RECORDING_HEADERS_MAX) {
        char *value = strchr(line, ':');

        line[strcspn(line, "\r")] = '\0';
        if (value == NULL)
            continue;
        *value++ = '\0';
        value += strspn(value, " \t");
        if (text_is_token(line) && !recording_leaves_header(line) &&
            text_is_utf8(value, strlen(value)) && !text_has_control(value, strlen(value)))
            answer->headers[answer->header_count++] =
                (struct recorded_header){ .name = line, .value = value };
    }
}

static size_t recording_count_items(const struct tree *container)
{
    struct span rest = container->content;
    struct tree value;
    size_t count = 0;

    while (tree_next(container, &rest, &value))
        count++;
    return container->kind == TREE_OBJECT ? count / 2 : count;
}

/* Make MADE of VALUE, which is nested as little as a tree; LEFT counts values down. */
static int recording_read_value(const struct tree *value, struct recorded_value *made, size_t *left)
{
    struct span rest = value->content;
    struct tree name;
    struct tree item;
    size_t count;
    int code = FOB_SUCCESS;

    *made = (struct recorded_value){ .value = *value };
    if (!tree_is_container(value))
        return FOB_SUCCESS;
    count = recording_count_items(value);
    if (count > *left)
        return FOB_INVALID;
    *left -= count;
    made->items = calloc(count + 1, sizeof *made->items);
    if (made->items == NULL)
        return error_nomem();
    while (code == FOB_SUCCESS && made->count < count) {
        if (value->kind == TREE_OBJECT)
            (void)tree_next(value, &rest, &name);
        (void)tree_next(value, &rest, &item);
        code = recording_read_value(&item, &made->items[made->count], left);
        made->items[made->count++].name = value->kind == TREE_OBJECT ? name.content.data : NULL;
    }
    return code;
}

static int recording_fail(struct recording *recording, const char *why)
{
    snprintf(recording->why, sizeof recording->why, "%s", why);
    return FOB_SUCCESS;
}

/* Read ITEMS, which ANSWER owns. */
static int recording_read(struct recording *recording, struct recorded_answer *answer,
                          struct span items)
{
    const char *lines = frame_text(items, FRAME_LINES);
    size_t left = VALUES_MAX;
    struct span json;
    struct tree root;
    int code = FOB_SUCCESS;

    answer->fault = (int)frame_number(items, FRAME_FAULT, -1);
    answer->status = (int)frame_number(items, FRAME_STATUS, 0);
    answer->retry_after = frame_number(items, FRAME_RETRY_AFTER, 0);
    if (answer->fault > FRAME_UNTRUSTED ||
        (answer->fault < 0 && (answer->status < 200 || answer->status > 599)))
        return error_set(FOB_PLUGIN, "an answer that cannot be");
    (void)frame_find(items, FRAME_CONTENT, &answer->text);
    if (frame_find(items, FRAME_JSON, &json)) {
        root = tree_root(json);
        code = recording_read_value(&root, &answer->json, &left);
    } else if (answer->text.size == 0 && frame_number(items, FRAME_SIZE, 0) > 0) {
        code = FOB_INVALID;
    }
    if (lines != NULL)
        recording_cut_headers(answer, secret_buffer(answer->memory) +
                                          (lines - fob_secret_data(answer->memory)));
    return code == FOB_INVALID ? recording_fail(recording, "an answer is too large") : code;
}

int recording_take(struct recording *recording, struct span items)
{
    struct recorded_answer *answer;
    int code;

    if (recording->why[0] != '\0')
        return FOB_SUCCESS;
    if (recording->count == RECORDING_ANSWERS_MAX)
        return recording_fail(recording, "there are too many answers");
    answer = calloc(1, sizeof *answer);
    if (answer == NULL)
        return error_nomem();
    code = secret_alloc(items.size, &answer->memory);
    if (code == FOB_SUCCESS && items.size > 0)
        memcpy(secret_buffer(answer->memory), items.data, items.size);
    if (code == FOB_SUCCESS)
        code = recording_read(recording, answer,
                              (struct span){ fob_secret_data(answer->memory), items.size });
    if (code == FOB_SUCCESS)
        recording->answers[recording->count++] = answer;
    else
        recording_free_answer(answer);
    return code;
}

bool recording_has_json(const struct recorded_answer *answer)
{
    return answer->json.value.kind != 0 && !answer->dropped;
}

bool recording_has_text(const struct recorded_answer *answer)
{
    return answer->text.size > 0 && !answer->dropped;
}

void recording_write_json(struct strbuf *out, const struct recorded_value *value)
{
    const bool object = value->value.kind == TREE_OBJECT;
    bool first = true;

    if (value->example != NULL && value->value.kind == TREE_STRING)
        json_write_string(out, value->example, strlen(value->example));
    else if (value->example != NULL)
        strbuf_add_text(out, value->example);
    else if (!tree_is_container(&value->value))
        tree_write(out, &value->value);
    if (!tree_is_container(&value->value))
        return;
    strbuf_add_text(out, object ? "{" : "[");
    for (size_t i = 0; i < value->count; i++) {
        const struct recorded_value *item = &value->items[i];

        if (item->dropped)
            continue;
        strbuf_add_text(out, first ? "" : ", ");
        first = false;
        if (object) {
            json_write_string(out, item->name, strlen(item->name));
            strbuf_add_text(out, ": ");
        }
        recording_write_json(out, item);
    }
    strbuf_add_text(out, object ? "}" : "]");
}

static void recording_make_lines(const struct recorded_answer *answer, struct strbuf *lines)
{
    bool typed = false;

    strbuf_printf(lines, "HTTP/1.1 %d\r\n", answer->status);
    for (size_t i = 0; i < answer->header_count; i++) {
        const struct recorded_header *header = &answer->headers[i];

        if (header->dropped)
            continue;
        typed |= strcasecmp(header->name, "Content-Type") == 0;
        strbuf_printf(lines, "%s: %s\r\n", header->name,
                      header->example != NULL ? header->example : header->value);
    }
    if (recording_has_json(answer) && !typed)
        strbuf_add_text(lines, "Content-Type: application/json\r\n");
    if (answer->retry_after > 0)
        strbuf_printf(lines, "Retry-After: %lld\r\n", (long long)answer->retry_after);
    strbuf_add_text(lines, "\r\n");
}

int recording_make_answer(const struct recorded_answer *answer, struct rehearsal_answer *made)
{
    /* Growing would leave copies of what may be secret: as JSON, a character is at most six bytes.
     */
    const size_t room = 6 * fob_secret_size(answer->memory) + 64;

    *made = (struct rehearsal_answer){ .fault = answer->fault, .status = answer->status };
    if (answer->fault >= 0)
        return FOB_SUCCESS;
    (void)strbuf_extend(&made->lines, room);
    (void)strbuf_extend(&made->content, room);
    if (made->lines.failed || made->content.failed)
        return error_nomem();
    strbuf_reset(&made->lines);
    strbuf_reset(&made->content);
    recording_make_lines(answer, &made->lines);
    if (recording_has_json(answer))
        recording_write_json(&made->content, &answer->json);
    else if (recording_has_text(answer) && answer->example != NULL)
        strbuf_add_text(&made->content, answer->example);
    else if (recording_has_text(answer))
        strbuf_add(&made->content, answer->text.data, answer->text.size);
    return made->lines.failed || made->content.failed ? error_nomem() : FOB_SUCCESS;
}
