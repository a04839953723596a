/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the candidate of a link, and checks it. */
#include "config.h"

#include "core/account/link.h"

#include "core/hook/dispatch.h"
#include "core/session/conv.h"
#include "util/error.h"

#include <string.h>

/* After a person signed in, a missing permission does not undo that: the sign-in is spent. */
static int link_accept_degraded(struct fob_handle *handle)
{
    int code = record_set_text(handle->candidate, FOB_TEXT_LAST_ERROR, fob_error());

    conv_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
    return code;
}

/* Refuse keys of another identity than the one that FOB_ITEM_EXPECT names. */
static int link_check_expected(const struct fob_handle *handle)
{
    const char *expected = handle->items[FOB_ITEM_EXPECT];
    const char *name = record_text(handle->candidate, FOB_TEXT_REMOTE_NAME);

    if (expected == NULL || expected[0] == '\0' || strcmp(expected, name) == 0 ||
        strcmp(expected, record_text(handle->candidate, FOB_TEXT_REMOTE_ID)) == 0)
        return FOB_SUCCESS;
    return error_set(FOB_MISMATCHED, "%s: the keys belong to the %s \"%s\", expected was \"%s\"",
                     handle->account, handle->provider->texts[FOB_PROVIDER_IDENTITY], name,
                     expected);
}

int link_check_candidate(struct fob_handle *handle, unsigned flags)
{
    const int64_t now = handle_time(handle);
    const bool checks = (flags & FOB_NO_VALIDATE) == 0;
    int code = checks ? dispatch(handle, HOOK_LINK) : FOB_SUCCESS;
    const bool degraded = code == FOB_DENIED && handle->signed_in && handle->token_put &&
                          record_text(handle->candidate, FOB_TEXT_REMOTE_ID)[0] != '\0';

    if (code == FOB_SUCCESS || degraded) {
        const int expected = link_check_expected(handle);

        if (expected != FOB_SUCCESS)
            return expected;
    }
    if (code != FOB_SUCCESS && !degraded)
        return code;
    record_set_status(handle->candidate, !checks    ? FOB_STATUS_UNCHECKED
                                         : degraded ? FOB_STATUS_DEGRADED
                                                    : FOB_STATUS_ACTIVE);
    record_set_time(handle->candidate, FOB_TIME_VALIDATED, checks ? now : 0);
    record_set_time(handle->candidate, FOB_TIME_CHANGED, now);
    record_set_time(handle->candidate, FOB_TIME_REFUSED, 0);
    record_set_generation(handle->candidate, record_generation(handle->candidate) + 1);
    return degraded ? link_accept_degraded(handle)
                    : record_set_text(handle->candidate, FOB_TEXT_LAST_ERROR, "");
}

int link_make_candidate(struct fob_handle *handle, unsigned flags)
{
    int code = handle_make_candidate(handle);

    if (code == FOB_SUCCESS)
        code = conv_fill_fields(handle, false);
    return code == FOB_SUCCESS ? link_check_candidate(handle, flags) : code;
}
