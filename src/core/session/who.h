/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Who acts, for the log: the user, the process, the user who logged in (whom sudo and su do not
 * change), and the program that started this one.
 */
#ifndef FOB_CORE_SESSION_WHO_H
#define FOB_CORE_SESSION_WHO_H

#include <stdint.h>
#include <sys/types.h>

struct who {
    uint64_t process;  /* the process that MEMBERS describes, process_id(); 0 for none yet */
    char members[160]; /* JSON members for a line of the log */
};
/* Fill WHO, once in each process: a forked child is another process.  Returns FOB_SUCCESS,
 * FOB_NOMEM. */
int who_identify(struct who *who, uid_t user);

#endif
