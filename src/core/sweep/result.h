/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Results: what a sweep has learnt of an account, or why it could not be asked about.
 */
#ifndef FOB_CORE_SWEEP_RESULT_H
#define FOB_CORE_SWEEP_RESULT_H

#include <fob/fob.h>

struct queue_entry;
struct sweep;

struct sweep_result {
    struct sweep_result *next;
    struct queue_entry *entry; /* whose account it is of; NULL until it is finished */
    const char *provider;      /* borrowed; "" when the account could not be read */
    const struct sweep *sweep; /* while it is stored */
    int was;                   /* -1 when the account could not be read, as the next */
    int status;
    int code;
    int64_t asked; /* when, in seconds since 1970; 0 for not at all */
    bool verdict;  /* which is to be stored */
    bool gone;     /* the account was revoked or suspended meanwhile */
    char *reason;  /* NULL for "", as all texts here */
    char *hint;
    int untold;            /* that on_change is to hear of, as record_unreported() */
    struct record *stored; /* as it was when it was asked about; NULL when it was not */
    char *remote_id;
    char *remote_name;
};

/* A new result of an account that had the status WAS; NULL when out of memory. */
struct sweep_result *result_new(const char *provider, int was);
/* It ended with CODE, for the reason that fob_error() tells. */
int result_fail(struct sweep_result *result, int code);
void result_free(struct sweep_result *result);

#endif
