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
 * A context: the configuration, the store and the plugins.
 */
struct fob_context;

/*
 * Read the configuration and make a context.  The store and the plugins are opened when first
 * needed.
 *
 * CONFIG is the path of fob.yaml, or NULL for the first of $FOB_CONFIG,
 * $XDG_CONFIG_HOME/fob/fob.yaml and SYSCONFDIR/fob/fob.yaml; without any of them the built-in
 * defaults apply (fob.yaml(5)).  A setuid program ignores the environment.  libgcrypt is
 * initialized only if the application has not done so.
 *
 * Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOT_FOUND (CONFIG does not exist), FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM.  Close it with fob_close().  Since 0.1.
 */
FOB_API int fob_open(const char *config, struct fob_context **context);
/* Wipe the keys and free everything.  Close all lists first.  While a handle or a sweep exists, the
 * context stays in memory until the last fob_end() and the end of the sweep.  Since 0.1. */
FOB_API void fob_close(struct fob_context *context);

/* Since 0.1. */
enum fob_path {
    FOB_PATH_STORE,
    FOB_PATH_KEY_FILE,
    FOB_PATH_LOG,
    FOB_PATH_CONFIG, /* the configuration that was read; "" for none.  Since 0.2 */
};
/* The configured path, whether the file exists or not, borrowed from CONTEXT; "" for an unknown
 * WHICH.  Since 0.1. */
FOB_API const char *fob_path(const struct fob_context *context, enum fob_path which);

/* Since 0.1. */
enum fob_log_level { FOB_LOG_ERROR, FOB_LOG_WARNING, FOB_LOG_INFO, FOB_LOG_DEBUG, FOB_LOG_TRACE };

/*
 * Called for each line of the library's log.  PART names the source: "store", say, or
 * "charliehr/link/charliehr" for a plugin.  A line of FOB_LOG_TRACE for each entry explains the
 * verdict of a stack.  Called on the thread that called the library.  Since 0.1.
 */
typedef void fob_log_fn(enum fob_log_level level, const char *part, const char *message,
                        void *data);
/* Send the log to FN; NULL for silence, which is the default.  Set it before threads share the
 * context.  Since 0.1. */
FOB_API void fob_set_log(struct fob_context *context, fob_log_fn *fn, void *data);
/* Format and send only lines up to LEVEL; the default is FOB_LOG_TRACE, all lines.  Set it before
 * threads share the context.  Since 0.1. */
FOB_API void fob_set_log_level(struct fob_context *context, enum fob_log_level level);

/*
 * Called when the calling thread begins to wait: WHAT is the reason, such as "waiting for
 * CharlieHR", borrowed during the call; MS is the expected time in milliseconds, 0 if unknown.
 * Called again when the reason changes, and with NULL when the wait ends.  Most waits are short:
 * show only those that last.  A conversation may ask a question during a wait.  The function must
 * not call the library.  Since 0.2.
 */
typedef void fob_wait_fn(const char *what, int64_t ms, void *data);
/* Report the waits of the calling thread to FN: for an answer, for a pause that a provider asks
 * for, for its budget, for another program that uses the store or the log, and for a key to be
 * derived from a passphrase.  NULL, the default, reports nothing.  DATA is borrowed.  Thread-safe.
 * Since 0.2. */
FOB_API void fob_set_wait(fob_wait_fn *fn, void *data);

#ifdef __cplusplus
}
#endif

#endif
