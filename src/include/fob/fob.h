/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * libfob for applications: link accounts at providers, watch them, lend their credentials, take
 * them back.  The overview is fob(3); plugins use fob/plugin.h instead.
 *
 * Rules that hold for every function here:
 * - A function that can fail returns a code of enum fob_code; results go to the last parameter,
 *   which is untouched on failure.  fob_error() then says what failed, on what, and why.
 * - Strings are UTF-8 and NUL-terminated; times are seconds since the Epoch, 0 meaning "never".
 * - "Borrowed" pointers belong to the object they came from and live as long as it does.
 * - A pointer must not be NULL unless its function says that it may, or it points to 0 bytes or
 *   items.  For NULL a function that returns a code returns FOB_INVALID, with the message
 *   "FUNCTION: ARGUMENT must not be NULL"; any other one does nothing, and returns NULL, 0, false
 * or
 *   "".  Freeing NULL does nothing.
 * - FOB_INVALID is also returned for flags that a function does not take, for a number that is not
 *   in an enum, and for a handle that another function is at work with: in a hook or in the
 *   conversation the handle can be looked at, but not changed.
 * - A context may be used from any number of threads.  Any other object may be used by one thread
 *   at a time.
 * - In a child of fork() a context works, and unlocks the store for itself; a handle of the parent
 *   is FOB_INVALID, a secret of the parent is empty.  See "Threads and processes" in fob(3).
 */
#ifndef FOB_FOB_H
#define FOB_FOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FOB_API __attribute__((visibility("default")))

/* The longest account, provider and field name, in bytes, without the NUL. */
#define FOB_NAME_MAX 64
/* The largest value of one field, in bytes. */
#define FOB_VALUE_MAX (256 * 1024)

/*
 * Return codes of the library and of plugins' hooks.  The numbers are part of the ABI; new codes
 * are added before FOB_CODE_COUNT.
 */
enum fob_code {
    FOB_SUCCESS = 0,
    FOB_IGNORE = 1,        /* a hook's "nothing to say": does not count in a stack */
    FOB_REJECTED = 2,      /* the provider does not accept the credential */
    FOB_EXPIRED = 3,       /* the credential's time is over */
    FOB_DENIED = 4,        /* the provider accepts the credential, but a right is missing there */
    FOB_UNAVAILABLE = 5,   /* network, time-out or 5xx: says nothing about the credential */
    FOB_RATE_LIMITED = 6,  /* the provider asks for fewer calls */
    FOB_UNTRUSTED = 7,     /* the far end could not prove who it is */
    FOB_PROTOCOL = 8,      /* an answer that is not understood */
    FOB_MANUAL = 9,        /* a person must finish it */
    FOB_CONVERSATION = 10, /* nobody to ask, or the person gave up */
    FOB_NOT_FOUND = 11,
    FOB_EXISTS = 12,
    FOB_LOCKED = 13,    /* the store's key is not to be had */
    FOB_SUSPENDED = 14, /* switched off by an administrator */
    FOB_CORRUPT = 15,   /* stored data is damaged or was altered */
    FOB_CONFIG = 16,    /* a mistake in a configuration file */
    FOB_PLUGIN = 17,    /* a plugin is missing, not trusted, or misbehaved */
    FOB_INVALID = 18,   /* a mistake of the caller */
    FOB_NOMEM = 19,
    FOB_SYSTEM = 20,      /* the operating system refused: a file, a disk, a limit */
    FOB_ABORT = 21,       /* interrupted */
    FOB_NOT_ALLOWED = 22, /* this machine does not allow it: a file's mode, an owner, a rule */
    FOB_MISMATCHED = 23,  /* the credential opens another identity than the one that was linked */
    FOB_CHANGED = 24,     /* somebody else changed the account meanwhile */
    FOB_CODE_COUNT = 25
};

/* When it makes sense to try the same thing again. */
enum fob_retry {
    FOB_RETRY_NEVER,  /* the answer will not change by itself */
    FOB_RETRY_LATER,  /* wait, then try again */
    FOB_RETRY_PERSON, /* after a person did something */
};

/* The short name used in YAML ("rejected"), or "unknown" for a number that is no code. */
FOB_API const char *fob_code_name(int code);
/* One sentence without a full stop, for people. */
FOB_API const char *fob_code_text(int code);
/* When trying again makes sense. A number that is no code is FOB_RETRY_NEVER. */
FOB_API enum fob_retry fob_code_retry(int code);
/* Find a code by its short name.  Returns FOB_SUCCESS or FOB_NOT_FOUND (without a message). */
FOB_API int fob_code_from_name(const char *name, int *code);

/*
 * What went wrong in the calling thread's last failed call: "WHAT: WHY", without a newline.
 *
 * Never NULL; empty when nothing failed yet.  Kept per thread, so that threads that share a context
 * do not read each other's message.  Borrowed until the thread's next call into the library.  Never
 * holds a secret or a control character.
 */
FOB_API const char *fob_error(void);
/* What to do about it, or "" where there is nothing to say.  As fob_error(). */
FOB_API const char *fob_error_hint(void);

/* The library's version, "MAJOR.MINOR.PATCH". */
FOB_API const char *fob_version(void);

/*
 * A secret: bytes in memory that is locked when the process's limit permits, left out of core dumps
 * and of forked children, and wiped when freed.  Always followed by a NUL that is not counted.
 */
struct fob_secret;

/* Copy SIZE bytes (at most FOB_VALUE_MAX) into a new secret.  Returns FOB_SUCCESS, FOB_INVALID,
 * FOB_NOMEM.  Free it with fob_secret_free(). */
FOB_API int fob_secret_new(const void *data, size_t size, struct fob_secret **secret);
/* Add SIZE bytes at the end; what was borrowed before is no longer valid.  Returns FOB_SUCCESS,
 * FOB_INVALID (it would pass FOB_VALUE_MAX), FOB_NOMEM; on failure nothing was added. */
