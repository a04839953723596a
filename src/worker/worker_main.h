/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * fob-worker without its main(): it is in libfob-plugin, because plugins call that library.
 */
#ifndef FOB_WORKER_WORKER_MAIN_H
#define FOB_WORKER_WORKER_MAIN_H

/* Obey the host until it closes the control socket. */
__attribute__((visibility("default"))) int worker_main(void);

#endif
