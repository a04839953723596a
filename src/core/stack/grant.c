/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Compares the needs of a plugin with the grant of its entry. */
#include "config.h"

#include "core/stack/grant.h"

#include "util/error.h"

#include <string.h>

#define PROFILES 3

const char *const grant_profiles[] = {
    [FOB_NEEDS_PURE] = "pure",
    [FOB_NEEDS_NETWORK] = "network",
    [FOB_NEEDS_EXEC] = "exec",
    [PROFILES] = NULL,
};

/* Each profile includes those before it. */
static const enum fob_needs order[PROFILES] = { FOB_NEEDS_PURE, FOB_NEEDS_NETWORK, FOB_NEEDS_EXEC };

void grant_read(const struct yaml_node *node, struct grant_limit *limit)
{
    for (size_t i = 0; node->kind == YAML_TEXT && i < PROFILES; i++) {
        if (strcmp(node->text, grant_profiles[order[i]]) == 0)
            *limit = (struct grant_limit){ true, order[i] };
    }
}

static bool grant_has(enum fob_needs profile, enum fob_needs needs)
{
    for (size_t i = 0; i < PROFILES && order[i] != needs; i++) {
        if (order[i] == profile)
            return false;
    }
    return true;
}

int grant_find(const struct grant_limit *limit, const char *path, enum fob_needs needs,
               bool declared, enum fob_needs *profile)
{
    if (!limit->set || grant_has(limit->max, needs)) {
        *profile = needs;
        return FOB_SUCCESS;
    }
    if (!declared) {
        *profile = limit->max;
        return FOB_SUCCESS;
    }
    error_set(FOB_CONFIG, "%s: needs %s, but its entry grants %s", path, grant_profiles[needs],
              grant_profiles[limit->max]);
    error_hint("\"sandbox: %s\" in the entry grants it", grant_profiles[needs]);
    return FOB_CONFIG;
}
