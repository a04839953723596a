/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Stacks: the plugins that one hook of one provider runs, in order, each with a control.
 *
 * A control is a table from return code to action; the keywords are only filled-in tables, and the
 * interpreter (interpret.c) knows no keyword.
 */
#ifndef FOB_CORE_STACK_H
#define FOB_CORE_STACK_H

#include <fob/plugin.h>

#include "util/yaml.h"

enum hook { HOOK_LINK, HOOK_VALIDATE, HOOK_REVOKE, HOOK_AUTHORIZE, HOOK_COUNT };

/* "link", "validate", "revoke", "authorize". */
const char *hook_name(enum hook hook);

/* What a return code does to a stack, as in pam.conf(5). */
enum action { ACTION_IGNORE, ACTION_BAD, ACTION_DIE, ACTION_OK, ACTION_DONE, ACTION_RESET };

struct control {
    const char *keyword; /* static: "required", ...; for traces */
    enum action actions[FOB_CODE_COUNT];
};

/* Fill CONTROL for "required", "requisite", "sufficient" or "optional".  False for another word. */
bool control_from_keyword(const char *keyword, struct control *control);
/* The keywords, for messages; COUNT of them. */
const char *const *control_keywords(size_t *count);

struct stack_entry {
    struct control control;
    const char *plugin;              /* a bare name or an absolute path; borrowed from the file */
    const char *sha256;              /* 64 hex digits, or NULL */
    const struct yaml_node *options; /* a map, or NULL */
    const struct yaml_node *node;    /* for positions */
    struct yaml_file *file;          /* the file that NODE is in, for messages (include) */
};

struct stack {
    struct stack_entry *entries;
    size_t count;
    bool present; /* the file has this hook */
};

#endif