FOB_API int fob_secret_append(struct fob_secret *secret, const void *data, size_t size);
/* The bytes, borrowed.  In a child of fork() a secret of the parent is empty, and stays so. */
FOB_API const char *fob_secret_data(const struct fob_secret *secret);
FOB_API size_t fob_secret_size(const struct fob_secret *secret);
/* Wipe and free. */
FOB_API void fob_secret_free(struct fob_secret *secret);
/* For a program, at its start: no core dump is written of this process, and no other process of its
 * user may read its memory (PR_SET_DUMPABLE in prctl(2)), since libraries keep copies of the
 * secrets they are given. */
FOB_API void fob_secret_no_dumps(void);

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
 * is initialised only if the application has not done so.
 *
 * Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOT_FOUND (CONFIG does not exist), FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM.  Close it with fob_close().
 */
FOB_API int fob_open(const char *config, struct fob_context **context);
/* Unload the plugins, wipe keys, free everything.  No iterator may be left.  As long as there are
 * handles or a sweep (since 0.2), this waits for the last fob_end() and the sweep's end. */
FOB_API void fob_close(struct fob_context *context);

enum fob_path {
    FOB_PATH_STORE,
    FOB_PATH_KEY_FILE,
    FOB_PATH_LOG,
    FOB_PATH_CONFIG, /* the configuration that was read; "" for none.  Since 0.2 */
};
/* Where the configuration puts it, whether it is there or not; borrowed from CONTEXT; "" for a
 * WHICH that is none. */
FOB_API const char *fob_path(const struct fob_context *context, enum fob_path which);

enum fob_log_level { FOB_LOG_ERROR, FOB_LOG_WARNING, FOB_LOG_INFO, FOB_LOG_DEBUG, FOB_LOG_TRACE };

/*
 * Called for each line of the library's log.  PART names who speaks ("store", or
 * "charliehr/link/charliehr" for a plugin).  FOB_LOG_TRACE lines explain a stack's verdict, one an
 * entry.  Called from the thread that made the library call.
 */
typedef void fob_log_fn(enum fob_log_level level, const char *part, const char *message,
                        void *data);
/* Send the log to FN; NULL for silence, which is the default.  Set it before threads share the
 * context. */
FOB_API void fob_set_log(struct fob_context *context, fob_log_fn *fn, void *data);
/* Have lines up to LEVEL only, which saves the making of the others; FOB_LOG_TRACE, all of them, is
 * the default.  Set it before threads share the context. */
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

/*
 * The conversation: how the library and its plugins ask a person and tell a person.
 */
enum fob_message_kind {
    FOB_ASK_TEXT,    /* wants a reply, shown as it is typed */
    FOB_ASK_SECRET,  /* wants a reply, not shown */
    FOB_ASK_CONFIRM, /* wants "yes" or "no" */
    FOB_TELL_GUIDE,  /* how to get the credential: many lines */
    FOB_TELL_INFO,
    FOB_TELL_WARNING,
};

struct fob_message {
    enum fob_message_kind kind;
    const char *name;        /* the field asked for, or NULL */
    const char *text;        /* the prompt or the message */
    const char *description; /* more about the field, or NULL */
    const char *example;     /* or NULL */
    const char *value;       /* what an empty reply stands for, or NULL; see fob_edit() */
};

/*
 * Show COUNT messages together, as one form where that can be done.  For each FOB_ASK_* message
 * put a new secret into REPLIES at its place (the library frees it); the other places stay NULL.
 *
 * Returns FOB_SUCCESS, or FOB_CONVERSATION when there is nobody to ask or the person gives up, or
 * FOB_ABORT when interrupted; replies already made are freed by the library then.
 */
typedef int fob_converse_fn(const struct fob_message *messages, size_t count,
                            struct fob_secret **replies, void *data);

struct fob_conversation {
    fob_converse_fn *converse;
    void *data;
};

/*
 * The conversation that asks for the store's passphrase, and that serves handles that bring none of
 * their own.  Why the store's other keys do not open it is told with the question, as
 * FOB_TELL_INFO.  CONV is copied, its data borrowed until fob_close(); NULL for nobody, the
 * default.  Set it before threads share the context.
 */
FOB_API void fob_set_conversation(struct fob_context *context, const struct fob_conversation *conv);

/*
 * Accounts: what is stored, without the secrets.  A struct fob_account is a copy made when it was
 * read; it does not follow later changes.
 */
enum fob_status {
    FOB_STATUS_ACTIVE = 0,
    FOB_STATUS_UNCHECKED = 1, /* stored without a check */
    FOB_STATUS_DEGRADED = 2,  /* the credential is good, a right is missing */
    FOB_STATUS_REJECTED = 3,  /* the provider no longer accepts it: relink */
    FOB_STATUS_EXPIRED = 4,
    FOB_STATUS_SUSPENDED = 5,  /* by an administrator */
    FOB_STATUS_MISMATCHED = 6, /* the keys open another identity than the one that was linked */
    FOB_STATUS_COUNT
};

/* "active", "unchecked", "degraded", "rejected", "expired", "suspended", "mismatched"; "unknown"
 * otherwise. */
FOB_API const char *fob_status_name(int status);
/* Returns FOB_SUCCESS or FOB_NOT_FOUND (without a message). */
FOB_API int fob_status_from_name(const char *name, enum fob_status *status);

/* Texts of an account; one that is not known is "". */
enum fob_text {
    FOB_TEXT_NAME,
    FOB_TEXT_PROVIDER,
    FOB_TEXT_TYPE, /* "production" or "test" */
    FOB_TEXT_OWNER_ID,
    FOB_TEXT_OWNER_NAME,
    FOB_TEXT_OWNER_EMAIL,
    FOB_TEXT_REMOTE_ID, /* who the provider says it is: for CharlieHR the company */
    FOB_TEXT_REMOTE_NAME,
    FOB_TEXT_LAST_ERROR, /* in plain words */
    FOB_TEXT_HOSTS,      /* servers that helpers of git and docker may lend it to, with a blank
                            between two; since 0.2 */
    FOB_TEXT_VARIABLES,  /* what a program gets beside the fields, and is no secret: lines
                            NAME=VALUE; since 0.2 */
    FOB_TEXT_COUNT
};

