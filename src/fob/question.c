/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses the questions of git and docker.  Too long values are refused: cut short, they could name
 * another server. */
#include "config.h"

#include "fob/question.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool question_copy(char *to, size_t room, const char *value, size_t size)
{
    if (size >= room)
        return false;
    memcpy(to, value, size);
    to[size] = '\0';
    return true;
}

static bool question_parse_line(struct question *question, const char *line)
{
    if (strncmp(line, "protocol=", 9) == 0)
        return question_copy(question->protocol, sizeof question->protocol, line + 9,
                             strlen(line + 9));
    if (strncmp(line, "host=", 5) == 0)
        return question_copy(question->host, sizeof question->host, line + 5, strlen(line + 5));
    if (strncmp(line, "username=", 9) == 0)
        return question_copy(question->username, sizeof question->username, line + 9,
                             strlen(line + 9));
    return true;
}

/* Remove the line break; returns whether the SIZE bytes at LINE are text. */
static bool question_end_line(char *line, size_t size)
{
    if (size > 0 && line[size - 1] == '\n')
        line[--size] = '\0';
    return strlen(line) == size;
}

bool question_read_git(FILE *in, struct question *question)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    bool good = true;

    *question = (struct question){ "", "", "" };
    while (good && (size = getline(&line, &room, in)) > 0 && strcmp(line, "\n") != 0)
        good = question_end_line(line, (size_t)size) && question_parse_line(question, line);
    if (line != NULL)
        explicit_bzero(line, room);
    free(line);
    return good;
}

bool question_read_docker(FILE *in, char server[static 512], struct question *question)
{
    const char *at = server;
    char *line = NULL;
    size_t room = 0;
    ssize_t size = getline(&line, &room, in);
    bool good = size > 0 && question_end_line(line, (size_t)size);

    *question = (struct question){ "https", "", "" };
    if (good)
        line[strcspn(line, "\r")] = '\0';
    good = good && question_copy(server, 512, line, strlen(line));
    free(line);
    if (!good)
        return false;
    if (strncasecmp(at, "http://", 7) == 0)
        snprintf(question->protocol, sizeof question->protocol, "http");
    else if (strncasecmp(at, "https://", 8) == 0)
        at += 8;
    return question_copy(question->host, sizeof question->host, at, strcspn(at, "/"));
}
