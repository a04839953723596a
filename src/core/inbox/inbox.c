/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs the jobs of the inbox, each in a thread. */
#include "config.h"

#include "core/inbox/inbox.h"

#include "util/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define JOBS_DEFAULT 4
#define TICK_MS 100
/* See core/sweep/thread.c. */
#define STACK_SIZE (1024 * (size_t)1024)

static void *inbox_main(void *data)
{
    struct inbox_job *job = data;

    if (!inbox_was_linked(job))
        inbox_link(job);
    pthread_mutex_lock(&job->inbox->mutex);
    job->done = true;
    pthread_cond_signal(&job->inbox->ended);
    pthread_mutex_unlock(&job->inbox->mutex);
    return NULL;
}

/* Run JOB in a thread, which leaves signals to the application's own. */
static int inbox_spawn(struct inbox_job *job)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    int error = pthread_attr_init(&attributes);

    if (error != 0)
        return error_nomem();
    (void)pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&job->thread, &attributes, inbox_main, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error == 0)
        return FOB_SUCCESS;
    errno = error;
    return error_system("a thread");
}

/* Begin the job of the file NAME, if it can begin now. */
static int inbox_try(struct inbox *inbox, const char *name)
{
    struct inbox_job *job = NULL;
    char id[SPOOL_ID_TEXT + 1];
    bool begun = false;
    int code;

    memcpy(id, name, SPOOL_ID_TEXT);
    id[SPOOL_ID_TEXT] = '\0';
    if (inbox_job_has_failed(inbox, id))
        return FOB_SUCCESS;
    if (!inbox_job_lock(inbox, id)) {
        /* Another process works on it, or was killed just now. */
        inbox->next = time(NULL) + 1;
        return FOB_SUCCESS;
    }
    code = inbox_open(inbox, name, &job);
    if (code == FOB_SUCCESS && job != NULL) {
        code = inbox_begin(job);
        if (code == FOB_SUCCESS)
            code = inbox_spawn(job);
        begun = code == FOB_SUCCESS;
        if (code == FOB_CHANGED || code == FOB_NOT_FOUND) /* the next round sees why */
            code = FOB_SUCCESS;
    }
    if (begun) {
        job->next = inbox->jobs;
        inbox->jobs = job;
        inbox->running++;
    } else {
        inbox_job_free(job);
        inbox_job_unlock(inbox, id);
    }
    return inbox_job_go_on(inbox, id, code);
}

/* Begin as many jobs as can begin now.  While the store is locked, drops stay in the inbox, where
 * the hub sees that they wait. */
static int inbox_start(struct inbox *inbox)
{
    char **names = NULL;
    size_t count = 0;
    int code;

    inbox->next = 0;
    inbox->more = false;
    if (!inbox_has_any(inbox))
        return FOB_SUCCESS;
    code = store_unlock(inbox->store);
    if (code == FOB_SUCCESS)
        code = inbox_take(inbox);
    if (code == FOB_SUCCESS)
        code = inbox_list(inbox, &names, &count);
    for (size_t i = 0; i < count && code == FOB_SUCCESS && inbox->running < inbox->plan.jobs; i++)
        code = inbox_try(inbox, names[i]);
    names_free(names, count);
    return code;
}

/* Take a job that is done off the list; NULL for none.  Waits for one at most a tick. */
static struct inbox_job *inbox_wait(struct inbox *inbox)
{
    const int64_t until = clock_ns(CLOCK_REALTIME) + TICK_MS * (int64_t)1000000;
    const struct timespec when = { (time_t)(until / 1000000000), (long)(until % 1000000000) };
    struct inbox_job *found = NULL;