enum fob_time {
    FOB_TIME_LINKED,
    FOB_TIME_CHANGED,   /* the last edit of the credential */
    FOB_TIME_VALIDATED, /* the provider last accepted it */
    FOB_TIME_REFUSED,   /* the first of the provider's "no"s with no success since */
    FOB_TIME_EXPIRES,
    FOB_TIME_COUNT
};

struct fob_account;

FOB_API const char *fob_account_text(const struct fob_account *account, enum fob_text which);
FOB_API int64_t fob_account_time(const struct fob_account *account, enum fob_time which);
/* The status now: an account past its expiry is FOB_STATUS_EXPIRED whatever was stored, unless it
 * is suspended, rejected or mismatched; FOB_STATUS_UNCHECKED for NULL. */
FOB_API enum fob_status fob_account_status(const struct fob_account *account);
/* The name of field number INDEX (from 0), borrowed, and whether it is secret; NULL past the last.
 * SECRET may be NULL. */
FOB_API const char *fob_account_field(const struct fob_account *account, size_t index,
                                      bool *secret);
FOB_API void fob_account_free(struct fob_account *account);
/* Whether ACCOUNT is one of those that are meant; borrowed during the call. */
typedef bool fob_choose_fn(const struct fob_account *account, void *data);

/* Read one account.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_INVALID (not a name), FOB_LOCKED,
 * FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
FOB_API int fob_read_account(struct fob_context *context, const char *name,
                             struct fob_account **account);

/* Accounts in the order of their names.  An account linked or revoked meanwhile may be seen or not.
 */
struct fob_accounts;

/* Returns FOB_SUCCESS, FOB_NOT_FOUND (no store), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM. */
FOB_API int fob_accounts_open(struct fob_context *context, struct fob_accounts **accounts);
/*
 * The next account; FOB_NOT_FOUND (without a message) after the last.  On FOB_CORRUPT and
 * FOB_NOT_ALLOWED fob_error() names the account that could not be read, and the iteration may go
 * on.
 */
FOB_API int fob_accounts_next(struct fob_accounts *accounts, struct fob_account **account);
FOB_API void fob_accounts_close(struct fob_accounts *accounts);
/* Call FN with the name of each account, in order, until it returns false.  None is opened, so no
 * key is needed.  Returns FOB_SUCCESS, FOB_NOT_FOUND (no store), FOB_CORRUPT, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM. */
typedef bool fob_name_fn(const char *name, void *data);
FOB_API int fob_list_names(struct fob_context *context, fob_name_fn *fn, void *data);

/*
 * Make a store: its folder, its key, one key slot.
 *
 * With PASSPHRASE the key slot is made from it (Argon2id); with NULL a random key file is written
 * to the configured place.  Nothing that exists is changed.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS, FOB_INVALID (an empty passphrase), FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.
 */
FOB_API int fob_create_store(struct fob_context *context, const struct fob_secret *passphrase);

/*
 * A handle: one transaction with one account.
 *
 * PROVIDER may be NULL when the account exists already; the account need not exist for fob_link().
 * CONV may be NULL: then the context's conversation serves.  It is copied; its data is borrowed
 * until fob_end().
 *
 * Returns FOB_SUCCESS, FOB_INVALID (a bad name), FOB_NOT_FOUND (no such account or provider),
 * FOB_EXISTS (the account is linked at another provider), FOB_CONFIG, FOB_LOCKED, FOB_CORRUPT,
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
 */
struct fob_handle;
FOB_API int fob_start(struct fob_context *context, const char *provider, const char *account,
                      const struct fob_conversation *conv, struct fob_handle **handle);
/* Free HANDLE.  While a function is at work with it, as in a hook, this does nothing. */
FOB_API void fob_end(struct fob_handle *handle);

/*
 * Items: what the application says about the account before fob_link() or fob_edit().
 * VALUE is copied; "" takes an item away; FOB_ITEM_TYPE is "production" or "test";
 * FOB_ITEM_EXPIRES is a date, YYYY-MM-DD, the first day on which the credential is no longer used
 * (UTC).  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM.
 */
enum fob_item {
    FOB_ITEM_TYPE,
    FOB_ITEM_OWNER_ID,
    FOB_ITEM_OWNER_NAME,
    FOB_ITEM_OWNER_EMAIL,
    FOB_ITEM_EXPIRES,
    FOB_ITEM_PROGRAM,   /* who asks, for the audit log; the process's name by default */
    FOB_ITEM_DETAIL,    /* what for, for the audit log's line when the account is lent */
    FOB_ITEM_HOSTS,     /* see FOB_TEXT_HOSTS: HOST or HOST:PORT, blanks between; since 0.2 */
    FOB_ITEM_VARIABLES, /* see FOB_TEXT_VARIABLES: all of them; at most 4096 bytes; since 0.2 */
    FOB_ITEM_COUNT
};
FOB_API int fob_set_item(struct fob_handle *handle, enum fob_item item, const char *value);

/*
 * Give a field's value, so that the person is not asked for it.  Copied.
 *
 * A value with something that cannot be seen, as a blank at its end or a byte order mark, is
 * refused, unless fob_set_exact() was called; one that is typed is asked about.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND (the provider has no such field), FOB_INVALID (too large,
 * against the field's pattern, or something in it cannot be seen), FOB_NOMEM.
 */
FOB_API int fob_set_field(struct fob_handle *handle, const char *name, const void *value,
                          size_t size);
/*
 * A field's value: given, typed, or stored.  The account's status is not looked at; to lend a
 * credential use fob_lend().  Caller frees with fob_secret_free().
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOMEM.
 */
