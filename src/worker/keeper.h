/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The keeper of a worker whose plugin may start programs: it ends with the worker all that came of
 * those, whatever process groups they are in.
 */
#ifndef FOB_WORKER_KEEPER_H
#define FOB_WORKER_KEEPER_H

/*
 * Fork.  The child is the worker from here on.  The parent, which the host knows, has no plugin's
 * code: when the child ends, two seconds after the host has shut the control socket for writing, or
 * at once when the socket is shut or closed, it kills every descendant, and ends.
 *
 * Called while there is one thread, before the sandbox is entered.  Returns 0 in the child; or -1
 * with errno set, and there is no child.
 */
int keeper_start(void);

#endif
