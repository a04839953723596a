/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the candidate of a link, and checks it. */
#include "config.h"

#include "core/account/link.h"

#include "core/hook/dispatch.h"
#include "core/session/conv.h"

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

int link_make_candidate(struct fob_handle *handle, unsigned flags)
{
    int code = handle_make_candidate(handle);

    if (code == FOB_SUCCESS)
        code = conv_fill_fields(handle, false);
    return code == FOB_SUCCESS ? link_check_candidate(handle, flags) : code;
}