FOB_API int fob_get_field(struct fob_handle *handle, const char *name, struct fob_secret **value);
/* Take the values of fields exactly as they are from now on.  Since 0.2. */
FOB_API void fob_set_exact(struct fob_handle *handle);
/* Forget the values given or typed, so that they are asked for again. */
FOB_API void fob_clear_fields(struct fob_handle *handle);
/* The account as the handle sees it, borrowed; NULL before it is linked. */
FOB_API const struct fob_account *fob_handle_account(struct fob_handle *handle);

/* Flags of the calls below; each says which it takes. */
enum fob_flag {
    FOB_NO_VALIDATE = 1 << 0,  /* link, edit: store without asking the provider */
    FOB_NOW = 1 << 1,          /* validate: one "no" is enough */
    FOB_NEW_IDENTITY = 1 << 2, /* edit: the new keys may belong to somebody else */
    FOB_CONFIRM = 1 << 3,      /* revoke: ask until the provider rejects the credential */
    FOB_FORCE = 1 << 4,        /* lend, authorize: whatever the status */
    FOB_NO_GUIDE = 1 << 5,     /* link: do not show the guide */
    FOB_REPLACE = 1 << 6,      /* import: replace accounts of the same name */
    FOB_RENAME = 1 << 7,       /* import: give such an account a name of its own */
    FOB_DRY_RUN = 1 << 8,      /* import: do nothing, only tell */
    FOB_OWN_BODY = 1 << 9,     /* call: the caller brings the body, in place of its arguments */
    /* import: replace accounts also where the store's keys are the newer ones; since 0.2 */
    FOB_REPLACE_NEWER = 1 << 10,
};

/*
 * Link: show the guide, ask for missing fields, run the provider's link stack, seal the account,
 * read it back.
 *
 * May be called again on the same handle when it failed, after fob_clear_fields() or as it is.
 * Takes FOB_NO_VALIDATE and FOB_NO_GUIDE.  On FOB_SUCCESS the account is durable; on any other code
 * nothing was stored.  Blocks on the conversation and the network.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS, FOB_REJECTED, FOB_DENIED, FOB_EXPIRED, FOB_UNAVAILABLE,
 * FOB_RATE_LIMITED, FOB_UNTRUSTED, FOB_PROTOCOL, FOB_CONVERSATION, FOB_ABORT, FOB_INVALID,
 * FOB_LOCKED, FOB_PLUGIN, FOB_CONFIG, FOB_SYSTEM, FOB_NOMEM, or what else a plugin returned.
 */
FOB_API int fob_link(struct fob_handle *handle, unsigned flags);

/*
 * Give an account new keys, labels or an expiry; name, history and everything not given stay.
 *
 * Fields set before are replaced; with none set, and no item set, all fields are asked for: the
 * message's value is the present one, or "unchanged" for a secret, and an empty reply keeps it
 * (since 0.2).  New keys are tried as fob_link() tries them, and refused with FOB_MISMATCHED when
 * they belong to another identity, unless FOB_NEW_IDENTITY is given.  FOB_NEW_IDENTITY with no
 * field set keeps a mismatched account's keys, and takes the identity that they open.  Takes
 * FOB_NO_VALIDATE, FOB_NEW_IDENTITY, FOB_NO_GUIDE.  Returns as fob_link(), and FOB_NOT_FOUND,
 * FOB_CHANGED.
 */
FOB_API int fob_edit(struct fob_handle *handle, unsigned flags);

/*
 * Ask the provider whether the account is still accepted.
 *
 * On FOB_SUCCESS, FOB_REJECTED, FOB_DENIED, FOB_EXPIRED and FOB_MISMATCHED what was learnt is
 * already durable; on any other code nothing has changed.  An account becomes rejected only on the
 * second "no" at least a minute after the first, with no success between; FOB_NOW makes one enough.
 * FOB_MISMATCHED: the keys open another identity than the account's, which is kept as its status.
 * When the account gets other keys meanwhile, these are asked about; FOB_CHANGED if that happens
 * again.
 *
 * When the account has another status now, on_change of fob.yaml is run, and its end waited for.
 * Returns as fob_link(), and FOB_NOT_FOUND.
 */
FOB_API int fob_validate(struct fob_handle *handle, unsigned flags);

/* Switch an account off or on again.  Neither calls the provider.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND, FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
FOB_API int fob_suspend(struct fob_handle *handle);
FOB_API int fob_resume(struct fob_handle *handle);

/*
 * Give the account the name NAME; HANDLE is about it under that name then.  Since 0.2.
 *
 * Everything that is stored about it stays; the lines of the log before keep the old name.  The
 * provider is not called.  A call that was killed may leave the account under both names: the same
 * call finishes it.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_INVALID (not a name), FOB_EXISTS
 * (another account has it), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
 */
FOB_API int fob_rename(struct fob_handle *handle, const char *name);

/*
 * End the credential at the provider and erase it here.
 *
 * - FOB_SUCCESS: the provider has revoked it, and it is erased here.
 * - FOB_MANUAL: it is erased here; a person must do the rest, which the conversation was told.
 * - FOB_UNAVAILABLE, FOB_RATE_LIMITED, FOB_UNTRUSTED, FOB_PROTOCOL, FOB_REJECTED, FOB_DENIED,
 *   FOB_EXPIRED: what the provider answered; it is erased here.
 * - Any other code: nothing was erased.
 *
 * An account whose status is rejected needs nobody to end it: where the stack could not, the result
 * is FOB_REJECTED, unless the provider accepts it again.
 *
 * With FOB_CONFIRM it is erased only when the credential is dead: on FOB_SUCCESS, FOB_REJECTED and
 * FOB_EXPIRED.  When the stack ends in FOB_SUCCESS or FOB_MANUAL, the provider is asked, with
 * growing pauses and for at most the handle's patience (fob_set_patience), until it rejects the
 * credential: then the result is FOB_SUCCESS.  If it never does, that is FOB_UNAVAILABLE.  Whether
 * the account is gone, fob_handle_account() tells: it is NULL then.
 */
