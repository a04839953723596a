/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads controls, keywords and the long form, and writes them as text. */
#include "config.h"

#include "core/stack/control.h"

#include "util/array.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT "default"

/* Indexed by the action, negated. */
static const char *const actions[] = { "ignore", "ok", "done", "bad", "die", "reset", NULL };
#define ACTION_COUNT (ARRAY_SIZE(actions) - 1)

const char *const control_keywords[] = { "required", "requisite", "sufficient", "optional", NULL };

static const struct yaml_shape jump_shape = { .kind = SHAPE_INTEGER,
                                              .min = 1,
                                              .max = ACTION_JUMP_MAX };
static const struct yaml_shape action_shape = { .kind = SHAPE_TEXT,
                                                .words = actions,
                                                .other = &jump_shape };
const struct yaml_shape control_shape = { .kind = SHAPE_CODES, .inner = &action_shape };

/* What each keyword does on success and on failure, from the table of historical control words in
 * pam.conf(5).  Every keyword ignores FOB_IGNORE. */
static const struct {
    enum action success;
    enum action failure;
} meanings[] = {
    { ACTION_OK, ACTION_BAD },
    { ACTION_OK, ACTION_DIE },
    { ACTION_DONE, ACTION_IGNORE },
    { ACTION_OK, ACTION_IGNORE },
};

static void control_set_all(struct control *control, int action)
{
    for (size_t code = 0; code < FOB_CODE_COUNT; code++)
        control->actions[code] = action;
}

bool control_from_keyword(const char *keyword, struct control *control)
{
    for (size_t i = 0; control_keywords[i] != NULL; i++) {
        if (strcmp(keyword, control_keywords[i]) != 0)
            continue;
        control->keyword = control_keywords[i];
        control_set_all(control, meanings[i].failure);
        control->actions[FOB_SUCCESS] = meanings[i].success;
        control->actions[FOB_IGNORE] = ACTION_IGNORE;
        return true;
    }
    return false;
}

void control_ignore(struct control *control)
{
    control_set_all(control, ACTION_IGNORE);
}

static bool control_is_number(const struct yaml_node *node)
{
    return node->kind == YAML_TEXT && node->plain && node->text[0] != '\0' &&
           strspn(node->text, "0123456789") == strlen(node->text);
}

static void control_read_action(struct yaml_file *file, const struct yaml_node *node, int *action)
{
    int64_t jump;

    for (size_t i = 0; node->kind == YAML_TEXT && i < ACTION_COUNT; i++) {
        if (strcmp(node->text, actions[i]) == 0) {
            *action = -(int)i;
            return;
        }
    }
    if (!control_is_number(node))
        yaml_mistake_choice(file, node, "an action", actions);
    else if (strtoull(node->text, NULL, 10) == 0)
        yaml_mistake(file, node, "a jump over 0 entries: write ignore");
    else if (yaml_integer(file, node, 1, ACTION_JUMP_MAX, &jump))
        *action = (int)jump;
}

static void control_read_long(struct yaml_file *file, const struct yaml_node *map,
                              struct control *control)
{
    const char *known[FOB_CODE_COUNT + 1] = { DEFAULT };
    const struct yaml_node *rest = yaml_get(map, DEFAULT);
    int action = ACTION_BAD;
    int code;

    for (int i = 0; i < FOB_CODE_COUNT; i++)
        known[i + 1] = fob_code_name(i);
    yaml_known_keys(file, map, known, FOB_CODE_COUNT + 1);
    if (rest != NULL)
        control_read_action(file, rest, &action);
    control_set_all(control, action);
    for (size_t i = 0; i < map->count; i++) {
        if (map->values[i] != rest && fob_code_from_name(map->keys[i]->text, &code) == FOB_SUCCESS)
            control_read_action(file, map->values[i], &control->actions[code]);
    }
    if (map->count == 0)
        yaml_mistake(file, map, "control: names no return code");
}

void control_read(struct yaml_file *file, const struct yaml_node *node, struct control *control)
{
    if (node->kind == YAML_MAP)
        control_read_long(file, node, control);
    else if (node->kind != YAML_TEXT || !control_from_keyword(node->text, control))
        yaml_mistake_choice(file, node, "control", control_keywords);
}

void control_action_text(int action, struct strbuf *text)
{
    if (action > 0)
        strbuf_printf(text, "jump %d", action);
    else
        strbuf_add_text(text, actions[-action]);
}

/* The most frequent action, which becomes the default of the long form. */
static int control_usual_action(const struct control *control)
{
    size_t max = 0;
    int usual = ACTION_BAD;

    for (size_t i = 0; i < FOB_CODE_COUNT; i++) {
        size_t same = 0;

        for (size_t j = 0; j < FOB_CODE_COUNT; j++)
            same += control->actions[j] == control->actions[i];
        if (same > max) {
            max = same;
            usual = control->actions[i];
        }
    }
    return usual;
}

static void control_write_action(int action, struct strbuf *text)
{
    if (action > 0)
        strbuf_printf(text, "%d", action);
    else
        control_action_text(action, text);
}

void control_text(const struct control *control, struct strbuf *text)
{
    int usual = control_usual_action(control);

    if (control->keyword != NULL) {
        strbuf_add_text(text, control->keyword);
        return;
    }
    strbuf_add_text(text, "{ ");
    for (int code = 0; code < FOB_CODE_COUNT; code++) {
        if (control->actions[code] == usual)
            continue;
        strbuf_printf(text, "%s: ", fob_code_name(code));
        control_write_action(control->actions[code], text);
        strbuf_add_text(text, ", ");
    }
    strbuf_add_text(text, DEFAULT ": ");
    control_write_action(usual, text);
    strbuf_add_text(text, " }");
}
