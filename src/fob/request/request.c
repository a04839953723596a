/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends one request. */
#include "config.h"

#include "fob/request/request.h"

#include "cli/output.h"

#include <string.h>

/* Whether the method may change something. */
static bool request_writes(const struct request *request)
{
    return strcmp(request->query.method, "GET") != 0 && strcmp(request->query.method, "HEAD") != 0;
}

struct tree request_tree(const struct fob_answer *answer)
{
    struct span items;

    items.data = fob_answer_body(answer, &items.size);
    return tree_root(items);
}

const char *request_location(const struct fob_answer *answer)
{
    const char *value = NULL;
    const char *next;

    for (size_t i = 0; (next = fob_answer_header(answer, "Location", i)) != NULL; i++)
        value = next;
    return value;
}

void request_report_location(const char *account, const struct fob_answer *answer)
{
    const char *location = request_location(answer);

    if (location != NULL)
        output_note("%s: done, see %s", account, location);
}

int request_once(struct request *request)
{
    struct fob_answer *answer = NULL;
    const char *body;
    size_t size;
    int code = fob_send(request->handle, &request->query,
                        request->accepts_anything ? FOB_ANYTHING : 0, &answer);

    if (code != FOB_SUCCESS)
        return output_fail(code, fob_error_hint(), "%s: %s", request->account, fob_error());
    if (request->include)
        output_text(fob_answer_head(answer), strlen(fob_answer_head(answer)));
    body = fob_answer_body(answer, &size);
    output_text(body, size);
    if (!request->include && request_writes(request) && strspn(body, " \t\r\n") == size)
        request_report_location(request->account, answer);
    fob_answer_free(answer);
    return code;
}