FOB_API int fob_revoke(struct fob_handle *handle, unsigned flags);
/* How long FOB_CONFIRM may wait, in seconds; 600 by default. */
FOB_API void fob_set_patience(struct fob_handle *handle, unsigned seconds);

/*
 * Lend the account: check its status, leave a line in the audit log.  Call it before values are
 * read with fob_get_field() for use.  Needs neither the provider's file nor a plugin.
 *
 * The line has the event "lend"; its detail begins with PURPOSE: a word of the form of an account's
 * name, which is not the name of one of the log's own events ("revoke", say).
 *
 * Takes FOB_FORCE.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED (rejected or expired),
 * FOB_SUSPENDED, FOB_INVALID (PURPOSE), FOB_SYSTEM (the log could not be written).
 */
FOB_API int fob_lend(struct fob_handle *handle, const char *purpose, unsigned flags);

/*
 * Lend the account as HTTP headers: fob_lend(), then the provider's authorize stack.
 *
 * Takes FOB_FORCE.  The headers are then read with fob_header().  Returns as fob_lend(), and
 * FOB_CONFIG, FOB_PLUGIN, FOB_INVALID or what a plugin returned.
 */
FOB_API int fob_authorize(struct fob_handle *handle, const char *purpose, unsigned flags);
/* Header number INDEX (from 0): its name, borrowed, and its value as a borrowed secret.  Returns
 * FOB_SUCCESS, or FOB_NOT_FOUND (without a message) past the last. */
FOB_API int fob_header(const struct fob_handle *handle, size_t index, const char **name,
                       const struct fob_secret **value);

/*
 * A sweep: asking about many accounts, concurrently (fob-validate(1)).
 */

/* How one account fared; borrowed during the call. */
struct fob_sweep_result {
    const char *account;
    const char *provider; /* "" when the account could not be read */
    int code;             /* as fob_validate(); FOB_EXPIRED too when its own date has passed */
    int was;              /* enum fob_status, before; -1 when the account could not be read */
    int status;           /* … and now */
    const char *reason;   /* without the account's name; "" on FOB_SUCCESS */
    const char *hint;     /* or "" */
};
typedef void fob_sweep_fn(const struct fob_sweep_result *result, void *data);

/* How far it is. */
struct fob_sweep_state {
    uint64_t done;
    uint64_t all;
    const char *waits_for; /* the title of the provider that all that is left waits for; NULL for
                              none … */
    int64_t wait;          /* … and for how many milliseconds yet */
    uint64_t unread;       /* accounts that were not looked at yet, whether they are meant or not */
};
/* False ends the sweep. */
typedef bool fob_sweep_tick_fn(const struct fob_sweep_state *state, void *data);

struct fob_sweep {
    const char *const *accounts; /* names, ends with NULL; NULL for all */
    fob_choose_fn *choose;       /* of these, which; NULL for each */
    fob_sweep_fn *tell;          /* called for each account, in the order in which they are done */
    fob_sweep_tick_fn *tick;     /* called some ten times a second; may be NULL */
    void *data;                  /* for all three, which are called by the calling thread */
    /* Asked by the sweep's own threads, but never by two at a time; may be NULL.  The context's log
     * is written by them too. */
    const struct fob_conversation *conv;
    unsigned jobs;  /* how many calls at a time, each in a thread; 0 for as many as the providers'
                       budgets are for */
    unsigned flags; /* FOB_NOW */
};
/*
 * Ask about each account as fob_validate() does, and keep what was learnt; each is durable when
 * TELL hears of it.
 *
 * A provider that is slow, or asks for a pause, keeps no other waiting.  One that does not answer
 * is given up: what is left there is told as FOB_UNAVAILABLE or FOB_RATE_LIMITED.  A sweep leaves a
 * sixth of a provider's budget to others.  When TICK ends it no further call is begun, and what is
 * done is kept and told.  A hook that does not end then is left after two and a half seconds, and
 * its account told as FOB_PLUGIN.
 *
 * Returns FOB_SUCCESS when each account was told of, whatever became of it; FOB_ABORT when TICK
 * ended it; FOB_NOT_FOUND (no store), FOB_INVALID (JOBS), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM.
 */
FOB_API int fob_sweep(struct fob_context *context, const struct fob_sweep *plan);

/*
 * Providers: what can be linked.
 */
struct fob_providers;
struct fob_provider;

/* Read every provider file.  Broken ones are in the iteration with their mistakes.  Returns
 * FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
FOB_API int fob_providers_open(struct fob_context *context, struct fob_providers **providers);
/* The next provider by name, borrowed from PROVIDERS; NULL after the last. */
FOB_API const struct fob_provider *fob_providers_next(struct fob_providers *providers);
FOB_API void fob_providers_close(struct fob_providers *providers);

enum fob_provider_text {
    FOB_PROVIDER_NAME,
    FOB_PROVIDER_TITLE,
    FOB_PROVIDER_WEBSITE,
    FOB_PROVIDER_GUIDE,
    FOB_PROVIDER_FILE,
    FOB_PROVIDER_IDENTITY, /* what an account there stands for: "company"; "account" by default */
    FOB_PROVIDER_TEXT_COUNT
};
/* Borrowed; "" where the file does not say. */
FOB_API const char *fob_provider_text(const struct fob_provider *provider,
                                      enum fob_provider_text which);
/* Whether one key pair serves every integration at this provider. */
FOB_API bool fob_provider_shares_key(const struct fob_provider *provider);
/* Server number INDEX (from 0) that credentials of this provider may be lent to by the helpers of
 * git and docker, borrowed; NULL past the last.  Since 0.2. */
FOB_API const char *fob_provider_host(const struct fob_provider *provider, size_t index);
/* Mistake number INDEX (from 0) as "FILE:LINE:COLUMN: what is wrong", borrowed; NULL past the last.
 * A provider with mistakes cannot be started. */
FOB_API const char *fob_provider_mistake(const struct fob_provider *provider, size_t index);

