/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A context, its log and its waits.  Part of <fob/fob.h>. */
#ifndef FOB_CONTEXT_H
#define FOB_CONTEXT_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A context: the configuration, the store and the loaded plugins.
 */
struct fob_context;

/*
 * Read the configuration and make a context.  Neither the store nor any plugin is touched yet.
 *
 * CONFIG is the path of fob.yaml, or NULL for the first of $FOB_CONFIG,
 * $XDG_CONFIG_HOME/fob/fob.yaml and SYSCONFDIR/fob/fob.yaml; with none of them the built-in
 * defaults serve (fob.yaml(5)).  In a setuid program the environment is not consulted.  libgcrypt
 * is initialized only if the application has not done so.
 *
 * Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOT_FOUND (CONFIG does not exist), FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM.  Close it with fob_close().  Since 0.1.
 */
FOB_API int fob_open(const char *config, struct fob_context **context);
/* Unload the plugins, wipe keys, free everything.  No iterator may be left.  As long as there are
 * handles or a sweep (since 0.2), this waits for the last fob_end() and the sweep's end.  Since
 * 0.1. */
FOB_API void fob_close(struct fob_context *context);

/* Since 0.1. */
enum fob_path {
    FOB_PATH_STORE,
    FOB_PATH_KEY_FILE,
    FOB_PATH_LOG,
    FOB_PATH_CONFIG, /* the configuration that was read; "" for none.  Since 0.2 */
};
/* Where the configuration puts it, whether it is there or not; borrowed from CONTEXT; "" for a
 * WHICH that is none.  Since 0.1. */
FOB_API const char *fob_path(const struct fob_context *context, enum fob_path which);

/* Since 0.1. */
enum fob_log_level { FOB_LOG_ERROR, FOB_LOG_WARNING, FOB_LOG_INFO, FOB_LOG_DEBUG, FOB_LOG_TRACE };

/*
 * Called for each line of the library's log.  PART names who speaks ("store", or
 * "charliehr/link/charliehr" for a plugin).  FOB_LOG_TRACE lines explain a stack's verdict, one an
 * entry.  Called from the thread that made the library call.  Since 0.1.
 */
typedef void fob_log_fn(enum fob_log_level level, const char *part, const char *message,
                        void *data);
/* Send the log to FN; NULL for silence, which is the default.  Set it before threads share the
 * context.  Since 0.1. */
FOB_API void fob_set_log(struct fob_context *context, fob_log_fn *fn, void *data);
/* Have lines up to LEVEL only, which saves the making of the others; FOB_LOG_TRACE, all of them, is
 * the default.  Set it before threads share the context.  Since 0.1. */
FOB_API void fob_set_log_level(struct fob_context *context, enum fob_log_level level);

/*
 * Called when the calling thread begins to wait: WHAT says for what, as "waiting for CharlieHR"
 * (borrowed during the call), and MS for how many milliseconds, 0 when that is not known.  Called
 * again when it waits for something else, and with NULL when it goes on.  Most waits are short: an
 * application that shows them shows those that last.  A question may be asked meanwhile.  FN calls
 * nothing of the library.  Since 0.2.
 */
typedef void fob_wait_fn(const char *what, int64_t ms, void *data);
/* Tell FN of the waits of the calling thread: for an answer, a pause that a provider asks for, its
 * budget, another program that uses the store or the log, the stretching of a passphrase.  NULL for
 * silence, the default.  DATA is borrowed.  Thread-safe.  Since 0.2. */
FOB_API void fob_set_wait(fob_wait_fn *fn, void *data);

#ifdef __cplusplus
}
#endif

#endif
