/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Walks from page to page, and guarantees that the walk ends. */
#include "config.h"

#include <fob/fob.h>

#include "core/list/signs.h"
#include "core/list/url_page.h"
#include "core/session/handle.h"
#include "util/error.h"
#include "util/text.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES_MAX 10000

struct paging_state {
    struct fob_handle *handle;
    struct fob_query query;
    const struct fob_action *list;
    const struct fob_paginate *paginate; /* LIST's */
    fob_page_fn *fn;
    void *data;
    char *path;          /* the path of the page to read, owned by SEEN */
    const char *from;    /* the source of PATH: a place or a parameter; NULL for the caller */
    void *seen;          /* a tree of the paths read so far */
    uint64_t *digests;   /* of the pages with items */
    size_t digest_count; /* at most PAGES_MAX */
    size_t pages;
    size_t items;
    int64_t start;  /* the first page's or item's number, if they are counted */
    int64_t place;  /* this page's number */
    int64_t size;   /* the number of items in a full page; -1 while unknown */
    int64_t total;  /* the total that the last page gave; -1 for none */
    bool is_signed; /* some page had a sign of the next page or of the total */
    bool is_guess;  /* only the parameter's next number led to this page */
};

/* Set the error about the source of the next page's address; returns FOB_PROTOCOL. */
static int paging_fail(const struct paging_state *walk, const char *why)
{
    return error_set(FOB_PROTOCOL, "%s%s", walk->from, why);
}

