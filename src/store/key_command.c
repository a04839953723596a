/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs the key command, once for each unlocking, when no cheaper key opens the store. */
#include "config.h"

#include "store/key_command.h"

#include "util/child.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

/* A person may have to find a token, or type a PIN. */
#define TIMEOUT_S 300
#define OUTPUT_MAX 4096

static int key_command_refuse(const char *command, const char *why)
{
    error_set(FOB_LOCKED, "key_command %s: %s", command, why);
    error_hint("see key_command in fob.yaml(5); try it by hand");
    return FOB_LOCKED;
}

int key_command_run(char *const *argv, struct fob_secret **material)
{
    static char *const nothing[] = { NULL };
    char *const *environment = getauxval(AT_SECURE) != 0 ? nothing : environ;
    struct fob_secret *secret = NULL;
    struct child_output output = { .room = OUTPUT_MAX };
    const char *why;
    int code = secret_alloc(OUTPUT_MAX, &secret);

    if (code != FOB_SUCCESS)
        return code;
    output.data = secret_buffer(secret);
    wait_begin(0, "waiting for key_command %s", argv[0]);
    why = child_capture(argv, environment, TIMEOUT_S, &output);
    wait_end();
    if (output.size > 0 && output.data[output.size - 1] == '\n')
        output.size--;
    if (why == NULL && output.size < KEY_COMMAND_LEAST)
        why = "it printed fewer than 16 bytes, which could be guessed";
    if (why != NULL) {
        fob_secret_free(secret);
        return key_command_refuse(argv[0], why);
    }
    secret_truncate(secret, output.size);
    *material = secret;
    return FOB_SUCCESS;
}
