/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The plugin ABI: what a plugin exports, and what a hook may do.  The specification is
 * fob_plugin(3).
 *
 * A plugin is a shared object that exports one symbol, fob_plugin, and is linked with
 * libfob-plugin.  A plugin runs in a process of its own, which knows no store and no key.  A
 * sandbox keeps that process from everything that the declaration does not say the plugin needs.  A
 * plugin keeps no state of its own: the same plugin runs in many threads, each with a handle of its
 * own.  A hook reaches everything through functions on its handle, which is valid only during the
 * hook, on the thread that runs the hook.  A hook that may start programs may fork, but its child
 * must end by execve(2) or _exit(2), and not return.  For NULL, and a child of fork(), the rules of
 * fob/fob.h hold.  Of the functions of fob/fob.h a plugin has those of codes, errors and secrets,
 * and fob_header().
 */
#ifndef FOB_PLUGIN_H
#define FOB_PLUGIN_H

#include <fob/fob.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI that this header describes.  Since 0.1. */
#define FOB_PLUGIN_ABI 1

/* What an option's value may be, as text in a YAML file.  Since 0.1. */
enum fob_option_type {
    FOB_OPTION_STRING,
    FOB_OPTION_INTEGER,  /* within min..max */
    FOB_OPTION_BOOLEAN,  /* true or false */
    FOB_OPTION_ENUM,     /* one of choices */
    FOB_OPTION_LIST,     /* of strings */
    FOB_OPTION_DURATION, /* seconds, or with s, m, h, d: "90", "15m"; within min..max seconds */
    FOB_OPTION_SIZE,     /* bytes, or with K, M, G (1024): "64K"; within min..max bytes */
    FOB_OPTION_PATH,     /* absolute */
    FOB_OPTION_URL,      /* https, or http to a loopback address */
    FOB_OPTION_MAPS,     /* a list of maps, whose keys are the choices, of which the first must be
                            there, and whose values are strings; since 0.2 */
};

/* New members are added at the end; OPTION_SIZE of the plugin shows which of them it has.  Since
 * 0.1. */
struct fob_option {
    const char *name;
    enum fob_option_type type;
    bool required;
    const char *value;          /* the default, as in YAML; NULL for none */
    int64_t min, max;           /* for numbers, durations and sizes; 0 and 0 for no limit */
    const char *const *choices; /* for enums; for lists, words that may stand in place of one; ends
                                   with NULL */
    const char *summary;        /* one line for people */
};

/*
 * A hook.  Returns a code of enum fob_code; for any but FOB_SUCCESS and FOB_IGNORE it says why with
 * fob_fail().  What each code makes the core do is in fob_plugin(3).  Since 0.1.
 */
typedef int fob_hook_fn(struct fob_handle *handle);

/*
 * Check the options of an entry beyond the schema, such as whether a program exists.  Report each
 * mistake with fob_mistake().  The handle has the options and the provider's name, but no account,
 * no fields and no conversation; the function must not change anything or call the provider. Since
 * 0.2.
 */
typedef void fob_check_fn(struct fob_handle *handle);

/* What the hooks need of the system; their sandbox refuses the rest.  Since 0.2. */
enum fob_needs {
    FOB_NEEDS_NETWORK = 0, /* names, TCP and UDP, certificates; no files, no other process */
    FOB_NEEDS_PURE = 1,    /* nothing: neither */
    FOB_NEEDS_EXEC = 2,    /* programs and files: everything but the store, its key and the log */
};

/*
 * The declaration.  The core reads other members only if ABI matches and SIZE is large enough.  New
 * members are added at the end; SIZE shows which of them the plugin has.  Everything pointed to is
 * constant.  Since 0.2.
 */
