/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Turns YAML text into a tree whose nodes know their positions.
 *
 * Uses libyaml's events rather than its documents, because the limits then hold during the parse.
 * libyaml's own loader takes minutes for 1 MiB of brackets or anchors.
 */
#include "config.h"

#include "util/array.h"
#include "util/yaml_parts.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct yaml_node *yaml_read_node(struct reading *reading, yaml_event_t *event, size_t depth);

/* Where the byte at OFFSET is. */
static yaml_mark_t yaml_mark_of_offset(const char *text, size_t offset)
{
    yaml_mark_t mark = { offset, 0, 0 };

    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            mark.column++;
        }
    }
    return mark;
}

static void yaml_report_parser_error(struct reading *reading)
{
    const yaml_parser_t *parser = &reading->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "cannot be read as YAML";
    yaml_mark_t mark = parser->problem_mark;
    char why[256];

    if (parser->error == YAML_MEMORY_ERROR) {
        yaml_tree_nomem(reading);
        return;
    }
    /* For this error libyaml has only the byte's offset. */
    if (parser->error == YAML_READER_ERROR)
        mark = yaml_mark_of_offset(reading->text, parser->problem_offset);
    snprintf(why, sizeof why, "%s%s%s", problem, parser->context != NULL ? " " : "",
             parser->context != NULL ? parser->context : "");
    yaml_tree_end(reading, &mark, why);
}

/* The next event, for the caller to delete.  False when the parser has stopped. */
static bool yaml_next_event(struct reading *reading, yaml_event_t *event)
{
    if (reading->ended)
        return false;
    if (!yaml_parser_parse(&reading->parser, event)) {
        yaml_report_parser_error(reading);
        return false;
    }
    return true;
}

static void yaml_check_tag(struct reading *reading, const yaml_mark_t *mark, const yaml_char_t *tag)
{
    static const char *const tags[] = { YAML_STR_TAG, YAML_SEQ_TAG,  YAML_MAP_TAG,  YAML_BOOL_TAG,
                                        YAML_INT_TAG, YAML_NULL_TAG, YAML_FLOAT_TAG };

    if (tag == NULL)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
        if (strcmp((const char *)tag, tags[i]) == 0)
            return;
    }
    yaml_tree_mistake(reading, mark, "tags are not used here");
}

/* The size of TEXT up to the first control character that is neither tab nor newline. */
static size_t yaml_clean_size(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size) {
        uint32_t character;
        size_t length = text_character(text + at, size - at, &character);

        if (length == 0 || (character < 0x20 && character != '\t' && character != '\n') ||
            (character >= 0x7f && character < 0xa0))
            break;
        at += length;
    }
    return at;
}

static struct yaml_node *yaml_scalar_text(struct reading *reading, const yaml_event_t *event,
                                          size_t depth)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t size = yaml_clean_size(text, event->data.scalar.length);
    struct yaml_node *node = yaml_tree_node(reading, YAML_TEXT, &event->start_mark, depth);

    if (node == NULL)
        return NULL;
    if (size < event->data.scalar.length)
        yaml_tree_mistake(reading, &event->start_mark, "a control character cannot be used");
    yaml_check_tag(reading, &event->start_mark, event->data.scalar.tag);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = strndup(text, size);
    if (node->text == NULL)
        yaml_tree_nomem(reading);
    yaml_alias_open(reading, event->data.scalar.anchor, &event->start_mark, node);
    yaml_alias_close(reading, node);
    return node;
}

/* Read the event that begins the next child of a list or map; false after END. */
static bool yaml_next_child(struct reading *reading, yaml_event_type_t end, yaml_event_t *event)
{
    if (!yaml_next_event(reading, event))
        return false;
    if (event->type != end)
        return true;
    yaml_event_delete(event);
    return false;
}

static struct yaml_node *yaml_read_list(struct reading *reading, const yaml_event_t *start,
                                        size_t depth)
{
    struct yaml_node *node = yaml_tree_node(reading, YAML_LIST, &start->start_mark, depth);
    yaml_event_t event;

    yaml_alias_open(reading, start->data.sequence_start.anchor, &start->start_mark, node);
    if (node != NULL)
        yaml_check_tag(reading, &start->start_mark, start->data.sequence_start.tag);
    while (yaml_next_child(reading, YAML_SEQUENCE_END_EVENT, &event)) {
        struct yaml_node *value = yaml_read_node(reading, &event, depth + 1);

        if (value != NULL)
            yaml_tree_add(reading, node, NULL, value);
    }
    yaml_alias_close(reading, node);
    return node;
}

/* Whether KEY may be added to MAP; otherwise adds a mistake. */
static bool yaml_key_is_good(struct reading *reading, const struct yaml_node *map,
                             const struct yaml_node *key)
{
    if (key->kind != YAML_TEXT || key->text[0] == '\0') {
        yaml_mistake(reading->file, key, "a key must be text");
        return false;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key->text) == 0) {
            yaml_mistake(reading->file, key, "%s: given twice, first in line %zu", key->text,
                         map->keys[i]->line);
            return false;
        }
    }
    return true;
}

