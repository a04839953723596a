/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reading the server for which git or docker needs a credential.
 */
#ifndef FOB_FOB_QUESTION_H
#define FOB_FOB_QUESTION_H

#include <stdbool.h>
#include <stdio.h>

struct question {
    char protocol[16];
    char host[512]; /* with its port, if any */
    char username[256];
};

/* Read git's lines NAME=VALUE up to an empty one.  False when a relevant value is too long or not
 * text. */
bool question_read_git(FILE *in, struct question *question);
/* The same for docker's one line: "https://HOST/v1/", or a host alone, which also means https.
 * SERVER receives the line. */
bool question_read_docker(FILE *in, char server[static 512], struct question *question);

#endif
