/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Links an account: guide, questions, check, sealing. */
#include "config.h"

#include "core/account/link.h"

#include "core/account/duplicates.h"
#include "core/account/recorder.h"
#include "core/hook/dispatch.h"
#include "core/log/audit.h"
#include "core/session/conv.h"
#include "core/session/status.h"
#include "util/clock.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
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

/* A number greater than any generation of an earlier account of this name, so that a late answer
 * about that account's keys is not stored for these. */
static uint64_t link_first_generation(void)
{
    return (uint64_t)clock_ns(CLOCK_REALTIME) / 1000;
}

/* Keep a rehearsal of the link, which ended with CODE, or the reason why there is none. */
static void link_keep_rehearsal(struct fob_handle *handle, int code, struct recording *recording)
{
    struct saved_error saved;
    char *text = NULL;
    int result;

    error_save(&saved);
    result = recorder_make(handle, code, recording, &text);
    if (result != FOB_SUCCESS)
        text = strdup(fob_error());
    free(handle->recorded);
    handle->recorded = text;
    handle->recorded_code = text != NULL ? result : FOB_NOMEM;
    error_restore(&saved, code);
}

/* As link_make_candidate(), and record it with FOB_RECORD. */
static int link_record_candidate(struct fob_handle *handle, unsigned flags)
{
    struct recording recording = { .count = 0 };
    int code;

    if ((flags & FOB_RECORD) == 0 || (flags & FOB_NO_VALIDATE) != 0)
        return link_make_candidate(handle, flags);
    handle->recording = &recording;
    code = link_make_candidate(handle, flags);
    handle->recording = NULL;
    if (recording.count > 0 || code == FOB_SUCCESS)
        link_keep_rehearsal(handle, code, &recording);
    recording_clear(&recording);
    return code;
}

static int link_make_account(struct fob_handle *handle, struct store *store, unsigned flags)
{
    int code = link_record_candidate(handle, flags);

    if (code != FOB_SUCCESS)
        return code;
    record_set_generation(handle->candidate, link_first_generation());
    record_set_time(handle->candidate, FOB_TIME_LINKED, handle_time(handle));
    if ((flags & FOB_HOLD) != 0)
        status_suspend(handle->candidate);
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
    if (code == FOB_SUCCESS && (flags & FOB_RECORD) != 0)
        code = recorder_check(handle);
    if (code == FOB_SUCCESS)
        code = audit_ready(handle->context);
    if (code == FOB_SUCCESS)
        code = store_unlock(store);
    if (code == FOB_SUCCESS && (flags & FOB_NO_VALIDATE) == 0)
        code = handle_read_app(handle);
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
    int code = handle_begin_work(handle, __func__, flags,
                                 FOB_NO_VALIDATE | FOB_NO_GUIDE | FOB_RECORD | FOB_HOLD);

    return code == FOB_SUCCESS ? handle_end_work(handle, link_account(handle, flags)) : code;
}

int fob_rehearsal(const struct fob_handle *handle, const char **text)
{
    NEED_HANDLE(handle);
    NEED(text);
    if (handle->recorded == NULL && handle->recorded_code == FOB_NOMEM)
        return error_nomem();
    if (handle->recorded == NULL)
        return error_set(FOB_NOT_FOUND, "the provider was not asked");
    if (handle->recorded_code != FOB_SUCCESS)
        return error_set(handle->recorded_code, "%s", handle->recorded);
    *text = handle->recorded;
    return FOB_SUCCESS;
}