/* One field that a provider wants. */
struct fob_provider_field {
    const char *name;
    const char *title;
    const char *description; /* "" where not given, as the next two */
    const char *example;
    const char *value; /* the default */
    bool secret;
    bool optional;
};
/* Field number INDEX (from 0) into FIELD, its strings borrowed from PROVIDER.  Returns FOB_SUCCESS,
 * or FOB_NOT_FOUND (without a message) past the last. */
FOB_API int fob_provider_field(const struct fob_provider *provider, size_t index,
                               struct fob_provider_field *field);
/* The provider of a handle, borrowed until fob_end().  Its file is read at the first need; NULL,
 * with fob_error(), when it cannot be. */
FOB_API const struct fob_provider *fob_handle_provider(struct fob_handle *handle);

/*
 * Actions: calls that a provider's file gives a name (fob-run(1)).  The library makes the request
 * of one; sending it is for who speaks HTTP.
 */
enum fob_place { FOB_IN_PATH, FOB_IN_QUERY, FOB_IN_BODY };

struct fob_action_argument {
    const char *name;
    const char *summary;        /* "" where not given, as the next one */
    const char *value;          /* the default */
    const char *type;           /* "string", "integer", "number", "boolean", "date", "enum" */
    int64_t min, max;           /* of an integer; INT64_MIN and INT64_MAX where there is no limit */
    const char *const *choices; /* of an enum; ends with NULL; or NULL */
    enum fob_place place;
    bool required;
};

/* How the pages of a list hang together. */
enum fob_paging {
    FOB_PAGING_NONE,   /* there is one answer */
    FOB_PAGING_LINK,   /* an answer has the next one's address, or says how many there are */
    FOB_PAGING_CURSOR, /* an answer has the parameter's next value */
    FOB_PAGING_PAGE,   /* the parameter counts pages */
    FOB_PAGING_OFFSET, /* the parameter counts items */
};

/*
 * The places are JSON Pointers into an answer, or names of its headers; next is an address in a
 * header only as Link (RFC 8288).  Since 0.2 each is a list, to be tried in turn, that ends with
 * NULL.
 */
struct fob_paginate {
    enum fob_paging kind;
    const char *const *next;  /* places of the address or the value; or NULL */
    const char *parameter;    /* of the query; for a link the one that counts pages, or NULL */
    int64_t first;            /* the parameter's value for the first page */
    const char *const *total; /* places of the number of all items; or NULL */
    const char *const *pages; /* places of the number of pages; or NULL */
};

struct fob_action {
    const char *name;
    const char *summary; /* "" where not given */
    const char *method;
    const char *path;           /* with its placeholders: "/team_members/{id}" */
    const char *items;          /* JSON Pointer to what the answer is about; "" for all of it */
    const char *const *columns; /* what a table shows; ends with NULL; or NULL */
    const char *const
        *withheld; /* members of the answer that are private; ends with NULL; or NULL */
    const struct fob_action_argument *arguments;
    size_t argument_count;
    struct fob_paginate paginate;
    bool writes;
    /* Places of the number of a full page's items, of which the smallest counts: also "?name", a
     * parameter of the query, and the number itself; ends with NULL; or NULL.  Since 0.2. */
    const char *const *page_size;
};

/* Action number INDEX (from 0), borrowed from PROVIDER; NULL past the last. */
FOB_API const struct fob_action *fob_provider_action(const struct fob_provider *provider,
                                                     size_t index);
/* Find an action by its name, borrowed from PROVIDER.  Returns FOB_SUCCESS, FOB_NOT_FOUND (the hint
 * offers the nearest). */
FOB_API int fob_find_action(const struct fob_provider *provider, const char *name,
                            const struct fob_action **action);
/* What the provider's file says of lists in general: an action of which only items, paginate and
 * page_size mean something, borrowed from PROVIDER; NULL when it says nothing.  Since 0.2. */
FOB_API const struct fob_action *fob_provider_list(const struct fob_provider *provider);
/* Whether actions that write are refused to accounts of the type "test". */
FOB_API bool fob_provider_spares_tests(const struct fob_provider *provider);

struct fob_argument {
    const char *name;
    const char *value;
};

/* The request of an action, with the values put in. */
struct fob_request;
/*
 * Check COUNT ARGUMENTS and make the request.  A value cannot leave its place in the path.
 *
 * Takes FOB_OWN_BODY.  Returns FOB_SUCCESS, FOB_INVALID (an argument that is not known, given
 * twice, missing, or not of its type or range), FOB_NOMEM.  Free it with fob_request_free().
 */
FOB_API int fob_request_new(const struct fob_action *action, const struct fob_argument *arguments,
                            size_t count, unsigned flags, struct fob_request **request);
/* The path with its query, as fob_http_send() takes it; borrowed. */
FOB_API const char *fob_request_path(const struct fob_request *request);
/* The body, JSON, borrowed; NULL for none. */
FOB_API const char *fob_request_body(const struct fob_request *request);
FOB_API void fob_request_free(struct fob_request *request);

/*
 * Plugins: what a stack may name.
 */
struct fob_plugins;
struct fob_plugin_info;

/*
 * Load every plugin of the folders that fob.yaml's plugins: names, to see what it declares; no hook
 * is run.  One that cannot be loaded is in the iteration with the reason.  Close it before the
 * context.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
 */
FOB_API int fob_plugins_open(struct fob_context *context, struct fob_plugins **plugins);
/* The next plugin by name, borrowed from PLUGINS; NULL after the last. */
FOB_API const struct fob_plugin_info *fob_plugins_next(struct fob_plugins *plugins);
FOB_API void fob_plugins_close(struct fob_plugins *plugins);

enum fob_plugin_text {
    FOB_PLUGIN_NAME, /* as stacks name it */
    FOB_PLUGIN_VERSION,
    FOB_PLUGIN_SUMMARY,
    FOB_PLUGIN_FILE,
    FOB_PLUGIN_MISTAKE, /* why it cannot be loaded; "" when it can */
    FOB_PLUGIN_HINT,    /* what to do about that */
    FOB_PLUGIN_TEXT_COUNT
};
/* Borrowed; "" where there is nothing to say. */
FOB_API const char *fob_plugin_text(const struct fob_plugin_info *plugin,
                                    enum fob_plugin_text which);
