/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Controls: the keywords as tables. */
#include "config.h"

#include "core/stack.h"

#include <string.h>

const char *hook_name(enum hook hook)
{
    static const char *const names[HOOK_COUNT] = { "link", "validate", "revoke", "authorize" };

    return names[hook];
}

static const char *const keywords[] = { "required", "requisite", "sufficient", "optional" };

/* What each keyword does on success and on any failure: pam.conf(5), the table of the historical
 * control words.  FOB_IGNORE is ignored by all. */
static const struct {
    enum action success;
    enum action failure;
} meanings[] = {
    { ACTION_OK, ACTION_BAD },
    { ACTION_OK, ACTION_DIE },
    { ACTION_DONE, ACTION_IGNORE },
    { ACTION_OK, ACTION_IGNORE },
};

bool control_from_keyword(const char *keyword, struct control *control)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(keyword, keywords[i]) != 0)
            continue;
        control->keyword = keywords[i];
        for (size_t code = 0; code < FOB_CODE_COUNT; code++)
            control->actions[code] = meanings[i].failure;
        control->actions[FOB_SUCCESS] = meanings[i].success;
        control->actions[FOB_IGNORE] = ACTION_IGNORE;
        return true;
    }
    return false;
}

const char *const *control_keywords(size_t *count)
{
    *count = sizeof keywords / sizeof *keywords;
    return keywords;
}
