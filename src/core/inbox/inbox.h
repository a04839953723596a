/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inbox: takes drops out of the spool, and links the accounts of invitations with them.
 *
 * A drop goes through these steps.  Each step can be repeated after a kill:
 *
 *   inbox/DROP -> work/ID.DROP    the file is taken (inbox_take.c)
 *   checking                      it opens with the key of its invitation (inbox_open.c)
 *   link or edit                  in a thread of its own (inbox_link.c)
 *   outcome                       the record, then the result on the page, then the file goes
 *                                 (inbox_outcome.c)
 *
 * A byte of work/.lock is locked for each invitation that is being worked on, so that two processes
 * share the work.
 */
#ifndef FOB_CORE_INBOX_INBOX_H
#define FOB_CORE_INBOX_INBOX_H

#include "core/invitation/invite.h"
#include "core/session/handle.h"
#include "spool/drop.h"
#include "util/error.h"
#include "util/names.h"

#include <pthread.h>

#define INBOX_JOBS_MAX 64
/* The size of "ID.DROP" with its NUL. */
#define INBOX_FILE_ROOM (2 * SPOOL_ID_TEXT + 2)

struct inbox {
    struct fob_context *context;
    struct store *store;
    struct invitation_spool spool;
    struct fob_inbox plan;
    int lock;     /* work/.lock */
    int64_t next; /* the earliest time of a next try, or 0 */
    bool more;    /* the inbox has drops that were not taken yet */
    bool stopped;
    struct names failed; /* IDs of invitations that are left alone in this round */
    int fault;           /* the first of their errors, in WHY; or FOB_SUCCESS */
    struct saved_error why;
    struct inbox_job *jobs; /* those that run */
    size_t running;
    pthread_mutex_t mutex; /* guards done of each job */
    pthread_cond_t ended;
};

/* A drop that is being worked on. */
struct inbox_job {
    struct inbox *inbox;
    struct inbox_job *next;
    pthread_t thread;
    bool done;

    struct record *record; /* the invitation as it was when the job began, and after the outcome */
    char *title;           /* of the provider */
    char id[SPOOL_ID_TEXT + 1];
    char drop[SPOOL_ID_TEXT + 1];
    char browser[2 * SPOOL_HASH + 1];
    struct fob_secret *plain; /* of the drop */
    struct drop_content content;
    int64_t begun; /* by a process that ended before it was done; or 0 */

    /* A callback: the sign-in that it belongs to, and the form that began that. */
    struct fob_secret *pending;
    struct fob_secret *form;
    struct drop_content fields; /* of FORM, or of PLAIN */

    /* The outcome. */
    int code;
    char *error; /* without the account's name */
    char *hint;  /* for the administrator */
    char *identity;
    char *expected;           /* of FOB_MISMATCHED: the identity that was expected */
    struct fob_secret *go;    /* where the person signs in */
    struct fob_secret *began; /* of a sign-in: fob_get_sign_in() */
    struct card_pair errors[DROP_FIELDS_MAX];
    size_t error_count;
    bool unmatched; /* a callback without its sign-in */
    bool declined;  /* the person did not sign in at the provider's page */
    bool wrong_pin;
    bool forged; /* it has a field that the form does not have */
    struct fob_inbox_result result;
};

/* An error about one invitation, or about one drop with ID NULL, must not stop the others: note it
 * for the end of the round, and leave ID alone until then.  Returns FOB_SUCCESS, or CODE if it is
 * about all. */
int inbox_job_go_on(struct inbox *inbox, const char *id, int code);
bool inbox_job_has_failed(const struct inbox *inbox, const char *id);

/* Whether there may be something to do. */
bool inbox_has_any(const struct inbox *inbox);
/* Move drops of the inbox to work; sets inbox->more.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM.
 */
int inbox_take(struct inbox *inbox);
/* The names in work that are ID.DROP, the oldest first.  The caller frees NAMES by names_free(). */
int inbox_list(const struct inbox *inbox, char ***names, size_t *count);

/* Whether a job asks PROVIDER. */
bool inbox_job_asks(const struct inbox *inbox, const char *provider);
/* Lock the invitation ID.  False when somebody else works on it. */
bool inbox_job_lock(const struct inbox *inbox, const char *id);
void inbox_job_unlock(const struct inbox *inbox, const char *id);

/* Open the file NAME of work, whose invitation is locked, and make a job of it.  JOB stays NULL
 * when there is nothing to do, now or ever.  Returns as store_read(), without FOB_NOT_FOUND. */
int inbox_open(struct inbox *inbox, const char *name, struct inbox_job **job);
void inbox_job_free(struct inbox_job *job);
/* Note in the store that JOB is under way.  Returns as store_update(). */
int inbox_begin(struct inbox_job *job);

/* Link or edit the account of JOB. */
void inbox_link(struct inbox_job *job);
/* Whether an earlier, killed job has linked the account already; sets the outcome. */
bool inbox_was_linked(struct inbox_job *job);

/* Store what became of JOB, show it, and remove its file.  Returns as store_update() and
 * spool_file_write(). */
int inbox_finish(struct inbox_job *job);

/* A callback's sign-in, taken out of the record; sets job->unmatched when there is none.  Returns
 * as store_update(). */
int inbox_take_sign_in(struct inbox_job *job);
/* Put the sign-in that JOB began into RECORD. */
int inbox_keep_sign_in(const struct inbox_job *job, struct record *record);

/* End what is over, and erase what ended long ago. */
int inbox_clean(struct inbox *inbox);

#endif