struct fob_plugin {
    uint32_t abi;     /* FOB_PLUGIN_ABI */
    uint32_t size;    /* sizeof(struct fob_plugin) */
    const char *name; /* for people; by custom the file's, without ".so" */
    const char *version;
    const char *summary;              /* one line for people */
    const struct fob_option *options; /* ends with an empty one; NULL for none */
    fob_hook_fn *link;      /* complete the credential; NULL for "not mine", as the next three */
    fob_hook_fn *validate;  /* one cheap call: does the provider still accept it? */
    fob_hook_fn *revoke;    /* end it at the provider, or say what a person must do */
    fob_hook_fn *authorize; /* put the credential on a request with fob_add_header() */
    fob_check_fn *check;    /* judge an entry's options; NULL for nothing to say.  Since 0.2 */
    uint32_t needs;         /* of enum fob_needs.  Since 0.2 */
    uint32_t option_size;   /* sizeof(struct fob_option), if there are options.  Since 0.2 */
};

/* Defined by the plugin.  Since 0.1. */
FOB_API extern const struct fob_plugin fob_plugin;

/* The provider's and the account's name, borrowed.  Since 0.1. */
FOB_API const char *fob_provider_name(const struct fob_handle *handle);
FOB_API const char *fob_account_name(const struct fob_handle *handle);

/* Who runs the hook: the real user and group of the application, and its further groups.  Since
 * 0.2. */
struct fob_caller {
    uint32_t uid;
    uint32_t gid;
    const uint32_t *groups;
    size_t group_count;
};
/* Borrowed until the hook returns; NULL where HANDLE is NULL, or of before a fork.  Since 0.2. */
FOB_API const struct fob_caller *fob_caller(const struct fob_handle *handle);

/*
 * The account's type, owner labels and remote identity, as stored; for a new account, as requested.
 * Borrowed until the hook returns; "" when not set.  Since 0.1.
 */
FOB_API const char *fob_account_label(const struct fob_handle *handle, enum fob_text which);

/* The name of field number INDEX (from 0) of the credential, borrowed until the hook changes a
 * field or returns, and whether it is secret; NULL past the last.  SECRET may be NULL.  Since
 * 0.1. */
FOB_API const char *fob_field_name(const struct fob_handle *handle, size_t index, bool *secret);
/*
 * A field of the credential, borrowed until the hook changes that field or returns.  NULL when
 * there is none.  Since 0.1.
 */
FOB_API const struct fob_secret *fob_field(const struct fob_handle *handle, const char *name);
/*
 * Set a field, known to the provider's file or not; the core stores it when the stack succeeds.
 * Copied.  link only.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_put_field(struct fob_handle *handle, const char *name, const void *value,
                          size_t size, bool secret);

/*
 * The value of an option of this entry, of the provider, of fob.yaml's http, or its default, in
 * this order.  Texts are borrowed until the hook returns.  For an option that is not in the schema,
 * or of another type than the function, the result is NULL, 0 or false.
 *
 * fob_option_text() serves strings, enums, paths, URLs, and the word that stands in place of a
 * list; NULL when there is no value and no default.  fob_option_number() serves integers, durations
 * (seconds) and sizes (bytes). fob_option_item() gives a list's item number INDEX (from 0); NULL
 * past the last.  Since 0.1.
 */
FOB_API const char *fob_option_text(const struct fob_handle *handle, const char *name);
FOB_API int64_t fob_option_number(const struct fob_handle *handle, const char *name);
FOB_API bool fob_option_flag(const struct fob_handle *handle, const char *name);
FOB_API const char *fob_option_item(const struct fob_handle *handle, const char *name,
                                    size_t index);
/* The value of KEY in map number INDEX (from 0) of a list of maps; NULL where that has no such
 * key, and past the last.  Since 0.2. */
FOB_API const char *fob_option_member(const struct fob_handle *handle, const char *name,
                                      size_t index, const char *key);

/*
 * In check: say what is wrong with the value of OPTION, or with NULL of the entry as a whole, in
 * words that name the value.  The core puts FILE:LINE:COLUMN and OPTION before them, tells them
 * with "fob check", and has the entry fail with FOB_CONFIG and all of them in place of its hooks.
 * Anywhere else it does nothing.  Since 0.2.
 */
