/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens the engine of a mirror, once a process. */
#include "config.h"

#include "store/mirror.h"

#include "store/crypto.h"
#include "util/error.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWORD_MAX 1024

static const struct engine_host host = {
    .size = sizeof host,
    .fail = error_set,
    .hint = error_hint,
    .random = crypto_random,
};

/* Read the first line of FILE into PASSWORD. */
static int mirror_read_password(const struct file *file, struct fob_secret **password)
{
    struct fob_secret *new = NULL;
    struct stat st;
    ssize_t got;
    int fd = -1;
    int code = file_open(file, &fd, &st);

    if (code == FOB_SUCCESS)
        code = secret_alloc(PASSWORD_MAX, &new);
    if (code == FOB_SUCCESS) {
        got = file_read_fully(fd, secret_buffer(new), PASSWORD_MAX - 1);
        if (got < 0)
            code = error_system("%s", file->what);
        else
            secret_truncate(new, strcspn(fob_secret_data(new), "\r\n"));
    }
    if (fd >= 0)
        close(fd);
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *password = new;
    return FOB_SUCCESS;
}

static int mirror_password(struct mirror *mirror, uid_t user)
{
    const char *path = mirror->remote->password_file;
    const struct file file = {
        .folder = AT_FDCWD, .name = path, .what = path, .user = user, .named = true
    };

    if (path == NULL || mirror->password != NULL)
        return FOB_SUCCESS;
    return mirror_read_password(&file, &mirror->password);
}

static int mirror_engine_new(struct mirror *mirror, uid_t user)
{
    const struct store_remote *remote = mirror->remote;
    struct engine_settings settings = {
        .size = sizeof settings,
        .hosts = remote->hosts,
        .database = remote->database,
        .user = remote->user,
        .ca_file = remote->ca_file,
        .cert_file = remote->cert_file,
        .key_file = remote->cert_key,
        .timeout_ms = remote->timeout_ms,
    };
    int code = remote->load(remote->driver, &mirror->class);

    if (code == FOB_SUCCESS)
        code = mirror_password(mirror, user);
    if (code == FOB_SUCCESS && mirror->password != NULL)
        settings.password = fob_secret_data(mirror->password);
    return code == FOB_SUCCESS ? mirror->class->open(&host, &settings, &mirror->engine) : code;
}

int mirror_engine(struct mirror *mirror, uid_t user)
{
    int code = crypto_ready();

    if (mirror->engine != NULL && mirror->process != process_id()) {
        mirror->class->leave(mirror->engine);
        mirror->engine = NULL;
        /* Its bytes are wiped in a child. */
        fob_secret_free(mirror->password);
        mirror->password = NULL;
    }
    if (code == FOB_SUCCESS && mirror->engine == NULL)
        code = mirror_engine_new(mirror, user);
    mirror->process = process_id();
    return code;
}

void mirror_engine_close(struct mirror *mirror)
{
    if (mirror->engine != NULL && mirror->process == process_id())
        mirror->class->close(mirror->engine);
    else if (mirror->engine != NULL)
        mirror->class->leave(mirror->engine);
    fob_secret_free(mirror->password);
}