static struct yaml_node *yaml_read_map(struct reading *reading, const yaml_event_t *start,
                                       size_t depth)
{
    struct yaml_node *node = yaml_tree_node(reading, YAML_MAP, &start->start_mark, depth);
    yaml_event_t event;

    yaml_alias_open(reading, start->data.mapping_start.anchor, &start->start_mark, node);
    if (node != NULL)
        yaml_check_tag(reading, &start->start_mark, start->data.mapping_start.tag);
    while (yaml_next_child(reading, YAML_MAPPING_END_EVENT, &event)) {
        struct yaml_node *key = yaml_read_node(reading, &event, depth + 1);
        struct yaml_node *value = NULL;

        if (yaml_next_event(reading, &event))
            value = yaml_read_node(reading, &event, depth + 1);
        if (!reading->ended && key != NULL && value != NULL &&
            yaml_key_is_good(reading, node, key)) {
            yaml_tree_add(reading, node, key, value);
        } else {
            yaml_tree_drop(reading, key);
            yaml_tree_drop(reading, value);
        }
    }
    yaml_alias_close(reading, node);
    return node;
}

/* Parse the node that EVENT begins, and delete EVENT.  NULL when the node cannot be used. */
static struct yaml_node *yaml_read_node(struct reading *reading, yaml_event_t *event, size_t depth)
{
    struct yaml_node *node = NULL;

    switch (event->type) {
    case YAML_ALIAS_EVENT:
        node = yaml_alias_read(reading, event, depth);
        break;
    case YAML_SCALAR_EVENT:
        node = yaml_scalar_text(reading, event, depth);
        break;
    case YAML_SEQUENCE_START_EVENT:
        node = yaml_read_list(reading, event, depth);
        break;
    case YAML_MAPPING_START_EVENT:
        node = yaml_read_map(reading, event, depth);
        break;
    default:
        break;
    }
    yaml_event_delete(event);
    return node;
}

/* Handle the events outside the nodes: the stream's and the document's. */
static void yaml_read_stream(struct reading *reading)
{
    yaml_event_t event;
    bool more = true;
    bool seen = false;

    while (more && yaml_next_event(reading, &event)) {
        yaml_event_type_t type = event.type;

        if (type == YAML_DOCUMENT_START_EVENT && seen)
            yaml_tree_mistake(reading, &event.start_mark, "a file holds one document");
        more = type != YAML_STREAM_END_EVENT && !(type == YAML_DOCUMENT_START_EVENT && seen);
        seen = seen || type == YAML_DOCUMENT_START_EVENT;
        if (type == YAML_STREAM_START_EVENT || type == YAML_STREAM_END_EVENT ||
            type == YAML_DOCUMENT_START_EVENT || type == YAML_DOCUMENT_END_EVENT)
            yaml_event_delete(&event);
        else
            reading->file->root = yaml_read_node(reading, &event, 0);
    }
}

/* Drop half a tree, which would only produce false mistakes.  "---" alone is an empty file. */
static void yaml_drop_incomplete(struct reading *reading)
{
    struct yaml_node *root = reading->file->root;

    if (root == NULL)
        return;
    if (reading->ended || (root->kind == YAML_TEXT && root->plain && root->text[0] == '\0')) {
        yaml_node_free(root);
        reading->file->root = NULL;
    }
}

static int yaml_parse(struct yaml_file *file, const char *text, size_t size)
{
    struct reading *reading = calloc(1, sizeof *reading);
    bool nomem = true;

    if (reading != NULL)
        reading->dropped = calloc(1, sizeof *reading->dropped);
    if (reading == NULL || reading->dropped == NULL || !yaml_parser_initialize(&reading->parser))
        goto out;
    reading->file = file;
    reading->text = text;
    yaml_parser_set_encoding(&reading->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reading->parser, (const unsigned char *)text, size);
    yaml_read_stream(reading);
    yaml_drop_incomplete(reading);
    yaml_parser_delete(&reading->parser);
    nomem = reading->nomem || file->mistakes.failed;
out:
    for (size_t i = 0; reading != NULL && i < reading->anchor_count; i++)
        free(reading->anchors[i].name);
    if (reading != NULL) {
        free(reading->anchors);
        yaml_node_free(reading->dropped);
    }
    free(reading);
    return nomem ? error_nomem() : FOB_SUCCESS;
}

static struct yaml_file *yaml_new_file(const char *name)
{
    struct yaml_file *file = calloc(1, sizeof *file);

    if (file != NULL)
        file->name = strdup(name);
    if (file != NULL && file->name == NULL) {
        free(file);
        file = NULL;
    }
    return file;
}

void yaml_file_free(struct yaml_file *file)
{
    if (file == NULL)
        return;
    yaml_node_free(file->root);
    mistakes_free(&file->mistakes);
    free(file->name);
    free(file);
}

bool yaml_file_is_empty(const struct yaml_file *file)
{
    return file->root == NULL && file->mistakes.count == 0;
}

int yaml_read_text(const char *name, const char *text, size_t size, struct yaml_file **file)
{
    struct yaml_file *new = yaml_new_file(name);
    int code;

    if (new == NULL)
        return error_nomem();
    /* Some editors begin a file with a byte order mark. */
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        size -= 3;
    }
    code = yaml_parse(new, text, size);
    if (code != FOB_SUCCESS) {
        yaml_file_free(new);
        return code;
    }
    *file = new;
    return FOB_SUCCESS;
}
