/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* From one page to the next, and never for ever. */
#include "config.h"

#include "cli/pages.h"

#include "cli/output.h"
#include "cli/page.h"
#include "cli/progress.h"

#include <json.h>

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAGES_MAX 10000
#define NEXT_MAX 2048
#define PROGRESS_NS (100 * INT64_C(1000000))

struct walk {
    struct request *request;
    const struct fob_paginate *paginate;
    const struct page_taker *taker;
    char *path;          /* of the page to read; in SEEN */
    void *seen;          /* a tree of the paths read */
    uint64_t *digests;   /* of the pages read that had items */
    size_t digest_count; /* at most PAGES_MAX */
    size_t pages;
    size_t items;
    int64_t place; /* the page's or the first item's number, where those are counted */
    int64_t total; /* what the last page said; -1 where it did not */
    bool from_start;
    bool progress;
    int64_t shown; /* when progress was shown last */
};

static int fail(const struct walk *walk, const char *what, const char *why)
{
    return output_fail(FOB_PROTOCOL, NULL, "%s: %s%s", walk->request->account, what, why);
}

static int no_memory(void)
{
    return output_fail(FOB_NOMEM, NULL, "out of memory");
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Take over PATH (NULL: out of memory) as the next page; one that was read before would go on for
 * ever. */
static int go_to(struct walk *walk, char *path)
{
    void *node = path != NULL ? tsearch(path, &walk->seen, compare) : NULL;

    if (node == NULL) {
        free(path);
        return no_memory();
    }
    if (*(char **)node != path) {
        free(path);
        return fail(walk, walk->paginate->next, " leads back to a page that was read already");
    }
    walk->path = path; /* freed with the tree */
    return FOB_SUCCESS;
}

/* What is at POINTER of an answer, as text: an address, a cursor.  *TEXT is NULL after the last
 * page. */
static int read_next(const struct walk *walk, struct json_object *json, const char **text)
{
    struct json_object *found = NULL;

    *text = NULL;
    if (json_pointer_get(json, walk->paginate->next, &found) != 0 || found == NULL ||
        (json_object_is_type(found, json_type_boolean) && !json_object_get_boolean(found)))
        return FOB_SUCCESS;
    if (json_object_is_type(found, json_type_int) && walk->paginate->kind == FOB_PAGING_CURSOR) {
        *text = json_object_to_json_string(found);
        return FOB_SUCCESS;
    }
    if (!json_object_is_type(found, json_type_string) ||
        json_object_get_string_len(found) > NEXT_MAX ||
        strlen(json_object_get_string(found)) != (size_t)json_object_get_string_len(found))
        return fail(walk, walk->paginate->next, " is no address");
    if (json_object_get_string_len(found) > 0)
        *text = json_object_get_string(found);
    return FOB_SUCCESS;
}

/* The number at PLACE of an answer: a pointer, or a header's name; -1 when there is none. */
static int64_t read_count(const struct page *page, const char *place)
{
    struct json_object *found = NULL;
    const char *text = NULL;
    char *end;
    long long number;

    if (place == NULL)
        return -1;
    if (place[0] != '/')
        text = fob_http_header(page->response, place);
    else if (json_pointer_get(page->json, place, &found) == 0 &&
             (json_object_is_type(found, json_type_int) ||
              json_object_is_type(found, json_type_string)))
        text = json_object_get_string(found);
    if (text == NULL)
        return -1;
    errno = 0;
    number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && number >= 0 ? number : -1;
}

static int set_parameter(struct walk *walk, const char *value)
{
    return go_to(walk, page_with(walk->path, walk->paginate->parameter, value));
}

static int follow_link(struct walk *walk, const char *next)
{
    const char *base_url = fob_option_text(walk->request->handle, "base_url");
    char *path = page_resolve(base_url != NULL ? base_url : "", walk->path, next);

    if (path == NULL && errno != ENOMEM)
        return fail(walk, walk->paginate->next, " is neither a query, a path nor a URL");
    return go_to(walk, path);
}

/* Go on to the page that PAGE names. */
static int follow(struct walk *walk, const struct page *page, bool *more)
{
    const char *next;
    int code = read_next(walk, page->json, &next);

    *more = code == FOB_SUCCESS && next != NULL;
    if (!*more)
        return code;
    return walk->paginate->kind == FOB_PAGING_LINK ? follow_link(walk, next)
                                                   : set_parameter(walk, next);
}

/* Go on to the page whose number comes next. */
static int count_on(struct walk *walk, const struct page *page, bool *more)
{
    int64_t pages = read_count(page, walk->paginate->pages);
    char place[24];

    *more = page->items > 0 && (pages < 0 || walk->place - walk->paginate->first + 1 < pages) &&
            (walk->total < 0 || !walk->from_start || walk->items < (uint64_t)walk->total);
    if (!*more)
        return FOB_SUCCESS;
    walk->place += walk->paginate->kind == FOB_PAGING_PAGE ? 1 : (int64_t)page->items;
    snprintf(place, sizeof place, "%" PRId64, walk->place);
    return set_parameter(walk, place);
}

static int find_next(struct walk *walk, const struct page *page, bool *more)
{
    int code = FOB_SUCCESS;

    *more = false;
    if (walk->paginate->kind == FOB_PAGING_LINK || walk->paginate->kind == FOB_PAGING_CURSOR)
        code = follow(walk, page, more);
    else if (walk->paginate->kind != FOB_PAGING_NONE)
        code = count_on(walk, page, more);
    if (code == FOB_SUCCESS && *more && walk->pages == PAGES_MAX)
        code = output_fail(FOB_PROTOCOL, NULL, "%s: the list has more than %d pages",
                           walk->request->account, PAGES_MAX);
    return code;
}

/* A provider that gives the same items under ever new addresses would do so for ever. */
static int check_new(struct walk *walk, const struct page *page)
{
    uint64_t *more;

    if (page->items == 0 || walk->paginate->kind == FOB_PAGING_NONE)
        return FOB_SUCCESS;
    for (size_t i = 0; i < walk->digest_count; i++) {
        if (walk->digests[i] == page->digest)
            return output_fail(FOB_PROTOCOL, NULL,
                               "%s: page %zu has the same items as one before it",
                               walk->request->account, walk->pages);
    }
    more = reallocarray(walk->digests, walk->digest_count + 1, sizeof *more);
    if (more == NULL)
        return no_memory();
    walk->digests = more;
    more[walk->digest_count++] = page->digest;
    return FOB_SUCCESS;
}

/* On a terminal that does not show the items themselves. */
static void show_progress(struct walk *walk)
{
    struct timespec now;
    int64_t when;

    if (!walk->progress)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    when = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    if (walk->shown != 0 && when - walk->shown < PROGRESS_NS)
        return;
    walk->shown = when;
    progress_show(walk->items, walk->total > 0 ? (uint64_t)walk->total : 0, "");
}

static void note_total(struct walk *walk, const struct page *page)
{
    int64_t total = read_count(page, walk->paginate->total);

    if (total >= 0 && walk->total >= 0 && total != walk->total)
        output_note("warning: %s: the list changed while it was read: it has %" PRId64
                    " items now, it had %" PRId64 "; some may be missing or come twice",
                    walk->request->account, total, walk->total);
    if (total >= 0)
        walk->total = total;
}

static int take_page(struct walk *walk, struct page *page, bool *more)
{
    int code;

    walk->pages++;
    note_total(walk, page);
    code = walk->taker->read(page, walk->taker->data);
    if (code == FOB_SUCCESS)
        code = check_new(walk, page);
    if (code == FOB_SUCCESS)
        code = walk->taker->print(page, walk->taker->data);
    if (code == FOB_SUCCESS && (fflush(output_file()) != 0 || ferror(output_file()) != 0))
        code = FOB_SYSTEM; /* told when stdout is closed */
    if (code != FOB_SUCCESS)
        return code;
    walk->items += page->items;
    return find_next(walk, page, more);
}

static int read_page(struct walk *walk, bool *more)
{
    struct page page = { .request = walk->request, .digest = PAGE_DIGEST };
    struct fob_http_response *response = NULL;
    int code;

    walk->request->http.path = walk->path;
    if (walk->pages > 0)
        walk->request->path_from = walk->paginate->next;
    code = request_send(walk->request, &response);
    if (code == FOB_SUCCESS)
        code = request_json(walk->request, response, &page.json);
    page.response = response;
    if (code == FOB_SUCCESS)
        code = take_page(walk, &page, more);
    json_object_put(page.json);
    fob_http_response_free(response);
    return code;
}

/* The first page: where the caller says, or where counting begins. */
static int begin(struct walk *walk)
{
    const struct fob_paginate *paginate = walk->paginate;
    const char *path = walk->request->http.path;
    const char *given =
        paginate->parameter != NULL ? page_parameter(path, paginate->parameter) : NULL;
    char first[24];

    walk->place = given != NULL ? strtoll(given, NULL, 10) : paginate->first;
    walk->from_start = given == NULL || walk->place == paginate->first;
    if (paginate->kind != FOB_PAGING_PAGE && paginate->kind != FOB_PAGING_OFFSET)
        return go_to(walk, strdup(path));
    snprintf(first, sizeof first, "%" PRId64, walk->place);
    return go_to(walk, page_with(path, paginate->parameter, first));
}

/* A list that ends early must not pass for the whole one. */
static int check_whole(const struct walk *walk)
{
    if (walk->total < 0 || !walk->from_start || walk->items >= (uint64_t)walk->total)
        return FOB_SUCCESS;
    return output_fail(FOB_PROTOCOL, NULL,
                       "%s: the list ended after %zu items, and the provider says that it has "
                       "%" PRId64,
                       walk->request->account, walk->items, walk->total);
}

int pages_walk(struct request *request, const struct fob_paginate *paginate,
               const struct page_taker *taker)
{
    struct walk walk = {
        .request = request,
        .paginate = paginate,
        .taker = taker,
        .total = -1,
        .progress = isatty(STDERR_FILENO) && !isatty(fileno(output_file())),
    };
    bool more = true;
    int code = begin(&walk);

    while (code == FOB_SUCCESS && more) {
        code = read_page(&walk, &more);
        if (code == FOB_SUCCESS && more)
            show_progress(&walk);
    }
    progress_hide();
    if (code == FOB_SUCCESS)
        code = check_whole(&walk);
    else if (walk.items > 0 && code != FOB_SYSTEM)
        output_note("%s: %zu items came before that; what was printed is not all", request->account,
                    walk.items);
    tdestroy(walk.seen, free);
    free(walk.digests);
    return code;
}
