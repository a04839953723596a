/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Codes, and what went wrong.  Part of <fob/fob.h>. */
#ifndef FOB_ERROR_H
#define FOB_ERROR_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Return codes of the library and of plugins' hooks.  The numbers are part of the ABI; new codes
 * are added before FOB_CODE_COUNT.  Since 0.1.
 */
enum fob_code {
    FOB_SUCCESS = 0,
    FOB_IGNORE = 1,        /* a hook has no opinion; it does not count in its stack */
    FOB_REJECTED = 2,      /* the provider does not accept the credential */
    FOB_EXPIRED = 3,       /* the credential has expired */
    FOB_DENIED = 4,        /* the provider accepts the credential, but it lacks a permission */
    FOB_UNAVAILABLE = 5,   /* network, time-out or 5xx: says nothing about the credential */
    FOB_RATE_LIMITED = 6,  /* the provider asks for fewer requests */
    FOB_UNTRUSTED = 7,     /* the server could not prove its identity */
    FOB_PROTOCOL = 8,      /* an answer that cannot be understood */
    FOB_MANUAL = 9,        /* a person must finish the operation */
    FOB_CONVERSATION = 10, /* nobody to ask, or the person gave up */
    FOB_NOT_FOUND = 11,
    FOB_EXISTS = 12,
    FOB_LOCKED = 13,    /* the store's key is not available */
    FOB_SUSPENDED = 14, /* an administrator suspended the account */
    FOB_CORRUPT = 15,   /* stored data is damaged or was altered */
    FOB_CONFIG = 16,    /* a mistake in a configuration file */
    FOB_PLUGIN = 17,    /* a plugin is missing, not trusted, or misbehaved */
    FOB_INVALID = 18,   /* a mistake of the caller */
    FOB_NOMEM = 19,
    FOB_SYSTEM = 20,      /* the operating system refused: a file, a disk, a limit */
    FOB_ABORT = 21,       /* interrupted */
    FOB_NOT_ALLOWED = 22, /* this machine does not allow it: a file's mode, an owner, a rule */
    FOB_MISMATCHED = 23,  /* the credential belongs to another identity than the linked one */
    FOB_CHANGED = 24,     /* somebody else changed the account meanwhile */
    FOB_CODE_COUNT = 25
};

/* When a retry can succeed.  Since 0.1. */
enum fob_retry {
    FOB_RETRY_NEVER,  /* the answer will not change by itself */
    FOB_RETRY_LATER,  /* wait, then try again */
    FOB_RETRY_PERSON, /* after a person acts */
};

/* The name of a code in YAML, such as "rejected"; "unknown" for any other number.  Since 0.1. */
FOB_API const char *fob_code_name(int code);
/* One sentence without a full stop, for people.  Since 0.1. */
FOB_API const char *fob_code_text(int code);
/* When a retry can succeed; FOB_RETRY_NEVER for a number that is not a code.  Since 0.1. */
FOB_API enum fob_retry fob_code_retry(int code);
/* Find a code by its short name.  Returns FOB_SUCCESS or FOB_NOT_FOUND (without a message).  Since
 * 0.1. */
FOB_API int fob_code_from_name(const char *name, int *code);

/*
 * What went wrong in the calling thread's last failed call: "WHAT: WHY", without a newline.
 *
 * Never NULL; empty when nothing failed yet.  Kept per thread, so that threads that share a context
 * do not read each other's message.  Borrowed until the thread's next call into the library.  Never
 * holds a secret or a control character.  Since 0.1.
 */
FOB_API const char *fob_error(void);
/* What to do about the failure, or "".  Borrowed as fob_error() is.  Since 0.1. */
FOB_API const char *fob_error_hint(void);

#ifdef __cplusplus
}
#endif

#endif
