/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Plays an action in a rehearsal: its request, the following pages, and its items. */
#include "config.h"

#include "core/account/play_run.h"

#include "core/account/lend.h"
#include "core/provider/rehearsal.h"
#include "util/cell.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct play_list {
    struct rehearsal *rehearsal;
    const struct fob_action *action;
};

/* The first item of a page that has one, as fob run shows it. */
static struct tree play_run_first(const struct play_list *list, const struct fob_answer *answer)
{
    struct span body;
    struct span rest;
    struct tree root;
    struct tree found;
    struct tree item;

    body.data = fob_answer_body(answer, &body.size);
    root = tree_root(body);
    (void)tree_find(&root, list->action->items, &found);
    found.withheld = list->action->withheld;
    rest = found.content;
    if (found.kind != TREE_ARRAY || !tree_next(&found, &rest, &item))
        return found;
    return item;
}

static int play_run_compare_field(struct rehearsal *rehearsal, const struct tree *item,
                                  const char *name, const struct yaml_node *wanted)
{
    struct strbuf pointer = STRBUF_INIT;
    struct strbuf text = STRBUF_INIT;
    struct tree value;

    (void)cell_pointer(&pointer, name, strlen(name));
    if (!pointer.failed && tree_find(item, pointer.data, &value))
        cell_text(&text, &value);
    strbuf_add(&text, "", 1);
    if (pointer.failed || text.failed) {
        strbuf_free(&pointer);
        strbuf_free(&text);
        return error_nomem();
    }
    if (strcmp(text.data, wanted->text) != 0)
        rehearsal_fail(rehearsal, wanted, "has %s \"%s\" in the first item, not \"%s\"", name,
                       text.data, wanted->text);
    strbuf_free(&pointer);
    strbuf_free(&text);
    return FOB_SUCCESS;
}

static int play_run_page(const struct fob_page *page, void *data)
{
    const struct play_list *list = data;
    struct rehearsal *rehearsal = list->rehearsal;
    const struct yaml_node *first = yaml_get(rehearsal->step, "first");
    struct tree item;
    int code = FOB_SUCCESS;

    if (first != NULL && rehearsal->items == 0 && page->count > 0) {
        item = play_run_first(list, page->answer);
        for (size_t i = 0; i < first->count && code == FOB_SUCCESS; i++)
            code = play_run_compare_field(rehearsal, &item, first->keys[i]->text, first->values[i]);
    }
    rehearsal->items += page->count;
    return code;
}

/* Make the request from the step's arguments. */
static int play_run_request(const struct yaml_node *step, const struct fob_action *action,
                            struct fob_request **request)
{
    const struct yaml_node *given = yaml_get(step, "arguments");
    const size_t count = given != NULL ? given->count : 0;
    char **arguments = calloc(count + 1, sizeof *arguments);
    int code = arguments != NULL ? FOB_SUCCESS : error_nomem();

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        if (asprintf(&arguments[i], "%s=%s", given->keys[i]->text, given->values[i]->text) < 0) {
            arguments[i] = NULL;
            code = error_nomem();
        }
    }
    if (code == FOB_SUCCESS)
        code = fob_request_new(action, (const char *const *)arguments, 0, request);
    for (size_t i = 0; arguments != NULL && arguments[i] != NULL; i++)
        free(arguments[i]);
    free(arguments);
    return code;
}

static int play_run_send(struct fob_handle *handle, struct play_list *list,
                         const struct fob_request *request)
{
    const char *body = fob_request_body(request);
    const struct fob_query query = {
        .size = sizeof query,
        .method = list->action->method,
        .path = fob_request_path(request),
        .body = body,
        .body_size = body != NULL ? strlen(body) : 0,
    };
    int code = lend_put_credential(handle);

    return code == FOB_SUCCESS ? fob_send_pages(handle, &query, list->action, play_run_page, list)
                               : code;
}

int play_run(struct fob_handle *handle)
{
    struct rehearsal *rehearsal = handle->rehearsal;
    struct play_list list = { .rehearsal = rehearsal };
    struct fob_request *request = NULL;
    int code =
        fob_find_action(handle->provider, rehearsal_action(rehearsal->step)->text, &list.action);

    rehearsal->items = 0;
    if (code == FOB_SUCCESS)
        code = play_run_request(rehearsal->step, list.action, &request);
    if (code == FOB_SUCCESS)
        code = play_run_send(handle, &list, request);
    fob_request_free(request);
    return code;
}

void play_run_compare_items(struct rehearsal *rehearsal)
{
    const struct yaml_node *wanted = yaml_get(rehearsal->step, "items");
    const struct yaml_node *first = yaml_get(rehearsal->step, "first");
    char count[24];

    snprintf(count, sizeof count, "%zu", rehearsal->items);
    if (wanted != NULL && strcmp(wanted->text, count) != 0)
        rehearsal_fail(rehearsal, wanted, "has %s items, not %s", count, wanted->text);
    else if (first != NULL && rehearsal->items == 0)
        rehearsal_fail(rehearsal, first, "has no item");
}
