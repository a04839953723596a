/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * An engine that keeps a store in this process's memory, for tests of what is above engines.
 */
#ifndef FOB_TESTS_MEMORY_ENGINE_H
#define FOB_TESTS_MEMORY_ENGINE_H

#include "store/engine.h"

/* As store_remote.load.  All engines of a process share one store. */
int memory_engine_load(const char *driver, const struct engine_class **class);
/* Forget the store. */
void memory_engine_reset(void);

/* What the engine does next, for tests; all 0 at first. */
struct memory_engine_orders {
    int down;             /* the code of each call; FOB_SUCCESS for none */
    void (*before)(void); /* called once before a transaction, without its lock: a race */
    int see;              /* the code of see(); FOB_EXISTS: another machine has the name */
    bool unknown;         /* the next transaction is made, but its outcome stays unknown */
};
extern struct memory_engine_orders memory_engine_orders;
/* How often the engine was asked. */
extern unsigned memory_engine_steps;
extern unsigned memory_engine_transactions;
/* Go back to the state before the last transaction, as a restored backup does. */
void memory_engine_roll_back(void);
/* As if so much time had passed that all claims have ended by themselves. */
void memory_engine_let_claims_end(void);

#endif
