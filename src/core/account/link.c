/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Links an account: guide, questions, check, sealing. */
#include "config.h"

#include "core/account/link.h"

#include "core/account/duplicates.h"
#include "core/hook/dispatch.h"
#include "core/log/audit.h"
#include "core/session/conv.h"
#include "util/clock.h"
#include "util/error.h"

#include <time.h>

static int link_check_is_new(struct fob_handle *handle, struct store *store)
{
    if (handle->stored == NULL && store_exists(store, handle->account) == FOB_NOT_FOUND)
        return FOB_SUCCESS;
    error_set(FOB_EXISTS, "%s: there is an account of that name already", handle->account);
    error_hint("\"fob edit %s\" gives it new keys; or choose another name", handle->account);
    return FOB_EXISTS;
}

void link_show_guide(struct fob_handle *handle, unsigned flags)
{
    const char *guide = handle->provider->texts[FOB_PROVIDER_GUIDE];

    if ((flags & FOB_NO_GUIDE) == 0 && guide[0] != '\0')
        conv_tell(handle, FOB_TELL_GUIDE, "%s", guide);
}

int link_check_candidate(struct fob_handle *handle, unsigned flags)
{
    int64_t now = handle_time(handle);
    int code = FOB_SUCCESS;

    if ((flags & FOB_NO_VALIDATE) == 0)
        code = dispatch(handle, HOOK_LINK);
    if (code != FOB_SUCCESS)
        return code;
    record_set_status(handle->candidate,
                      (flags & FOB_NO_VALIDATE) != 0 ? FOB_STATUS_UNCHECKED : FOB_STATUS_ACTIVE);
    record_set_time(handle->candidate, FOB_TIME_VALIDATED,
                    (flags & FOB_NO_VALIDATE) != 0 ? 0 : now);
    record_set_time(handle->candidate, FOB_TIME_CHANGED, now);
    record_set_time(handle->candidate, FOB_TIME_REFUSED, 0);
    record_set_generation(handle->candidate, record_generation(handle->candidate) + 1);
    return record_set_text(handle->candidate, FOB_TEXT_LAST_ERROR, "");
}

/* A number greater than any generation of an earlier account of this name, so that a late answer
 * about that account's keys is not stored for these. */
static uint64_t link_first_generation(void)
{
    return (uint64_t)clock_ns(CLOCK_REALTIME) / 1000;
}

int link_make_candidate(struct fob_handle *handle, unsigned flags)
{
    int code = handle_make_candidate(handle);

    if (code == FOB_SUCCESS)
        code = conv_fill_fields(handle, false);
    return code == FOB_SUCCESS ? link_check_candidate(handle, flags) : code;
}

static int link_make_account(struct fob_handle *handle, struct store *store, unsigned flags)
{
    int code = link_make_candidate(handle, flags);

    if (code != FOB_SUCCESS)
        return code;
    record_set_generation(handle->candidate, link_first_generation());
    record_set_time(handle->candidate, FOB_TIME_LINKED, handle_time(handle));
    code = duplicates_warn(handle, true);
    if (code == FOB_SUCCESS)
        code = audit_begin(handle, "link");
    return code == FOB_SUCCESS ? store_insert(store, handle->candidate) : code;
}

static int link_account(struct fob_handle *handle, unsigned flags)
{
    struct store *store;
    int code = context_store(handle->context, &store);

    if (code == FOB_SUCCESS)
        code = link_check_is_new(handle, store);
    if (code == FOB_SUCCESS)
        code = handle_provider(handle);
    if (code == FOB_SUCCESS)
        code = audit_ready(handle->context);
    if (code == FOB_SUCCESS)
        code = store_unlock(store);
    if (code != FOB_SUCCESS)
        return code;
    link_show_guide(handle, flags);
    code = link_make_account(handle, store, flags);
    audit_note(handle, "link", code, (flags & FOB_NO_VALIDATE) != 0 ? "unchecked" : NULL);
    if (code == FOB_SUCCESS) {
        handle_set_stored(handle, handle->candidate);
        handle->candidate = NULL;
    }
    return code;
}

int fob_link(struct fob_handle *handle, unsigned flags)
{
    int code = handle_begin_work(handle, __func__, flags, FOB_NO_VALIDATE | FOB_NO_GUIDE);

    return code == FOB_SUCCESS ? handle_end_work(handle, link_account(handle, flags)) : code;
}