/* The name of hook number INDEX (from 0) of those it has: "link", "validate", "revoke",
 * "authorize"; NULL past the last. */
FOB_API const char *fob_plugin_hook(const struct fob_plugin_info *plugin, size_t index);

/* One option that a plugin takes. */
struct fob_plugin_option {
    const char *name;
    const char *type;  /* "string", "integer", "boolean", "enum", "list", "duration", "size", … */
    const char *value; /* the default; NULL for none */
    int64_t min, max;  /* of numbers, seconds and bytes; 0 and 0 for no limit */
    const char *const *choices; /* of an enum; what may stand for a list; ends with NULL; or NULL */
    const char *summary;        /* "" where not given */
    bool required;
};
/* Option number INDEX (from 0) into OPTION, its pointers borrowed from PLUGIN.  Returns
 * FOB_SUCCESS, or FOB_NOT_FOUND (without a message) past the last. */
FOB_API int fob_plugin_option(const struct fob_plugin_info *plugin, size_t index,
                              struct fob_plugin_option *option);

/*
 * Check everything: the configuration, every provider and plugin, the store.
 *
 * FN is called for each finding, in order; GOOD says whether it is a good one.  Returns FOB_SUCCESS
 * when nothing is wrong; FOB_CORRUPT when stored data is damaged; else FOB_CONFIG, FOB_PLUGIN,
 * FOB_LOCKED, FOB_NOT_FOUND (no store yet), FOB_NOT_ALLOWED, FOB_SYSTEM or FOB_NOMEM.
 */
typedef void fob_finding_fn(bool good, const char *text, void *data);
FOB_API int fob_check(struct fob_context *context, fob_finding_fn *fn, void *data);
/* Remove from the store what writes that were cut short have left, never an account; FN is told of
 * each.  Returns FOB_SUCCESS, FOB_NOT_FOUND (no store), FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM,
 * FOB_NOMEM. */
FOB_API int fob_repair(struct fob_context *context, fob_finding_fn *fn, void *data);

/*
 * Key slots (fob-key(1)): the ways to open the store.  Each is told by its number.
 */
enum fob_key_kind {
    FOB_KEY_OTHER,      /* one that a newer fob made: it is kept, and opens nothing here */
    FOB_KEY_FILE,       /* a key file */
    FOB_KEY_PASSPHRASE, /* a passphrase, by Argon2id */
    FOB_KEY_COMMAND,    /* what the configured key_command prints */
    FOB_KEY_KIND_COUNT
};

struct fob_key {
    unsigned number;
    enum fob_key_kind kind;
    uint32_t memory; /* what a guess at a passphrase costs: KiB … */
    uint32_t passes; /* … gone through so often; both 0 for the others */
    int64_t made;    /* when it was added, in seconds since the Epoch; 0 when fob 0.1 did */
    /* What its owner calls it; "" for no label.  At most 64 bytes of UTF-8 without control
     * characters. */
    const char *label;
};
/* KEY is borrowed during the call; false ends the listing. */
typedef bool fob_key_fn(const struct fob_key *key, void *data);
/* The key slots, in the header's order.  Needs no key: who may write to the store's folder can
 * change what is listed until the store is opened, and is noticed then.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND (no store), FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
FOB_API int fob_list_keys(struct fob_context *context, fob_key_fn *fn, void *data);

struct fob_new_key {
    enum fob_key_kind kind;
    const char *key_file;                /* of FOB_KEY_FILE: one that is there, or is made */
    const struct fob_secret *passphrase; /* of FOB_KEY_PASSPHRASE: not empty */
    const char *label;                   /* as in struct fob_key; may be NULL */
};
/*
 * Add a slot; NUMBER gets what it is called.  It is durable, and was opened once, when this
 * returns.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (an empty passphrase, a label that is none, no room), FOB_CONFIG
 * (no key_command, or a key file inside the store), FOB_LOCKED, FOB_NOT_ALLOWED, FOB_CORRUPT,
 * FOB_SYSTEM, FOB_NOMEM.
 */
FOB_API int fob_add_key(struct fob_context *context, const struct fob_new_key *key,
                        unsigned *number);
/*
 * Remove a slot.  Who has what opened it can still open an old copy of the header, and with it
 * every record that was sealed under the present key: see fob_rotate().
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_INVALID (the last slot), and as fob_add_key().
 */
FOB_API int fob_remove_key(struct fob_context *context, unsigned number);

/* What is at hand to open slots with, beside what is configured. */
struct fob_keys_given {
    const char *const *key_files; /* ends with NULL; or NULL */
    /* Called for a passphrase's slot, with ATTEMPT 0, 1 … while what it gives is wrong; the secret
     * is the library's then.  FOB_NOT_FOUND gives up.  May be NULL. */
    int (*passphrase)(const struct fob_key *key, unsigned attempt, struct fob_secret **passphrase,
                      void *data);
    /* How many of ALL records have the new key; may be NULL. */
    void (*progress)(uint64_t done, uint64_t all, void *data);
    void *data; /* for both */
};
/* Whether the slot NUMBER opens.  Returns FOB_SUCCESS, FOB_LOCKED (it does not), FOB_NOT_FOUND (no
 * such slot), FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM, or what PASSPHRASE returned. */
FOB_API int fob_test_key(struct fob_context *context, unsigned number,
                         const struct fob_keys_given *given);
/*
 * Give the store a new key and seal every record again under it.  Every slot must open with what is
 * given, and gets the new key.  Others may read and write meanwhile.  A call that was cut short
 * leaves every record readable, and the next one finishes it, without asking for anything.
 *
 * Returns FOB_SUCCESS; FOB_CORRUPT when a record does not open: the others are done, and the old
 * key is kept; and as fob_test_key().
 */
FOB_API int fob_rotate(struct fob_context *context, const struct fob_keys_given *given);