    pthread_mutex_lock(&inbox->mutex);
    for (int tries = 0; tries < 2 && found == NULL; tries++) {
        for (struct inbox_job **job = &inbox->jobs; *job != NULL && found == NULL;) {
            if ((*job)->done) {
                found = *job;
                *job = found->next;
            } else {
                job = &(*job)->next;
            }
        }
        if (found == NULL && tries == 0)
            (void)pthread_cond_timedwait(&inbox->ended, &inbox->mutex, &when);
    }
    pthread_mutex_unlock(&inbox->mutex);
    return found;
}

static int inbox_reap(struct inbox *inbox)
{
    struct inbox_job *job = inbox_wait(inbox);
    int code;

    if (job == NULL)
        return FOB_SUCCESS;
    inbox->running--;
    pthread_join(job->thread, NULL);
    code = inbox_job_go_on(inbox, job->id, inbox_finish(job));
    inbox_job_unlock(inbox, job->id);
    if (inbox->plan.tell != NULL)
        inbox->plan.tell(&job->result, inbox->plan.data);
    inbox_job_free(job);
    return code;
}

/* Work until nothing is left that can be done now. */
static int inbox_work(struct inbox *inbox)
{
    int code = inbox_start(inbox);

    while (inbox->running > 0 || (inbox->more && code == FOB_SUCCESS && !inbox->stopped)) {
        const int reaped = inbox_reap(inbox);

        code = code == FOB_SUCCESS ? reaped : code;
        if (inbox->plan.tick != NULL && !inbox->plan.tick(inbox->plan.data))
            inbox->stopped = true;
        if (code == FOB_SUCCESS && !inbox->stopped)
            code = inbox_start(inbox);
    }
    if (code == FOB_SUCCESS && inbox->stopped)
        return error_set(FOB_ABORT, "interrupted");
    return code;
}

static int inbox_prepare(struct fob_context *context, struct inbox *inbox)
{
    int code = context_store(context, &inbox->store);

    if (code == FOB_SUCCESS)
        code = invitation_spool_open(context, &inbox->spool);
    if (code != FOB_SUCCESS)
        return code;
    inbox->lock = openat(inbox->spool.files.folders[SPOOL_WORK], ".lock",
                         O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (inbox->lock < 0) {
        code = error_system("%s/work/.lock", context->settings->hub.spool);
        invitation_spool_close(&inbox->spool);
    }
    return code;
}

/* Return CODE, or else what was noted. */
static int inbox_end(struct inbox *inbox, int code)
{
    if (inbox->fault == FOB_SUCCESS || code != FOB_SUCCESS) {
        free(inbox->why.error);
        free(inbox->why.hint);
        return code;
    }
    error_restore(&inbox->why, inbox->fault);
    return inbox->fault;
}

int fob_inbox(struct fob_context *context, const struct fob_inbox *plan, int64_t *next)
{
    struct inbox inbox = { .context = context,
                           .mutex = PTHREAD_MUTEX_INITIALIZER,
                           .ended = PTHREAD_COND_INITIALIZER };
    int code;

    NEED(context);
    NEED_SIZED(&inbox.plan, plan);
    NEED(next);
    if (inbox.plan.jobs > INBOX_JOBS_MAX)
        return error_set(FOB_INVALID, "at most %d jobs at a time", INBOX_JOBS_MAX);
    if (inbox.plan.jobs == 0)
        inbox.plan.jobs = JOBS_DEFAULT;
    code = inbox_prepare(context, &inbox);
    if (code != FOB_SUCCESS)
        return code;
    code = inbox_work(&inbox);
    /* Afterwards: what came in time counts, even if nobody looked until the time was over. */
    if (code == FOB_SUCCESS)
        code = inbox_clean(&inbox);
    if (code == FOB_SUCCESS)
        *next = inbox.next;
    names_free(inbox.failed.items, inbox.failed.count);
    close(inbox.lock);
    invitation_spool_close(&inbox.spool);
    return inbox_end(&inbox, code);
}

const char *fob_inbox_folder(struct fob_context *context)
{
    return context != NULL && context->settings->hub.inbox != NULL ? context->settings->hub.inbox
                                                                   : "";
}
