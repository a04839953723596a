/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Controls: how each return code of a plugin affects its stack, as in pam.conf(5).
 *
 * A keyword only selects a table of actions; the interpreter (interpret.c) does not know keywords.
 */
#ifndef FOB_CORE_STACK_CONTROL_H
#define FOB_CORE_STACK_CONTROL_H

#include <fob/fob.h>

#include "util/strbuf.h"
#include "util/yaml_shape.h"

/* An action is one of these, or a positive number of entries to skip. */
enum action {
    ACTION_IGNORE = 0,
    ACTION_OK = -1,
    ACTION_DONE = -2,
    ACTION_BAD = -3,
    ACTION_DIE = -4,
    ACTION_RESET = -5,
};
#define ACTION_JUMP_MAX 255

struct control {
    const char *keyword; /* static: "required" and so on; NULL for the long form */
    int actions[FOB_CODE_COUNT];
};

/* The words of the short form, ending with NULL; and the long form. */
extern const char *const control_keywords[];
extern const struct yaml_shape control_shape;

/* Fill CONTROL for "required", "requisite", "sufficient" or "optional".  False for another word. */
bool control_from_keyword(const char *keyword, struct control *control);
/* Read a keyword, or the long form: a map from a return code's name, or "default", to an action.
 * Without "default", codes that are not named are bad.  Mistakes go to FILE. */
void control_read(struct yaml_file *file, const struct yaml_node *node, struct control *control);
/* Ignore every code. */
void control_ignore(struct control *control);
/* Append the keyword, or the long form in YAML: "{ success: ok, default: bad }". */
void control_text(const struct control *control, struct strbuf *text);
/* Append "ok", "jump 2" and so on. */
void control_action_text(int action, struct strbuf *text);

#endif
