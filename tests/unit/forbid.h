/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A kernel that lacks a system call.
 */
#ifndef FOB_TESTS_FORBID_H
#define FOB_TESTS_FORBID_H

/* Have the call NUMBER fail with ERROR in this process and those that it starts, for good.  Returns
 * 0, or -1 with errno set. */
int forbid(unsigned number, int error);

#endif
