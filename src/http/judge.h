/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What an answer means, by the rules of the option "answers" and by the default rules.
 */
#ifndef FOB_HTTP_JUDGE_H
#define FOB_HTTP_JUDGE_H

#include <fob/http.h>

/* Check the rules of HANDLE's option "answers".  Returns FOB_SUCCESS, FOB_CONFIG. */
int judge_check_rules(struct fob_handle *handle);

#endif
