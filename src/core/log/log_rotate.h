/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Rotating the log: it becomes part 1, part 1 becomes part 2, and so on up to "keep", and a new
 * file that continues it takes its place.  There is a log at every moment.  A process that is
 * killed or fails leaves a closed log, and the next writer finishes the rotation, because each step
 * detects whether it was already done.
 */
#ifndef FOB_CORE_LOG_LOG_ROTATE_H
#define FOB_CORE_LOG_LOG_ROTATE_H

#include "core/log/log_file.h"

/* Rotate the locked LOG, whose head claims CLAIM; GOOD says that the head's MAC is valid.  Returns
 * FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM, and as store_unlock(). */
int log_rotate(struct log *log, const struct log_claim *claim, bool good);

#endif
