/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Making and freeing results. */
#include "config.h"

#include "core/sweep/result.h"

#include "core/sweep/queue.h"
#include "store/record.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

struct sweep_result *result_new(const char *provider, int was)
{
    struct sweep_result *result = malloc(sizeof *result);

    if (result != NULL)
        *result = (struct sweep_result){
            .provider = provider, .was = was, .status = was, .unreported = -1
        };
    return result;
}

int result_fail(struct sweep_result *result, int code)
{
    free(result->reason);
    free(result->hint);
    result->code = code;
    result->reason = strdup(fob_error());
    result->hint = strdup(fob_error_hint());
    return result->reason != NULL && result->hint != NULL ? FOB_SUCCESS : error_nomem();
}

void result_free(struct sweep_result *result)
{
    if (result == NULL)
        return;
    queue_entry_free(result->entry);
    free(result->reason);
    free(result->hint);
    free(result->remote_id);
    free(result->remote_name);
    record_free(result->stored);
    free(result);
}
