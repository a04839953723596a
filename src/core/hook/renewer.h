/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * fob-renew without its main(): one renewal, for another process.
 */
#ifndef FOB_CORE_HOOK_RENEWER_H
#define FOB_CORE_HOOK_RENEWER_H

/* Take the frame renew from the control socket, renew the tokens and answer with done.  What is
 * begun is done, whether the caller still waits or not.  Returns the exit status. */
__attribute__((visibility("default"))) int renewer_main(void);

#endif
