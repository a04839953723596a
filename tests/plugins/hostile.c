/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A plugin for tests that attacks the program that runs it: each hook commits the act that its
 * entry names, on what its entry names as the target: "@/PATH" for a path, which is not the
 * option's value then, and so not for the plugin to read.  The same act is committed when it is
 * loaded, if a test has written "ACT TARGET" behind the mark.
 *
 * Where what must not succeed does, the hook fails with "breach: ACT"; the loading ends by SIGTRAP.
 */
#include "config.h"

#include <fob/plugin.h>

#include "hostile_acts.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define MARK "FOB-HOSTILE:"
#define ROOM 240

static const struct fob_option options[] = {
    { "do", FOB_OPTION_STRING, false, "nothing", 0, 0, NULL, "An act" },
    { "target", FOB_OPTION_STRING, false, "", 0, 0, NULL, "A path, a process or a port" },
    { "only", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "The account at which it is done" },
    { 0 },
};

/* Read as if it could change, so that the compiler leaves it in the file. */
static volatile char early[sizeof MARK + ROOM] = MARK;

static bool hostile_commit(const char *act, const char *target)
{
    return hostile_act(act, target[0] == '@' ? target + 1 : target);
}

__attribute__((constructor)) static void hostile_begin(void)
{
    char text[sizeof early];
    char *target;

    for (size_t i = 0; i < sizeof early; i++)
        text[i] = early[i];
    target = strchr(text, ' ');
    if (target == NULL)
        return;
    *target++ = '\0';
    if (hostile_commit(text + sizeof MARK - 1, target))
        raise(SIGTRAP);
}

static int hostile_hook(struct fob_handle *handle)
{
    const char *act = fob_option_text(handle, "do");
    const char *only = fob_option_text(handle, "only");

    if (only != NULL && strcmp(only, fob_account_name(handle)) != 0)
        return FOB_SUCCESS;
    if (only != NULL)
        fob_log(handle, FOB_LOG_WARNING, "%s at %s", act, only);
    if (strcmp(act, "pause") == 0)
        return fob_begin_call(handle, INT64_MAX);
    if (strcmp(act, "die_in_pause") == 0) {
        (void)ualarm(200000, 0);
        return fob_begin_call(handle, 600);
    }
    while (strcmp(act, "pauses") == 0)
        (void)fob_begin_call(handle, 10);
    for (int i = 0; i < 3000 && strcmp(act, "chatter") == 0; i++)
        fob_tell(handle, FOB_TELL_WARNING, "chatter");
    if (strcmp(act, "retry_after") == 0) {
        fob_end_call(handle, true, INT64_MAX);
        return FOB_RATE_LIMITED;
    }
    if (hostile_commit(act, fob_option_text(handle, "target")))
        return fob_fail(handle, FOB_PROTOCOL, "breach: %s", act);
    return FOB_SUCCESS;
}

/* Commit what follows "check_". */
static void hostile_check(struct fob_handle *handle)
{
    static const char prefix[] = "check_";
    const char *act = fob_option_text(handle, "do");

    if (strncmp(act, prefix, sizeof prefix - 1) == 0)
        (void)hostile_commit(act + sizeof prefix - 1, fob_option_text(handle, "target"));
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "hostile",
    .version = "1",
    .summary = "Attacks",
    .options = options,
    .link = hostile_hook,
    .validate = hostile_hook,
    .revoke = hostile_hook,
    .authorize = hostile_hook,
    .check = hostile_check,
#ifdef NEEDS
    .needs = NEEDS,
#endif
    .option_size = sizeof(struct fob_option),
};
