/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The plugin ABI: what a plugin exports, and what a hook may do.  The specification is
 * fob_plugin(3).
 *
 * A plugin is a shared object that exports one symbol, fob_plugin, linked with libfob-plugin.  It
 * runs in a process of its own, which has no store and no key, in a sandbox that permits only what
 * the declaration says.  A plugin keeps no state: it runs in many threads, each with its own
 * handle.  A hook does everything by functions on its handle, which is valid only during the hook,
 * on the thread that runs the hook.  A hook that may start programs may fork, but its child must
 * end by execve(2) or _exit(2), and not return.  For NULL, and a child of fork(), the rules of
 * fob/fob.h hold.  Of the functions of fob/fob.h, a plugin has those for codes, errors and secrets,
 * and fob_header().
 */
#ifndef FOB_PLUGIN_H
#define FOB_PLUGIN_H

#include <fob/fob.h>
#include <fob/node.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI that this header describes.  Since 0.1. */
#define FOB_PLUGIN_ABI 1

/* The type of an option's value, which is text in a YAML file.  Since 0.1. */
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
    FOB_OPTION_MAPS,     /* a list of maps from choices to strings; each map has the first choice;
                            since 0.2 */
    FOB_OPTION_TREE,     /* a map, a list or one value; see fob/node.h; since 0.2 */
};

/* New members are added at the end; OPTION_SIZE of the plugin shows which of them it has.  Since
 * 0.1. */
struct fob_option {
    const char *name;
    enum fob_option_type type;
    bool required;
    const char *value;          /* the default, as in YAML; NULL for none */
    int64_t min, max;           /* for numbers, durations and sizes; 0 and 0 for no limit */
    const char *const *choices; /* of an enum; of a list, words that may replace the list; of maps,
                                   the keys; ends with NULL */
    const char *summary;        /* one line for people */
};

/*
 * A hook.  Returns a code of enum fob_code, after fob_fail() for any but FOB_SUCCESS and
 * FOB_IGNORE.  fob_plugin(3) says what each code causes.  Since 0.1.
 */
typedef int fob_hook_fn(struct fob_handle *handle);

/*
 * Check the options of an entry beyond the schema, such as whether a program exists.  Report each
 * mistake with fob_mistake().  The handle has the options, the provider's name, and the fields of
 * the provider's file without values, but no account and no conversation; the function must not
 * change anything or call the provider.  Since 0.2.
 */
typedef void fob_check_fn(struct fob_handle *handle);

/* The needs of the hooks; their sandbox refuses everything else.  Since 0.2. */
enum fob_needs {
    FOB_NEEDS_NETWORK = 0, /* name lookup, TCP and UDP, certificates */
    FOB_NEEDS_PURE = 1,    /* only the plugin's own files */
    FOB_NEEDS_EXEC = 2,    /* programs and files, except the store, its key and the log */
};

/*
 * The declaration.  The other members are read only if ABI matches and SIZE is large enough.  New
 * members are added at the end; SIZE shows which of them the plugin has.  Everything pointed to is
 * constant.  Since 0.2.
 */
struct fob_plugin {
    uint32_t abi;     /* FOB_PLUGIN_ABI */
    uint32_t size;    /* sizeof(struct fob_plugin) */
    const char *name; /* for people; usually the file's name without ".so" */
    const char *version;
    const char *summary;              /* one line for people */
    const struct fob_option *options; /* ends with an empty one; NULL for none */
    fob_hook_fn *link;      /* complete the credential; NULL for none, as the next three */
    fob_hook_fn *validate;  /* one cheap call: does the provider still accept it? */
    fob_hook_fn *revoke;    /* end it at the provider, or tell a person how to */
    fob_hook_fn *authorize; /* put the credential on a request with fob_add_header() */
    fob_check_fn *check;    /* check an entry's options; NULL for no check.  Since 0.2 */
    uint32_t needs;         /* enum fob_needs.  Since 0.2 */
    uint32_t option_size;   /* sizeof(struct fob_option), if there are options.  Since 0.2 */
    fob_hook_fn *renew;     /* fetch new tokens; NULL for none.  Since 0.2 */
};

/* Defined by the plugin.  Since 0.1. */
FOB_API extern const struct fob_plugin fob_plugin;

/* The provider's and the account's name, borrowed.  Since 0.1. */
FOB_API const char *fob_provider_name(const struct fob_handle *handle);
FOB_API const char *fob_account_name(const struct fob_handle *handle);

/* The application's real user and group, and its further groups.  Since 0.2. */
struct fob_caller {
    size_t size; /* sizeof this struct */
    uint32_t uid;
    uint32_t gid;
    const uint32_t *groups;
    size_t group_count;
};
/* Borrowed until the hook returns; NULL for NULL, and in a child of fork().  Since 0.2. */
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
 * A field of the credential, borrowed until the hook changes that field or returns.  NULL if
 * there is none.  Since 0.1.
 */
