/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The debug plugin, fob_debug(7): each hook returns what its option says. */
#include "config.h"

#include "debug_options.h"

#include <fob/plugin.h>

#include <string.h>
#include <time.h>

static void debug_wait(const struct fob_handle *handle)
{
    struct timespec left = { .tv_sec = fob_option_number(handle, "sleep") };

    if (left.tv_sec > 0)
        nanosleep(&left, NULL);
}

static void debug_tell(struct fob_handle *handle, const char *hook)
{
    const char *text = fob_option_text(handle, "tell");

    if (text != NULL)
        fob_tell(handle, FOB_TELL_INFO, "%s", text);
    fob_log(handle, FOB_LOG_DEBUG, "%s of account %s", hook, fob_account_name(handle));
}

static int debug_ask(struct fob_handle *handle)
{
    const struct fob_message message = {
        .size = sizeof message,
        .kind = FOB_ASK_TEXT,
        .name = "answer",
        .text = fob_option_text(handle, "ask"),
    };
    struct fob_secret *reply = NULL;
    int code;

    if (message.text == NULL)
        return FOB_SUCCESS;
    code = fob_converse(handle, (const struct fob_message *const[]){ &message }, 1, &reply);
    if (code == FOB_SUCCESS)
        fob_tell(handle, FOB_TELL_INFO, "the answer's size in bytes: %zu", fob_secret_size(reply));
    fob_secret_free(reply);
    return code;
}

/* HOOK's option names the code to return. */
static int debug_answer(struct fob_handle *handle, const char *hook)
{
    const char *wanted = fob_option_text(handle, hook);
    int code;

    debug_wait(handle);
    debug_tell(handle, hook);
    code = debug_ask(handle);
    if (code != FOB_SUCCESS)
        return fob_fail(handle, code, "debug: nobody answered");
    if (fob_code_from_name(wanted, &code) != FOB_SUCCESS)
        return fob_fail(handle, FOB_PLUGIN, "debug: %s is no return code", wanted);
    return code == FOB_SUCCESS || code == FOB_IGNORE
               ? code
               : fob_fail(handle, code, "debug: told to answer %s", wanted);
}

static int debug_identify(struct fob_handle *handle)
{
    const char *identity = fob_option_text(handle, "identity");

    return identity != NULL ? fob_set_identity(handle, identity, identity) : FOB_SUCCESS;
}

static int debug_link(struct fob_handle *handle)
{
    int code = debug_answer(handle, "link");

    return code == FOB_SUCCESS ? debug_identify(handle) : code;
}

static int debug_validate(struct fob_handle *handle)
{
    int code = debug_answer(handle, "validate");

    return code == FOB_SUCCESS ? debug_identify(handle) : code;
}

static int debug_revoke(struct fob_handle *handle)
{
    return debug_answer(handle, "revoke");
}

static int debug_authorize(struct fob_handle *handle)
{
    const char *header = fob_option_text(handle, "header");
    int code = debug_answer(handle, "authorize");

    return code == FOB_SUCCESS && header != NULL
               ? fob_add_header(handle, "X-Debug", header, strlen(header))
               : code;
}

FOB_API const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "debug",
    .version = "1",
    .summary = "answers what its options say, for learning and tests",
    .options = debug_options,
    .link = debug_link,
    .validate = debug_validate,
    .revoke = debug_revoke,
    .authorize = debug_authorize,
    .needs = FOB_NEEDS_PURE,
    .option_size = sizeof(struct fob_option),
};