/*
 * Leave the store's key in the kernel's keyring of the user for SECONDS (0: for as long as that
 * lasts), so that passphrase and command are not needed meanwhile; and take it out, which needs no
 * key and leaves no line in the log.
 *
 * Return FOB_SUCCESS, FOB_LOCKED (the kernel refuses), FOB_NOT_FOUND (fob_lock(): it was not
 * there), FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM.
 */
FOB_API int fob_unlock(struct fob_context *context, unsigned seconds);
FOB_API int fob_lock(struct fob_context *context);

/*
 * Backups (fob-export(1)): accounts in one sealed file, to be kept elsewhere or brought into
 * another store.  A backup is opened by a passphrase or by a key file, not by the store's key.
 */

struct fob_export {
    const struct fob_secret *passphrase; /* one of the two, the other NULL */
    const char *key_file;                /* of the store that shall read it */
    fob_choose_fn *choose;               /* NULL for all accounts */
    void *data;
    const char *const *accounts; /* those to choose from, and then NULL; NULL for all there are */
};
/*
 * Write the chosen accounts to FD, which stays open; each leaves a line in the audit log before it
 * does.  Making it durable is the caller's.  On failure, as when one of them is damaged, what was
 * written is no backup.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (an empty passphrase, or not one of the two), FOB_NOT_FOUND (no
 * key file, no store, no such account), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.
 */
FOB_API int fob_export(struct fob_context *context, int fd, const struct fob_export *plan);

/* What becomes of an account of a backup. */
enum fob_import_step {
    FOB_IMPORT_NEW,
    FOB_IMPORT_SAME,     /* it is in the store already, as it is: nothing is done */
    FOB_IMPORT_REPLACE,  /* another one of that name is replaced */
    FOB_IMPORT_RENAME,   /* it gets a name of its own */
    FOB_IMPORT_CONFLICT, /* there is another one of that name: nothing at all is imported */
    /* Another one of that name, whose keys are newer than the backup's, is replaced; without
     * FOB_REPLACE_NEWER nothing at all is imported.  Since 0.2. */
    FOB_IMPORT_OLDER,
    FOB_IMPORT_STEP_COUNT
};
/* Called for each account of the backup that something was done with, or need not be; with
 * FOB_DRY_RUN for all; and when nothing is imported, for those that are the reason.  NAME is that
 * in the store. */
typedef void fob_import_fn(enum fob_import_step step, const struct fob_account *account,
                           const char *name, void *data);

struct fob_import {
    /* Called once when the backup wants a passphrase; the secret is the library's then. */
    int (*passphrase)(struct fob_secret **passphrase, void *data);
    const char *key_file;  /* for a backup under one; NULL for the configured one */
    fob_choose_fn *choose; /* NULL for all accounts */
    fob_import_fn *tell;   /* may be NULL */
    void *data;            /* for all three */
    unsigned flags;        /* FOB_REPLACE or FOB_RENAME, FOB_REPLACE_NEWER, FOB_DRY_RUN */
};
/*
 * Bring the chosen accounts of the backup on FD, a file that can be read twice, into the store.
 *
 * The backup is read to its end before anything is done, so that a damaged one imports nothing, and
 * neither does one with a conflict.  Each account is durable when TELL hears of it; a call that was
 * cut short is finished by the next one, to which what is there already is the same.  When accounts
 * were last validated makes no difference.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS (conflicts, or newer keys in the store), FOB_INVALID,
 * FOB_NOT_FOUND (no key file, no store), FOB_LOCKED (it does not open), FOB_CORRUPT, FOB_CONFIG (a
 * newer fob wrote it), FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM, or what PASSPHRASE returned.
 */
FOB_API int fob_import(struct fob_context *context, int fd, const struct fob_import *plan);

/*
 * The audit log (fob-log(1)): a line for each thing that was done to or with an account.
 */
struct fob_log_entry {
    uint64_t seq;
    int64_t when;        /* seconds since the Epoch */
    const char *event;   /* "link", "lend" … */
    const char *account; /* "" where it is about none, as the next two */
    const char *provider;
    const char *result; /* a code's name */
    const char *program;
    const char *detail; /* "" where there is none */
    int64_t uid, pid;
    const char *line; /* the line itself, JSON */
    /* Since 0.2: the user who logged in, whatever sudo(8) or su(1) made of that one since, or -1;
     * and the program that started PROGRAM, as the kernel names it, or "".  Neither is in older
     * lines, or where the kernel does not tell. */
    int64_t login;
    const char *parent;
};
/* ENTRY is borrowed during the call; false ends the reading. */
typedef bool fob_log_entry_fn(const struct fob_log_entry *entry, void *data);

/* Which lines are meant; what is NULL or 0 lets all through. */
struct fob_log_filter {
    const char *account;
    const char *event; /* or the purpose of a loan */
    int64_t since;     /* not before that time */
    uint64_t after;    /* numbers beyond this one */
    int64_t until;     /* not after that time; since 0.2 */
};
/*
 * Read the log, oldest line first, the parts that were set aside included.  Needs no key, and does
 * not look whether lines were altered: see fob_verify_log().  FILTER may be NULL.
 * An entry whose result is "begun" is left out when the one that says how it ended follows (since
 * 0.2).
 *
 * Returns FOB_SUCCESS, FOB_INVALID (not an account's name), FOB_NOT_FOUND (no log, and no store),
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
 */
FOB_API int fob_read_log(struct fob_context *context, const struct fob_log_filter *filter,
                         fob_log_entry_fn *fn, void *data);
/*
 * Look for lines that were altered, removed, moved or cut off; FN is called for each finding, and
 * at the end for how many lines are whole.  Unlocks the store.
 *
 * Returns FOB_SUCCESS, FOB_CORRUPT (there is such a line), FOB_LOCKED, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.
 */
FOB_API int fob_verify_log(struct fob_context *context, fob_finding_fn *fn, void *data);

#ifdef __cplusplus
}
#endif

#endif
