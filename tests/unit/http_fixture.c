/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A client of libfob-http and the server that it asks. */
#include "config.h"

#include "http_fixture.h"

#include <stdio.h>
#include <string.h>

void fixture_start(struct fixture *fixture, const struct told_answer *answers, size_t count)
{
    *fixture = (struct fixture){ .server = told_start(answers, count) };
    snprintf(fixture->url, sizeof fixture->url, "http://127.0.0.1:%u/api",
             told_port(fixture->server));
    fixture->handle.base_url = fixture->url;
    fixture->handle.timeout = 60;
    assert_int_equal(fob_add_header(&fixture->handle, "Authorization", SECRET, strlen(SECRET)),
                     FOB_SUCCESS);
    assert_int_equal(fob_http_open(&fixture->handle, &fixture->http), FOB_SUCCESS);
}

void fixture_set_retries(struct fixture *fixture, int64_t retries)
{
    fob_http_close(fixture->http);
    fixture->handle.retries = retries;
    assert_int_equal(fob_http_open(&fixture->handle, &fixture->http), FOB_SUCCESS);
}

int fixture_request(struct fixture *fixture, const struct fob_http_request *request)
{
    struct fob_http_request sized = *request;

    sized.size = sizeof sized;
    fob_http_response_free(fixture->response);
    fixture->response = NULL;
    return fob_http_send(fixture->http, &sized, &fixture->response);
}

int fixture_get(struct fixture *fixture, const char *path)
{
    return fixture_request(fixture, &(struct fob_http_request){ .path = path });
}

size_t fixture_arrived(struct fixture *fixture)
{
    size_t count = 0;

    told_wait(fixture->server);
    while (told_request(fixture->server, count) != NULL)
        count++;
    return count;
}

void fixture_stop(struct fixture *fixture)
{
    assert_null(strstr(fixture->handle.error, "s3cr3t"));
    assert_null(strstr(fixture->handle.hint, "s3cr3t"));
    assert_null(strstr(fixture->handle.log, "s3cr3t"));
    fob_http_response_free(fixture->response);
    fob_http_close(fixture->http);
    fake_clear(&fixture->handle);
    told_free(fixture->server);
}
