/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Telling the program that on_change of fob.yaml(5) names of an account's new status.
 */
#ifndef FOB_CORE_CHANGE_H
#define FOB_CORE_CHANGE_H

#include "core/context.h"

struct change {
    const char *account;
    const char *provider;
    enum fob_status from, to;
    const char *reason;       /* in plain words, or "" */
    void (*look)(void *data); /* called several times a second meanwhile, or NULL */
    void *data;
};

/* Run the program, if there is one and FROM and TO differ, and wait for its end.  That it fails is
 * logged, and changes nothing.  Keeps the thread's error. */
void change_tell(struct fob_context *context, const struct change *change);

#endif
