/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends one request; paging.c walks over pages. */
#include "config.h"

#include "fob/request/request.h"

#include "cli/output.h"

#include <string.h>

/* Whether the method may change something. */
static bool request_writes(const struct request *request)
{
    return strcmp(request->query.method, "GET") != 0 && strcmp(request->query.method, "HEAD") != 0;
}

const char *request_hint(const struct request *request)
{
    return request_writes(request) ? "its status says that it was done: look before you repeat it"
                                   : NULL;
}

int request_send(const struct request *request, unsigned flags, struct fob_answer **answer)
{
    int code = fob_send(request->handle, &request->query, flags, answer);

    if (code == FOB_SUCCESS)
        return code;
    if (code == FOB_INVALID && request->path_from != NULL)
        return output_fail(FOB_PROTOCOL, NULL, "%s: %s: %s", request->account, request->path_from,
                           fob_error());
    return output_fail(code, fob_error_hint(), "%s: %s", request->account, fob_error());
}

struct tree request_tree(const struct fob_answer *answer)
{
    struct span items;

    items.data = fob_answer_body(answer, &items.size);
    return tree_root(items);
}

const char *request_header(const struct fob_answer *answer, const char *name)
{
    const char *value = NULL;
    const char *next;

    for (size_t i = 0; (next = fob_answer_header(answer, name, i)) != NULL; i++)
        value = next;
    return value;
}

void request_report_location(const struct request *request, const struct fob_answer *answer)
{
    const char *location = request_header(answer, "Location");

    if (location != NULL)
        output_note("%s: done, see %s", request->account, location);
}

int request_once(struct request *request)
{
    struct fob_answer *answer = NULL;
    const char *body;
    size_t size;
    int code = request_send(request, request->accepts_anything ? FOB_ANYTHING : 0, &answer);

    if (code != FOB_SUCCESS)
        return code;
    if (request->include)
        output_text(fob_answer_head(answer), strlen(fob_answer_head(answer)));
    body = fob_answer_body(answer, &size);
    output_text(body, size);
    if (!request->include && request_writes(request) && strspn(body, " \t\r\n") == size)
        request_report_location(request, answer);
    fob_answer_free(answer);
    return code;
}
