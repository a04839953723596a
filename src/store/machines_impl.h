/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of machines.h.
 */
#ifndef FOB_STORE_MACHINES_IMPL_H
#define FOB_STORE_MACHINES_IMPL_H

#include "store/driver.h"
#include "store/machines.h"

/* Call FN with the engine.  FOB_NOT_FOUND without a message in a store of files. */
int machines_with_engine(struct store *store, driver_engine_fn *fn, void *data);

/* How many transactions of the store this machine has. */
uint64_t machines_revision(struct store *store);

#endif
