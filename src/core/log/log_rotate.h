/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Rotation of the log: it becomes part 1, part 1 becomes part 2, and so on to "keep"; an empty file
 * that goes on from its end takes its place.  There is a log at every moment.  A process that is
 * killed, or meets an error, leaves a closed log, and the next writer finishes the rotation: each
 * step sees whether it was done before.
 */
#ifndef FOB_CORE_LOG_LOG_ROTATE_H
#define FOB_CORE_LOG_LOG_ROTATE_H

#include "core/log/log_file.h"

/* Rotate the locked LOG, whose head claims CLAIM; GOOD unless the head is not fob's.  Returns
 * FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM, and as store_unlock(). */
int log_rotate(struct log *log, const struct log_claim *claim, bool good);

#endif
