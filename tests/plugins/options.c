/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Plugins whose header had other options than this fob's: fewer members, or one more, which in
 * NEWER is used; and one that does not say the size.
 */
#include "config.h"

#include <fob/plugin.h>

#include <stddef.h>

struct their_option {
    const char *name;
    enum fob_option_type type;
    bool required;
    const char *value;
    int64_t min, max;
    const char *const *choices;
#ifndef SMALLER
    const char *summary;
    int64_t more;
#endif
};

#ifdef NEWER
#define MORE 1
#else
#define MORE 0
#endif

#ifdef SMALLER
#define SUMMARY_AND_MORE(text, more)
#else
#define SUMMARY_AND_MORE(text, more) text, more
#endif

static const struct their_option options[] = {
    { "first", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, SUMMARY_AND_MORE("The first", 0) },
    { "second", FOB_OPTION_INTEGER, false, "8", 7, 9, NULL, SUMMARY_AND_MORE("The second", MORE) },
    { .name = NULL },
};

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "options",
    .version = "1",
    .summary = "Has options of another size",
    .options = (const struct fob_option *)(const void *)options,
#ifndef UNSIZED
    .option_size = sizeof(struct their_option),
#endif
};