FOB_API const struct fob_secret *fob_field(const struct fob_handle *handle, const char *name);
/* What a field's values are (fob-provider(5)).  Since 0.2. */
enum fob_field_type {
    FOB_FIELD_TEXT,  /* anything */
    FOB_FIELD_LABEL, /* a part of a host name */
    FOB_FIELD_HOST,  /* a host name */
    FOB_FIELD_ENUM,  /* words of the provider's file */
};
/* In check: the type of a field that the provider's file declares.  Since 0.2. */
FOB_API enum fob_field_type fob_field_type(const struct fob_handle *handle, const char *name);
/*
 * Set a field, known to the provider's file or not; the core stores it when the stack succeeds.
 * A field of the app fails the hook: it is not the account's.  Copied.  link only.  Returns
 * FOB_SUCCESS, FOB_INVALID, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_put_field(struct fob_handle *handle, const char *name, const void *value,
                          size_t size, bool secret);

/*
 * A token of the account, borrowed until the hook puts that token or returns, and its end in
 * seconds since the Epoch, 0 for unknown; NULL if there is none.  ENDS may be NULL.  Since 0.2.
 */
FOB_API const struct fob_secret *fob_token(const struct fob_handle *handle, const char *name,
                                           int64_t *ends);
/* The name of token number INDEX (from 0), borrowed likewise; NULL past the last.  Since 0.2. */
FOB_API const char *fob_token_name(const struct fob_handle *handle, size_t index);
/*
 * Put a token: what the provider gave in exchange for the fields.  The core stores it, after link
 * only if the stack succeeds, and runs renew before it ends.  ENDS is the time before the exchange
 * plus the lifetime, in seconds since the Epoch; 0 for an unknown time.  Copied; replaces a token
 * of the same name.  link, validate and renew only.  Returns FOB_SUCCESS, FOB_INVALID (an empty or
 * too large value, a name that is none or a field's, too many), FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_put_token(struct fob_handle *handle, const char *name,
                          const struct fob_secret *value, int64_t ends);

/*
 * The value of an option: the first of the entry's, the provider's, that in http of fob.yaml, and
 * the default.  Texts are borrowed until the hook returns.  For an option that is not in the
 * schema, or of another type, the result is NULL, 0 or false.
 *
 * fob_option_text() reads strings, enums, paths, URLs, and a word that replaces a list; NULL
 * without a value.  fob_option_number() reads integers, durations (seconds) and sizes (bytes).
 * fob_option_item() reads item number INDEX (from 0) of a list; NULL past the last.  Since 0.1.
 */
FOB_API const char *fob_option_text(const struct fob_handle *handle, const char *name);
FOB_API int64_t fob_option_number(const struct fob_handle *handle, const char *name);
FOB_API bool fob_option_flag(const struct fob_handle *handle, const char *name);
FOB_API const char *fob_option_item(const struct fob_handle *handle, const char *name,
                                    size_t index);
/* The value of KEY in map number INDEX (from 0) of a list of maps; NULL if the map lacks KEY, and
 * past the last map.  Since 0.2. */
FOB_API const char *fob_option_member(const struct fob_handle *handle, const char *name,
                                      size_t index, const char *key);

/*
 * In check: report a mistake in the value of OPTION, or for NULL in the entry as a whole; the
 * message names the value.  The core adds FILE:LINE:COLUMN and OPTION.  "fob check" shows all
 * mistakes, and the entry fails with FOB_CONFIG instead of running a hook.  Outside of check this
 * does nothing.  Since 0.2.
 */
