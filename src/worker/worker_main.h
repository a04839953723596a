/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What fob-worker is, except its main(): it lies in libfob-plugin, which a plugin calls.
 */
#ifndef FOB_WORKER_WORKER_MAIN_H
#define FOB_WORKER_WORKER_MAIN_H

/* Do what the host says, until that closes the control socket. */
__attribute__((visibility("default"))) int worker_main(void);

#endif
