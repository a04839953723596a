/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Many exchanges in one thread. */
#include "config.h"

#include "http/driver.h"

#include "http/client.h"
#include "http/connection.h"
#include "http/transfer.h"
#include "util/clock.h"

#include <curl/curl.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* So many events are taken at a time. */
#define EVENTS 32
/* Milliseconds after which it is looked whether nobody waits any more. */
#define LOOK 100

struct driver {
    struct fob_driver face;
    CURLM *multi;
    int epoll;
    int64_t due;              /* when libcurl is to be called, on clock_ms(); -1 for not at all */
    int64_t looked;           /* when it was looked last whether nobody waits */
    uint32_t *wanted;         /* by descriptor: the events that libcurl waits for */
    size_t room;              /* for descriptors */
    struct fob_http *clients; /* whose exchanges are made, the youngest first */
};

static bool make_room(struct driver *driver, size_t count)
{
    uint32_t *more;

    if (count <= driver->room)
        return true;
    more = reallocarray(driver->wanted, 2 * count, sizeof *more);
    if (more == NULL)
        return false;
    memset(more + driver->room, 0, (2 * count - driver->room) * sizeof *more);
    driver->wanted = more;
    driver->room = 2 * count;
    return true;
}

/*
 * CURLMOPT_SOCKETFUNCTION(3).  What libcurl does not want any more is left to epoll for now: most
 * often the connection's next request comes before anything else, and a system call is saved.
 * Closed descriptors epoll forgets by itself.
 */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
    struct driver *driver = data;
    struct epoll_event event = { .data = { .fd = fd } };

    (void)easy;
    (void)socket_data;
    if (!make_room(driver, (size_t)fd + 1))
        return -1;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        event.events |= EPOLLIN;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        event.events |= EPOLLOUT;
    driver->wanted[fd] = event.events;
    if (event.events == 0 || epoll_ctl(driver->epoll, EPOLL_CTL_MOD, fd, &event) == 0)
        return 0;
    return epoll_ctl(driver->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* CURLMOPT_TIMERFUNCTION(3). */
static int set_timer(CURLM *multi, long ms, void *data)
{
    struct driver *driver = data;

    (void)multi;
    driver->due = ms < 0 ? -1 : clock_ms() + ms;
    return 0;
}

/* The exchange is over, with RESULT. */
static void end(struct driver *driver, struct fob_http *http, CURLcode result)
{
    curl_multi_remove_handle(driver->multi, http->easy);
    if (http->older != NULL)
        http->older->younger = http->younger;
    if (http->younger != NULL)
        http->younger->older = http->older;
    else
        driver->clients = http->older;
    transfer_arrive(http, &http->transfer, result);
    fob_wake(http->handle, !transfer_is_settled(http, &http->transfer));
}

/* What libcurl has ended. */
static void take_ended(struct driver *driver)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(driver->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result; /* MESSAGE is gone when the handle is removed */
        char *http = NULL;

        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &http);
        end(driver, (struct fob_http *)(void *)http, result);
    }
}

/* libcurl asks by itself only where something happens. */
static void end_those_that_are_over(struct driver *driver)
{
    struct fob_http *next;

    for (struct fob_http *http = driver->clients; http != NULL; http = next) {
        next = http->older;
        if (fob_is_over(http->handle))
            end(driver, http, CURLE_ABORTED_BY_CALLBACK);
    }
}

static void take_event(struct driver *driver, const struct epoll_event *event)
{
    const int fd = event->data.fd;
    int flags = 0;
    int running;

    if (driver->wanted[fd] == 0) {
        (void)epoll_ctl(driver->epoll, EPOLL_CTL_DEL, fd, NULL);
        connection_check(fd);
        return;
    }
    if ((event->events & EPOLLIN) != 0)
        flags |= CURL_CSELECT_IN;
    if ((event->events & EPOLLOUT) != 0)
        flags |= CURL_CSELECT_OUT;
    if ((event->events & (EPOLLERR | EPOLLHUP)) != 0)
        flags |= CURL_CSELECT_ERR;
    (void)curl_multi_socket_action(driver->multi, fd, flags, &running);
}

/* Take what comes within MS milliseconds. */
static void take_events(struct driver *driver, int ms)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(driver->epoll, events, EVENTS, ms);

    for (int i = 0; i < count; i++)
        take_event(driver, &events[i]);
}

/* What came on a connection since it was used is looked at before it is used again. */
bool driver_add(struct driver *driver, struct fob_http *http)
{
    take_events(driver, 0);
    if (curl_easy_setopt(http->easy, CURLOPT_PRIVATE, http) != CURLE_OK ||
        curl_multi_add_handle(driver->multi, http->easy) != CURLM_OK)
        return false;
    http->younger = NULL;
    http->older = driver->clients;
    if (http->older != NULL)
        http->older->younger = http;
    driver->clients = http;
    return true;
}

static int time_to_wait(const struct driver *driver, int64_t ms)
{
    int64_t left = driver->due >= 0 ? driver->due - clock_ms() : ms;

    if (left > ms)
        left = ms;
    return left > 0 ? (int)left : 0;
}

static void wait_for_news(struct fob_driver *face, int64_t ms)
{
    struct driver *driver = (struct driver *)face;
    int64_t now;
    int running;

    take_events(driver, time_to_wait(driver, ms));
    now = clock_ms();
    if (driver->due >= 0 && now >= driver->due) {
        driver->due = -1;
        (void)curl_multi_socket_action(driver->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    take_ended(driver);
    if (now - driver->looked >= LOOK) {
        driver->looked = now;
        end_those_that_are_over(driver);
    }
}

static void free_driver(struct fob_driver *face)
{
    struct driver *driver = (struct driver *)face;

    if (driver->multi != NULL)
        curl_multi_cleanup(driver->multi);
    if (driver->epoll >= 0)
        close(driver->epoll);
    free(driver->wanted);
    free(driver);
}

static bool set_up(struct driver *driver)
{
    return driver->multi != NULL && driver->epoll >= 0 &&
           curl_multi_setopt(driver->multi, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK &&
           curl_multi_setopt(driver->multi, CURLMOPT_SOCKETDATA, driver) == CURLM_OK &&
           curl_multi_setopt(driver->multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK &&
           curl_multi_setopt(driver->multi, CURLMOPT_TIMERDATA, driver) == CURLM_OK;
}

static struct driver *make(void)
{
    struct driver *driver = calloc(1, sizeof *driver);

    if (driver == NULL)
        return NULL;
    driver->face = (struct fob_driver){ wait_for_news, free_driver };
    driver->multi = curl_multi_init();
    driver->epoll = epoll_create1(EPOLL_CLOEXEC);
    driver->due = -1;
    if (!set_up(driver)) {
        free_driver(&driver->face);
        return NULL;
    }
    return driver;
}

struct driver *driver_of(struct fob_handle *handle)
{
    struct fob_driver **place = fob_driver(handle);
    struct driver *driver;

    if (place == NULL)
        return NULL;
    if (*place == NULL) {
        driver = make();
        if (driver == NULL)
            return NULL;
        *place = &driver->face;
    }
    /* Another library's, in the same thread. */
    if ((*place)->wait != wait_for_news)
        return NULL;
    return (struct driver *)*place;
}
