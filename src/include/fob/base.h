/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What every header of libfob needs.  Part of <fob/fob.h>. */
#ifndef FOB_BASE_H
#define FOB_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FOB_API __attribute__((visibility("default")))

/* The longest account, provider and field name, in bytes, without the NUL.  Since 0.1. */
#define FOB_NAME_MAX 64
/* The largest value of one field, in bytes.  Since 0.1. */
#define FOB_VALUE_MAX (256 * 1024)

/* The library's version, "MAJOR.MINOR.PATCH".  Since 0.2. */
FOB_API const char *fob_version(void);

/* Flags; each function says which it takes.  Since 0.1. */
enum fob_flag {
    FOB_NO_VALIDATE = 1 << 0,  /* link, edit: store without asking the provider */
    FOB_NOW = 1 << 1,          /* validate: one "no" is enough, and rights are tried */
    FOB_NEW_IDENTITY = 1 << 2, /* edit: the new keys may belong to somebody else */
    FOB_CONFIRM = 1 << 3,      /* revoke: ask until the provider rejects the credential */
    FOB_FORCE = 1 << 4,        /* lend, authorize: whatever the status */
    FOB_NO_GUIDE = 1 << 5,     /* link: do not show the guide */
    FOB_REPLACE = 1 << 6,      /* import: replace accounts of the same name */
    FOB_RENAME = 1 << 7,       /* import: give such an account a name of its own */
    FOB_DRY_RUN = 1 << 8,      /* import: change nothing, only report */
    FOB_OWN_BODY = 1 << 9,     /* fob_request_new(): the caller supplies the body */
    /* import: replace accounts also where the store's keys are the newer ones; since 0.2 */
    FOB_REPLACE_NEWER = 1 << 10,
    FOB_ANYTHING = 1 << 11, /* fob_send(): any body will do; since 0.2 */
    FOB_AS_ITEMS = 1 << 12, /* fob_send(): the body's JSON as items; since 0.2 */
    FOB_RECORD = 1 << 13,   /* link: make a rehearsal of it; since 0.2 */
    FOB_HOLD = 1 << 14,     /* link, edit: store the account suspended; since 0.2 */
};

#ifdef __cplusplus
}
#endif

#endif
