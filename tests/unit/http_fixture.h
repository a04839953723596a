/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the tests of libfob-http share: one client, one server that answers what it was told, one
 * credential.
 */
#ifndef FOB_TESTS_HTTP_FIXTURE_H
#define FOB_TESTS_HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/http.h>

#include "fake_handle.h"
#include "told_server.h"

#define SECRET "Token token=id-1234567:s3cr3t-s3cr3t"
#define OK(body_size, body) "HTTP/1.1 200 OK\r\nContent-Length: " body_size "\r\n\r\n" body
#define EMPTY(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

struct fixture {
    struct fob_handle handle;
    struct told_server *server;
    struct fob_http *http;
    struct fob_http_response *response;
    char url[64];
};

void fixture_start(struct fixture *fixture, const struct told_answer *answers, size_t count);
void fixture_set_retries(struct fixture *fixture, int64_t retries);
int fixture_request(struct fixture *fixture, const struct fob_http_request *request);
int fixture_get(struct fixture *fixture, const char *path);
/* The number of requests that arrived. */
size_t fixture_arrived(struct fixture *fixture);
/* No test may end with the credential in what people see. */
void fixture_stop(struct fixture *fixture);

#endif
