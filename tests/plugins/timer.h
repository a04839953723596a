/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Hooks that wait for nothing but time, all in one thread: a driver (fob_plugin(3)) for tests.
 */
#ifndef FOB_TESTS_TIMER_H
#define FOB_TESTS_TIMER_H

#include <fob/plugin.h>

/* Defer the hook for MS milliseconds; WAITS is fob_wake()'s.  False when it is not to be deferred.
 */
bool timer_defer(struct fob_handle *handle, int64_t ms, bool waits, fob_resume_fn *resume);

#endif