static int paging_compare_items(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Make PATH the next page, and own it; NULL means out of memory.  A path that was read before would
 * loop for ever. */
static int paging_go_to(struct paging_state *walk, char *path)
{
    void *node = path != NULL ? tsearch(path, &walk->seen, paging_compare_items) : NULL;

    if (node == NULL) {
        free(path);
        return error_nomem();
    }
    if (*(char **)node != path) {
        free(path);
        return paging_fail(walk, " leads back to a page that was read already");
    }
    walk->path = path; /* freed with the tree */
    return FOB_SUCCESS;
}

static int paging_set_parameter(struct paging_state *walk, const char *value)
{
    return paging_go_to(walk, url_page_with(walk->path, walk->paginate->parameter, value));
}

/* The number of the page in PATH's query, or OTHERWISE. */
static int64_t paging_find_place(const struct paging_state *walk, const char *path,
                                 int64_t otherwise)
{
    const char *parameter = walk->paginate->parameter;
    const char *given = parameter != NULL ? url_page_parameter(path, parameter) : NULL;

    return given != NULL ? strtoll(given, NULL, 10) : otherwise;
}

static int paging_follow_link(struct paging_state *walk, const char *next)
{
    const char *base_url = fob_base_url(walk->handle);
    char *path = url_page_resolve(base_url != NULL ? base_url : "", walk->path, next);
    int code;

    if (path == NULL && errno != ENOMEM)
        return paging_fail(walk, " is neither a query, a path nor a URL");
    code = paging_go_to(walk, path);
    if (code == FOB_SUCCESS)
        walk->place = paging_find_place(walk, walk->path, walk->place + 1);
    return code;
}

/* Go to the page that SIGNS names. */
static int paging_follow(struct paging_state *walk, const struct signs *signs)
{
    walk->from = signs->place;
    return walk->paginate->kind == FOB_PAGING_CURSOR ? paging_set_parameter(walk, signs->next)
                                                     : paging_follow_link(walk, signs->next);
}

static bool paging_counts_pages(const struct paging_state *walk)
{
    return walk->paginate->kind == FOB_PAGING_PAGE ||
           (walk->paginate->kind == FOB_PAGING_LINK && walk->paginate->parameter != NULL);
}

/* The number of items before the first page that was read; -1 when unknown. */
static int64_t paging_count_before(const struct paging_state *walk)
{
    int64_t skipped = walk->start - walk->paginate->first;

    if (skipped <= 0 || walk->paginate->parameter == NULL)
        return 0;
    if (walk->paginate->kind == FOB_PAGING_OFFSET)
        return skipped;
    if (!paging_counts_pages(walk) || walk->size < 0 || skipped > PAGES_MAX)
        return -1;
    return skipped * walk->size;
}

/* Whether a count says that there are more pages. */
static bool paging_has_more(const struct paging_state *walk, const struct page *page,
                            const struct signs *signs)
{
    int64_t before = paging_count_before(walk);

    if (walk->paginate->kind != FOB_PAGING_OFFSET && !paging_counts_pages(walk))
        return false;
    if (signs->more > 0)
        return true;
    if (paging_counts_pages(walk) && walk->place - walk->paginate->first + 1 < signs->pages)
        return true;
    return page->items > 0 && walk->total >= 0 &&
           (before < 0 || before + (int64_t)walk->items < walk->total);
}

/* Go to the page with the next number. */
static int paging_count_on(struct paging_state *walk, const struct page *page)
{
    char place[24];

    walk->from = walk->paginate->parameter;
    walk->place += walk->paginate->kind == FOB_PAGING_OFFSET ? (int64_t)page->items : 1;
    snprintf(place, sizeof place, "%" PRId64, walk->place);
    return paging_set_parameter(walk, place);
}

static bool paging_needs_number(const struct paging_state *walk)
{
    return walk->paginate->kind == FOB_PAGING_PAGE || walk->paginate->kind == FOB_PAGING_OFFSET;
}

/* Check that a page without a sign of a next page may be the last. */
static int paging_check_end(const struct paging_state *walk, const struct page *page,
                            const struct signs *signs)
{
    if (signs->more > 0)
        return error_set(FOB_PROTOCOL, "page %zu says that more follow, and not where",
                         walk->pages);
    if (paging_needs_number(walk) || walk->is_signed || signs->size < 0 ||
        page->items < (uint64_t)signs->size)
        return FOB_SUCCESS;
    error_set(FOB_PROTOCOL, "page %zu is full, and has no sign of whether more follow",
              walk->pages);
    error_hint("paginate in the provider's file names the signs (fob-provider(5))");
    return FOB_PROTOCOL;
}

/* Whether nothing says that the list ends here, and only the page with the next number can show it.
 * A short page proves nothing unless the answer itself has the size: a server may give fewer items
 * than requested. */
static bool paging_may_go_on(const struct paging_state *walk, const struct page *page,
                             const struct signs *signs)
{
    if (page->items == 0)
        return false;
    if (paging_needs_number(walk))
        return signs->pages < 0 && walk->total < 0;
    return paging_counts_pages(walk) && !walk->is_signed && !signs->has_size;
}

static int paging_find_next(struct paging_state *walk, const struct page *page,
                            const struct signs *signs, bool *more)
{
    int code = FOB_SUCCESS;

    walk->is_signed |=
        signs->about_next || signs->pages >= 0 || walk->total >= 0 || signs->more >= 0;
    *more = signs->more != 0 && (signs->next != NULL || paging_has_more(walk, page, signs));
    walk->is_guess = false;
    if (!*more && signs->more != 0) {
        code = paging_check_end(walk, page, signs);
        *more = walk->is_guess = code == FOB_SUCCESS && paging_may_go_on(walk, page, signs);
    }
    if (!*more)
        return code;
    if (walk->pages == PAGES_MAX)
        return error_set(FOB_PROTOCOL, "the list has more than %d pages", PAGES_MAX);
    return signs->next != NULL ? paging_follow(walk, signs) : paging_count_on(walk, page);
}

/* Whether the previous page came again from a server that gives its last page for each larger
 * number.  After one page only, the server may as well ignore the number. */
static bool paging_is_echo(const struct paging_state *walk, const struct page *page)
{
    return walk->is_guess && !paging_needs_number(walk) && walk->digest_count > 1 &&
           page->digest == walk->digests[walk->digest_count - 1];
}

/* Set the error about a page that came again; returns FOB_PROTOCOL. */
static int paging_fail_again(const struct paging_state *walk)
{
    error_set(FOB_PROTOCOL, "page %zu has the same items as one before it", walk->pages);
    if (walk->is_guess)
        error_hint("the provider may not know the parameter %s: if it gives the whole list at "
                   "once, describe the list without paginate (fob-provider(5))",
                   walk->from);
    return FOB_PROTOCOL;
}

/* A provider that repeats the same items under new addresses would never end. */
static int paging_check_new(struct paging_state *walk, const struct page *page)
{
    uint64_t *more;

    if (page->items == 0 || walk->paginate->kind == FOB_PAGING_NONE)
        return FOB_SUCCESS;
    for (size_t i = 0; i < walk->digest_count; i++) {
        if (walk->digests[i] == page->digest)
            return paging_fail_again(walk);
    }
    more = reallocarray(walk->digests, walk->digest_count + 1, sizeof *more);
    if (more == NULL)
        return error_nomem();
    walk->digests = more;
    more[walk->digest_count++] = page->digest;
    return FOB_SUCCESS;
}

/* Note what this page says about the whole list. */
static void paging_note_size(struct paging_state *walk, const struct signs *signs)
{
    if (signs->size > 0)
        walk->size = signs->size;
    if (signs->total >= 0)
        walk->total = signs->total;
}

/* Let the caller handle the page, and find out whether another one follows. */
static int paging_process_page(struct paging_state *walk, const struct page *page, bool *more)
{
    struct fob_page public = { .size = sizeof public,
                               .answer = page->answer,
                               .count = page->items };
    struct signs signs;
    int code;

    signs_read(page, walk->list, walk->path, &signs);
    public.total = signs.total;
    code = walk->fn(&public, walk->data);
    walk->items += page->items;
    paging_note_size(walk, &signs);
    if (code == FOB_SUCCESS && walk->paginate->kind != FOB_PAGING_NONE)
        code = signs_find_next(page, walk->paginate, &signs);
    if (code == FOB_SUCCESS && walk->paginate->kind != FOB_PAGING_NONE)
        code = paging_find_next(walk, page, &signs, more);
    signs_free(&signs);
    return code;
}

/* Whether an answer without items is right: there is no more, or something was written. */
static bool paging_may_be_empty(const struct paging_state *walk, const struct page *page)
{
    if (walk->list->writes)
        return page->json.kind == TREE_NULL ||
               (walk->list->items[0] != '\0' && !tree_is_container(&page->json));
    return walk->paginate->kind != FOB_PAGING_NONE && fob_answer_status(page->answer) == 204;
}

/* Find the items in the answer: a list, or without pagination anything. */
static int paging_find_items(const struct paging_state *walk, const struct page *page,
                             struct tree *found)
{
    const char *pointer = walk->list->items;
    const bool wants_list = walk->paginate->kind != FOB_PAGING_NONE;

    if (tree_find(&page->json, pointer, found) && found->kind != TREE_NULL &&
        (!wants_list || found->kind == TREE_ARRAY))
        return FOB_SUCCESS;
    if (pointer[0] == '\0')
        error_set(FOB_PROTOCOL, "the answer is %s", wants_list ? "no list" : "null");
    else
        error_set(FOB_PROTOCOL, "the answer has %s called %s", wants_list ? "no list" : "nothing",
                  pointer + 1);
    if (walk->list->writes)
        error_hint("its status says that it was done: look before you repeat it");
    return FOB_PROTOCOL;
}

static bool paging_add_digest(struct page *page, const struct tree *item)
{
    struct strbuf text = STRBUF_INIT;
    bool good;

    tree_write(&text, item);
    good = !text.failed;
    if (good) {
        page->digest = url_page_digest(page->digest, text.data, text.size);
        explicit_bzero(text.data, text.capacity);
    }
    strbuf_free(&text);
    return good;
}

/* Count the items; the first and the last identify the page. */
static int paging_read_items(const struct paging_state *walk, struct page *page)
{
    struct tree found;
    struct tree item;
    struct span rest;
    bool good = true;
    int code;

    if (paging_may_be_empty(walk, page))
        return FOB_SUCCESS;
    code = paging_find_items(walk, page, &found);
    if (code != FOB_SUCCESS)
        return code;
    if (found.kind != TREE_ARRAY) {
        page->items = 1;
        return FOB_SUCCESS;
    }
    rest = found.content;
    while (tree_next(&found, &rest, &item)) {
        if (page->items++ == 0)
            good = paging_add_digest(page, &item);
    }
    if (page->items > 0)
        good &= paging_add_digest(page, &item);
    return good ? FOB_SUCCESS : error_nomem();
}

static int paging_take_page(struct paging_state *walk, struct page *page, bool *more)
{
    int code = paging_read_items(walk, page);

    walk->pages++;
    *more = false;
    if (code != FOB_SUCCESS || paging_is_echo(walk, page))
        return code;
    code = paging_check_new(walk, page);
    return code == FOB_SUCCESS ? paging_process_page(walk, page, more) : code;
}

/* Send the request for the present page. */
static int paging_send(struct paging_state *walk, struct fob_answer **answer)
{
    char why[512];
    int code;

    walk->query.path = walk->path;
    code = fob_send(walk->handle, &walk->query, FOB_AS_ITEMS, answer);
    if (code != FOB_INVALID || walk->from == NULL)
        return code;
    snprintf(why, sizeof why, "%s", fob_error());
    return error_set(FOB_PROTOCOL, "%s: %s", walk->from, why);
}

static int paging_read_page(struct paging_state *walk, bool *more)
{
    struct page page = { .digest = URL_PAGE_DIGEST };
    struct fob_answer *answer = NULL;
    struct span body;
    int code = paging_send(walk, &answer);

    if (code == FOB_NOT_FOUND && walk->is_guess) {
        /* The list is there: the page before was.  So it is the number that is not. */
        *more = false;
        return FOB_SUCCESS;
    }
    if (code == FOB_SUCCESS) {
        page.answer = answer;
        body.data = fob_answer_body(answer, &body.size);
        page.json = tree_root(body);
        code = paging_take_page(walk, &page, more);
    }
    fob_answer_free(answer);
    return code;
}

/* Find the first page: the caller's, or the first number. */
static int paging_begin(struct paging_state *walk)
{
    const struct fob_paginate *paginate = walk->paginate;
    const char *path = walk->query.path;
    char first[24];

    walk->start = paging_find_place(walk, path, paginate->first);
    walk->place = walk->start;
    if (paginate->kind != FOB_PAGING_PAGE && paginate->kind != FOB_PAGING_OFFSET)
        return paging_go_to(walk, strdup(path));
    snprintf(first, sizeof first, "%" PRId64, walk->start);
    return paging_go_to(walk, url_page_with(path, paginate->parameter, first));
}

/* A list that ends before its total is an error. */
static int paging_check_whole(const struct paging_state *walk)
{
    int64_t before = paging_count_before(walk);

    if (walk->total < 0 || before < 0 || before + (int64_t)walk->items >= walk->total)
        return FOB_SUCCESS;
    return error_set(FOB_PROTOCOL,
                     "the list ended after %zu item%s, and the provider says that it has %" PRId64,
                     walk->items, text_plural(walk->items), walk->total);
}

int fob_send_pages(struct fob_handle *handle, const struct fob_query *query,
                   const struct fob_action *list, fob_page_fn *fn, void *data)
{
    struct paging_state walk = { .size = -1, .total = -1 };
    struct fob_action own;
    struct fob_paginate paginate;
    bool more = true;
    int code;

    NEED_HANDLE(handle);
    NEED_SIZED(&walk.query, query);
    NEED_SIZED(&own, list);
    NEED(fn);
    NEED_SIZED(&paginate, own.paginate);
    NEED(own.items);
    if (walk.query.path == NULL)
        return error_set(FOB_INVALID, "%s: a request has no path", handle->account);
    walk.handle = handle;
    walk.list = &own;
    walk.paginate = &paginate;
    walk.fn = fn;
    walk.data = data;
    code = paging_begin(&walk);
    while (code == FOB_SUCCESS && more)
        code = paging_read_page(&walk, &more);
    if (code == FOB_SUCCESS)
        code = paging_check_whole(&walk);
    tdestroy(walk.seen, free);
    free(walk.digests);
    return code;
}
