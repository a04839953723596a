/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What an answer means: the rules of the option "answers", and those that hold without them.
 */
#ifndef FOB_HTTP_JUDGE_H
#define FOB_HTTP_JUDGE_H

#include <fob/http.h>

/* Whether the rules of HANDLE's option "answers" are sound.  Returns FOB_SUCCESS, FOB_CONFIG. */
int judge_check_rules(struct fob_handle *handle);

#endif
