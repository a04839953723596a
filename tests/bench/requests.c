/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What libcurl alone needs for as many requests as a sweep makes: the least that fob can cost.
 *
 *     requests COUNT URL CA_FILE HEADER [CONNECTIONS]
 *
 * Two threads, each with a multi handle and eight easy handles, or half of as many as CONNECTIONS.
 */
#include "config.h"

#include <curl/curl.h>

#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define THREADS 2
#define HANDLES_MAX 64

static const char *url;
static const char *ca_file;
static struct curl_slist header;
static atomic_long left;
static size_t handle_count = 8; /* of a thread */

static size_t drop(char *data, size_t size, size_t count, void *to)
{
    (void)data;
    (void)to;
    return size * count;
}

static CURL *make(void)
{
    CURL *easy = curl_easy_init();

    if (easy == NULL || curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop) != CURLE_OK)
        errx(1, "libcurl cannot be used");
    return easy;
}

/* Begin another one; false when there are enough. */
static bool begin(CURLM *multi, CURL *easy)
{
    if (atomic_fetch_sub(&left, 1) <= 0)
        return false;
    if (curl_easy_setopt(easy, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, &header) != CURLE_OK ||
        curl_multi_add_handle(multi, easy) != CURLM_OK)
        errx(1, "libcurl cannot be used");
    return true;
}

/* Returns how many have ended for good. */
static int take_ended(CURLM *multi)
{
    const CURLMsg *message;
    int ended = 0;
    int more;

    while ((message = curl_multi_info_read(multi, &more)) != NULL) {
        CURL *easy = message->easy_handle;

        if (message->data.result != CURLE_OK)
            errx(1, "%s", curl_easy_strerror(message->data.result));
        curl_multi_remove_handle(multi, easy);
        ended += !begin(multi, easy);
    }
    return ended;
}

static void *run(void *data)
{
    CURLM *multi = curl_multi_init();
    CURL *handles[HANDLES_MAX];
    int running = 0;
    int still;

    for (size_t i = 0; i < handle_count; i++) {
        handles[i] = make();
        running += begin(multi, handles[i]);
    }
    while (running > 0) {
        if (curl_multi_perform(multi, &still) != CURLM_OK)
            errx(1, "curl_multi_perform");
        running -= take_ended(multi);
        if (running > 0 && curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK)
            errx(1, "curl_multi_poll");
    }
    for (size_t i = 0; i < handle_count; i++)
        curl_easy_cleanup(handles[i]);
    curl_multi_cleanup(multi);
    return data;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];

    if (argc != 5 && argc != 6)
        errx(64, "usage: requests COUNT URL CA_FILE HEADER [CONNECTIONS]");
    if (argc == 6)
        handle_count = strtoul(argv[5], NULL, 10) / THREADS;
    if (handle_count == 0 || handle_count > HANDLES_MAX)
        errx(64, "from %d to %d connections", THREADS, THREADS * HANDLES_MAX);
    left = atol(argv[1]);
    url = argv[2];
    ca_file = argv[3];
    header.data = argv[4];
    if (curl_global_init(CURL_GLOBAL_SSL) != CURLE_OK)
        errx(1, "libcurl cannot be used");
    for (size_t i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, run, NULL) != 0)
            errx(1, "pthread_create");
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    curl_global_cleanup();
    return 0;
}
