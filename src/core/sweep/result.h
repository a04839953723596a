/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Results: what the provider said about an account, or why it was not asked.
 */
#ifndef FOB_CORE_SWEEP_RESULT_H
#define FOB_CORE_SWEEP_RESULT_H

#include <fob/fob.h>

struct queue_entry;
struct sweep;

struct sweep_result {
    struct sweep_result *next;
    struct queue_entry *entry; /* names the account; NULL until the result is queued */
    const char *provider;      /* borrowed; "" if the account could not be read */
    const struct sweep *sweep; /* while the result is stored */
    int was;                   /* -1 if the account could not be read, like STATUS */
    int status;
    int code;
    int64_t asked; /* in seconds since 1970; 0 if the provider was not asked */
    bool verdict;  /* it is a verdict, to be stored */
    bool gone;     /* the account was revoked or suspended meanwhile */
    char *reason;  /* NULL for "", like all texts here */
    char *hint;
    int unreported;        /* as record_unreported(): the change that on_change lacks */
    struct record *stored; /* as it was when the provider was asked; NULL if not asked */
    char *remote_id;
    char *remote_name;
};

/* A new result for an account with the status WAS; NULL if out of memory. */
struct sweep_result *result_new(const char *provider, int was);
/* Set CODE, with fob_error() and the hint as its reason.  Returns FOB_SUCCESS, FOB_NOMEM. */
int result_fail(struct sweep_result *result, int code);
void result_free(struct sweep_result *result);

#endif