FOB_API void fob_mistake(struct fob_handle *handle, const char *option, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same at item number INDEX (from 0) of OPTION, a list; with KEY at that value of the map, or
 * at the map if it lacks KEY.  Since 0.2. */
FOB_API void fob_item_mistake(struct fob_handle *handle, const char *option, size_t index,
                              const char *key, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The same for a field that the provider's file declares; the message names the field.  Since
 * 0.2. */
FOB_API void fob_field_mistake(struct fob_handle *handle, const char *field, const char *format,
                               ...) __attribute__((format(printf, 3, 4)));

/*
 * Open for reading a file that must be trusted as a plugin is: the file, each folder above it, and
 * the targets of symbolic links belong to root or to the caller, and no other user may write to
 * them.  FD, which the hook closes, is open on the file that was checked.
 *
 * Returns FOB_SUCCESS, or with a message set FOB_NOT_FOUND, FOB_NOT_ALLOWED (not trusted, or no
 * option names the file), FOB_INVALID (not an absolute path), FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_open_trusted(struct fob_handle *handle, const char *path, int *fd);

/*
 * Set the account's identity at the provider: a stable id, and a name for people.  Copied; control
 * characters in NAME become '?', secrets of the credential asterisks.  The core compares the id at
 * every later validation and edit.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (an id that is empty, longer than 255 bytes, invalid UTF-8, or
 * contains a control character or a secret), FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_set_identity(struct fob_handle *handle, const char *id, const char *name);

/*
 * Whether the hook shall also try rights that an accepted credential may lack, each with a request:
 * true in link, and in a validation on a person's demand.  After a false, a validate hook does not
 * try them, and an account that is degraded stays so.  Since 0.2.
 */
FOB_API bool fob_is_thorough(struct fob_handle *handle);

/* Set when the credential expires, in seconds since the Epoch; 0 for never.  link only.  Since
 * 0.1. */
FOB_API void fob_set_expiry(struct fob_handle *handle, int64_t when);

/*
 * Ask or tell the person; see fob_converse_fn.  REPLIES may be NULL if there is no question; the
 * hook frees each reply with fob_secret_free().  Returns FOB_SUCCESS, FOB_CONVERSATION, FOB_ABORT,
 * FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_converse(struct fob_handle *handle, const struct fob_message *const *messages,
                         size_t count, struct fob_secret **replies);
/* Since 0.2. */
struct fob_sign_in_request {
    size_t size; /* sizeof this struct */
    /* The authorization endpoint with its parameters (RFC 6749, 4.1.1), except redirect_uri, state,
     * code_challenge and code_challenge_method, which the core adds. */
    const char *address;
    const char *redirect; /* as in struct fob_sign_in */
    const char *issuer;   /* what "iss" in the answer must be (RFC 9207); NULL to accept any */
    bool needs_iss;       /* refuse an answer without "iss" */
    bool plain;           /* send no code challenge: the provider refuses that */
};
/* What the exchange of the code needs; the hook frees the secrets.  Since 0.2. */
struct fob_sign_in_answer {
    size_t size; /* sizeof this struct */
    struct fob_secret *code;
    struct fob_secret *redirect_uri;
    struct fob_secret *verifier; /* the code verifier (RFC 7636) */
};
/*
 * In link: send the person to the provider's page, and wait for the answer.  The core makes the
 * state and the code verifier, and compares state and "iss".
 *
 * Returns FOB_SUCCESS; FOB_REJECTED (the person or the provider declines), FOB_UNAVAILABLE (the
 * provider's fault, or no answer in time), FOB_CONFIG (the provider refuses such a request),
 * FOB_PROTOCOL (an answer that cannot be understood), FOB_NOT_ALLOWED (one of another sign-in),
 * FOB_CONVERSATION (nobody to sign in, or the answer comes later), FOB_ABORT, FOB_INVALID,
 * FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_sign_in(struct fob_handle *handle, const struct fob_sign_in_request *request,
                        struct fob_sign_in_answer *answer);
/* Tell one message of KIND (FOB_TELL_*).  Does nothing without a conversation.  Since 0.1. */
FOB_API void fob_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

/*
 * Say why the hook fails, in a sentence without a full stop that names the provider, and return
 * CODE.  Never put a secret in it.  Control characters are replaced.  HANDLE may be NULL
 * (since 0.2): then nothing is masked.  Since 0.1.
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
 * Calls to the provider.  libfob-http uses these functions for each request; a plugin that calls
 * the provider in another way must use them, too.  They keep the provider's budget
 * (fob-provider(5)), and tell a sweep over many accounts how the provider responds.
 *
 * fob_begin_call() waits PAUSE milliseconds, 0 before a first try, then until the budget permits a
 * call, and counts the call.  Returns FOB_SUCCESS; FOB_RATE_LIMITED if the wait would be too long,
 * or if a sweep uses the pause that the last answer asked for: then the hook returns the code of
 * that answer; FOB_ABORT (interrupted); FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  For all but
 * success the reason is set.
 *
 * fob_end_call() reports whether there was any answer, and the pause in seconds that the answer
 * asked for (Retry-After), or 0.  Since 0.1.
 */
FOB_API int fob_begin_call(struct fob_handle *handle, int64_t pause);
FOB_API void fob_end_call(struct fob_handle *handle, bool answered, int64_t retry_after);
/* Whether the application no longer waits for the hook, which should soon return FOB_ABORT.  Since
 * 0.1. */
FOB_API bool fob_is_over(const struct fob_handle *handle);

/*
 * Data of this plugin for this handle, kept from hook to hook.  DESTROY, which may be NULL, is
 * called when the data is replaced and when the handle ends, but not in a child of fork().  Returns
 * FOB_SUCCESS, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_set_data(struct fob_handle *handle, void *data, void (*destroy)(void *data));
FOB_API void *fob_get_data(const struct fob_handle *handle);

/*
 * Put a header on the requests with this credential: those of libfob-http for this handle while the
 * hook runs, and after an authorize hook those of the application.  Copied; replaces a header of
 * the same name, in upper or lower case.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (a name that is no HTTP token, a value with a control
 * character), FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_add_header(struct fob_handle *handle, const char *name, const void *value,
                           size_t size);
/*
 * The same for a parameter in the query of these requests, for a provider that takes its credential
 * nowhere else.  VALUE is not percent-encoded.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (a name that is not of letters, digits and -._~, a value with a
 * control character), FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_add_query(struct fob_handle *handle, const char *name, const void *value,
                          size_t size);
/*
 * Set the base URL of the same requests, for a provider with a host for each account, in place of
 * the option base_url.  Copied.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (not a base URL, see fob-provider(5)), FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_set_base_url(struct fob_handle *handle, const char *url);

#ifdef __cplusplus
}
#endif

#endif
