/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Who does what the log tells of: the user and the process, the user who logged in, whatever sudo
 * or su made of that one since, and the program that started this one.
 */
#ifndef FOB_CORE_SESSION_WHO_H
#define FOB_CORE_SESSION_WHO_H

#include <stdint.h>
#include <sys/types.h>

struct who {
    uint64_t process;  /* the one it is about, process_id(); 0 before the first */
    char members[160]; /* of a line of the log */
};
/* Look who it is, once in each process: a child of fork() is another one.  Returns FOB_SUCCESS,
 * FOB_NOMEM. */
int who_identify(struct who *who, uid_t user);

#endif
