/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps jobs apart: one for each invitation, and for each provider. */
#include "config.h"

#include "core/inbox/inbox.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* A byte of work/.lock for the invitation ID. */
static struct flock inbox_job_lock_of(const char *id, short type)
{
    unsigned char bytes[SPOOL_ID] = { 0 };
    off_t place = 0;

    (void)spool_name_read(id, SPOOL_ID_TEXT, bytes);
    for (size_t i = 0; i < 7; i++)
        place = place << 8 | bytes[i];
    return (struct flock){ .l_type = type, .l_whence = SEEK_SET, .l_start = place, .l_len = 1 };
}

bool inbox_job_lock(const struct inbox *inbox, const char *id)
{
    struct flock lock = inbox_job_lock_of(id, F_WRLCK);

    for (const struct inbox_job *job = inbox->jobs; job != NULL; job = job->next) {
        if (strcmp(job->id, id) == 0)
            return false;
    }
    return fcntl(inbox->lock, F_OFD_SETLK, &lock) == 0;
}

void inbox_job_unlock(const struct inbox *inbox, const char *id)
{
    struct flock lock = inbox_job_lock_of(id, F_UNLCK);

    (void)fcntl(inbox->lock, F_OFD_SETLK, &lock);
}

void inbox_job_free(struct inbox_job *job)
{
    if (job == NULL)
        return;
    record_free(job->record);
    fob_secret_free(job->plain);
    fob_secret_free(job->pending);
    fob_secret_free(job->form);
    fob_secret_free(job->go);
    fob_secret_free(job->began);
    for (size_t i = 0; i < job->error_count; i++)
        free((void *)(uintptr_t)job->errors[i].value);
    free(job->title);
    free(job->error);
    free(job->hint);
    free(job->identity);
    free(job->expected);
    free(job);
}

int inbox_job_go_on(struct inbox *inbox, const char *id, int code)
{
    if (code == FOB_SUCCESS || code == FOB_LOCKED || code == FOB_NOMEM)
        return code;
    if (inbox->fault == FOB_SUCCESS) {
        inbox->fault = code;
        error_save(&inbox->why);
    }
    return id != NULL ? names_add(&inbox->failed, id, SPOOL_ID_TEXT) : FOB_SUCCESS;
}

bool inbox_job_has_failed(const struct inbox *inbox, const char *id)
{
    for (size_t i = 0; i < inbox->failed.count; i++) {
        if (strcmp(inbox->failed.items[i], id) == 0)
            return true;
    }
    return false;
}

bool inbox_job_asks(const struct inbox *inbox, const char *provider)
{
    for (const struct inbox_job *job = inbox->jobs; job != NULL; job = job->next) {
        if (strcmp(record_text(job->record, FOB_TEXT_PROVIDER), provider) == 0)
            return true;
    }
    return false;
}
