/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The keeper of a worker whose plugin may start programs: a process that kills all descendants of
 * the worker when the worker ends, whatever their process groups.
 */
#ifndef FOB_WORKER_KEEPER_H
#define FOB_WORKER_KEEPER_H

/*
 * Fork.  The child becomes the worker.  The parent, which the host knows, runs no plugin's code.
 * When the child ends, two seconds after the host shuts the control socket for writing, or at once
 * when the host shuts or closes the socket, the parent kills every descendant, and ends.
 *
 * Call this with one thread, before entering the sandbox.  Returns 0 in the child; or -1 with errno
 * set, without a child.
 */
int keeper_start(void);

#endif
