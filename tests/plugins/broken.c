/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Plugins that break one rule each: the Makefile says which by a macro.  With none it is a good
 * plugin that has no hooks.
 */
#include "config.h"

#include <fob/plugin.h>

#include <stddef.h>

#ifdef WRONG_ABI
#define ABI (FOB_PLUGIN_ABI + 1)
#else
#define ABI FOB_PLUGIN_ABI
#endif

/* A declaration of one member less than the first had, as many, or one more than there are. */
#if defined TOO_SMALL
#define SIZE offsetof(struct fob_plugin, authorize)
#elif defined OLDER
#define SIZE offsetof(struct fob_plugin, check)
#elif defined LARGER
#define SIZE (sizeof(struct fob_plugin) + sizeof(fob_hook_fn *))
#else
#define SIZE sizeof(struct fob_plugin)
#endif

/* When ABI or size are not right, reading anything else ends the program. */
#if defined WRONG_ABI || defined TOO_SMALL
#define TEXT(text) ((const void *)1)
#define OPTIONS ((const void *)1)
#elif defined OLDER
#define TEXT(text) text
#define OPTIONS NULL
#else
#define TEXT(text) text
#define OPTIONS options

static const struct fob_option options[] = {
#ifdef BAD_OPTION
    { "color", FOB_OPTION_ENUM, false, "red", 0, 0, NULL, "An enum without choices" },
#endif
    { 0 },
};
#endif

#ifdef NO_NAME
#define NAME NULL
#else
#define NAME TEXT("broken")
#endif

#ifdef NO_SYMBOL
#define SYMBOL fob_other
#else
#define SYMBOL fob_plugin
#endif

#if defined MISSING_FUNCTION || defined MISSING_CALL
int fob_no_such_function(struct fob_handle *handle);
#endif

#if defined MISSING_FUNCTION
#define VALIDATE fob_no_such_function
#elif defined MISSING_CALL
static int validate(struct fob_handle *handle)
{
    return fob_no_such_function(handle) + 1;
}
#define VALIDATE validate
#elif defined HOST_FUNCTION
#define VALIDATE fob_suspend
#else
#define VALIDATE NULL
#endif

const struct fob_plugin SYMBOL = {
    .abi = ABI,
    .size = SIZE,
    .name = NAME,
    .version = TEXT("1"),
    .summary = TEXT("Breaks one rule"),
    .options = OPTIONS,
    .validate = VALIDATE,
#ifdef OLDER
    .check = (fob_check_fn *)1, /* beyond the declaration's end */
#endif
    .option_size = sizeof(struct fob_option),
};
