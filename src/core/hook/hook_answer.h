/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The answer to a request, as received from a worker.
 */
#ifndef FOB_CORE_HOOK_HOOK_ANSWER_H
#define FOB_CORE_HOOK_HOOK_ANSWER_H

#include <fob/send.h>

#include <stdbool.h>

#include "util/strbuf.h"

struct fob_answer {
    unsigned flags;     /* of fob_send() */
    struct strbuf head; /* the items of the frame "head"; empty before it arrives */
    struct strbuf body;
    size_t size; /* the announced size of BODY */
};

#endif