FOB_API void fob_mistake(struct fob_handle *handle, const char *option, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Open for reading a file that is to be trusted as a plugin is: it and every folder above it, the
 * targets of symbolic links included, belong to root or to the caller and are writable by nobody
 * else.  What is read through FD, which the hook closes, is what was checked.
 *
 * Returns FOB_SUCCESS, or with a message set FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_INVALID (not an
 * absolute path), FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_open_trusted(struct fob_handle *handle, const char *path, int *fd);

/*
 * Set the account's identity at the provider: a stable id, and a name for people.  Copied; control
 * characters in NAME are shown as '?', secrets of the credential as asterisks.  The core compares
 * ids at every later validate and edit.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (an empty id, one with control characters, one over 255 bytes,
 * invalid UTF-8, one with a secret of the credential in it), FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_set_identity(struct fob_handle *handle, const char *id, const char *name);

/* Set when the credential expires, in seconds since the Epoch; 0 for never.  link only.  Since
 * 0.1. */
FOB_API void fob_set_expiry(struct fob_handle *handle, int64_t when);

/*
 * Ask or tell the person; see fob_converse_fn.  REPLIES may be NULL when nothing is asked; each
 * reply is freed by the hook with fob_secret_free().  Returns FOB_SUCCESS, FOB_CONVERSATION,
 * FOB_ABORT, FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_converse(struct fob_handle *handle, const struct fob_message *const *messages,
                         size_t count, struct fob_secret **replies);
/* Tell one message of KIND (FOB_TELL_*).  Does nothing without a conversation.  Since 0.1. */
FOB_API void fob_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

/*
 * Say why the hook fails, in a sentence without a full stop that names the provider, and return
 * CODE.  Never put a secret in it.  Control characters are replaced.  HANDLE may be NULL where
 * there is none (since 0.2): then nothing is masked.  Since 0.1.
 */
FOB_API int fob_fail(struct fob_handle *handle, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* After fob_fail(): what to do next.  Since 0.1. */
FOB_API void fob_hint(struct fob_handle *handle, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Write to the log; the core adds provider, hook and plugin.  Since 0.1. */
FOB_API void fob_log(struct fob_handle *handle, enum fob_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Calls to the provider.  libfob-http does this for each request that it sends; a plugin that
 * speaks to the provider otherwise puts each of its calls between these two, so that the provider's
 * budget (fob-provider(5)) is kept, and a sweep over many accounts knows how the provider fares.
 *
 * fob_begin_call() waits PAUSE milliseconds, 0 for a first try, and then until the budget lets the
 * call be made, and counts it.  Returns FOB_SUCCESS; FOB_RATE_LIMITED when waiting would take too
 * long, or when the last answer asked for a pause and whoever runs the hook wants to use it for
 * others: then the last answer is the hook's; FOB_ABORT (interrupted); FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.  For all but success the reason is set.
 *
 * fob_end_call() says how it went: whether there was an answer, whichever, and for how many seconds
 * that asked not to be called (Retry-After); 0 where it did not.  Since 0.1.
 */
FOB_API int fob_begin_call(struct fob_handle *handle, int64_t pause);
FOB_API void fob_end_call(struct fob_handle *handle, bool answered, int64_t retry_after);
/* Whether nobody waits for the hook any more: it should return FOB_ABORT soon.  Since 0.1. */
FOB_API bool fob_is_over(const struct fob_handle *handle);

/*
 * Data of this plugin on this handle, kept from hook to hook.  DESTROY, which may be NULL, is
 * called with it when it is replaced and when the handle ends, but not in a child of fork().
 * Returns FOB_SUCCESS, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_set_data(struct fob_handle *handle, void *data, void (*destroy)(void *data));
FOB_API void *fob_get_data(const struct fob_handle *handle);

/*
 * Put a header on the requests of this credential: those that libfob-http makes for this handle
 * while the hook runs, and after an authorize hook those of the application.  Copied; replaces one
 * of the same name (letters' case aside).
 *
 * Returns FOB_SUCCESS, FOB_INVALID (a name that is no HTTP token, a value with a control
 * character), FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_add_header(struct fob_handle *handle, const char *name, const void *value,
                           size_t size);

#ifdef __cplusplus
}
#endif

#endif
