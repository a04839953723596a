/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Hiding names from an engine: a name's id is an HMAC, and the name itself is stored sealed.  The
 * keys stay the same when the store gets a new key.
 */
#ifndef FOB_STORE_DRIVER_NAMES_H
#define FOB_STORE_DRIVER_NAMES_H

#include "store/engine.h"

#include <fob/fob.h>

struct store;

/* A name of at most FOB_NAME_MAX bytes, padded: its salt, the sealed bytes and their tag. */
#define DRIVER_NAME_BOX (32 + FOB_NAME_MAX + 16)

/* The id of NAME, which is of the kind WHAT: a record, a budget, a claim, a machine.  This and the
 * functions below unlock the store, and return as store_unlock(). */
int driver_names_id(struct store *store, const char *what, const char *name,
                    unsigned char id[static ENGINE_ID]);
int driver_names_seal(struct store *store, const char *name,
                      unsigned char box[static DRIVER_NAME_BOX]);
/* FOB_CORRUPT without a message when BOX does not open, or is not the record's name that has ID,
 * which may be NULL. */
int driver_names_open(struct store *store, struct span box, const unsigned char *id,
                      char name[static FOB_NAME_MAX + 1]);

#endif
