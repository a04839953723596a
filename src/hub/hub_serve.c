/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Serves requests with libmicrohttpd, the only code that knows it. */
#include "config.h"

#include "hub/hub_serve.h"

#include <fob/fob.h>

#include "hub/hub_answer.h"
#include "hub/hub_body.h"
#include "hub/hub_route.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <microhttpd.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECTIONS_MAX 200
#define CONNECTIONS_OF_ONE 40 /* address, unless a proxy keeps them apart */
#define CONNECTION_MEMORY 36864
#define IDLE_S 10
/* libmicrohttpd's time-out is for idle connections: one byte a second keeps a connection open. */
#define REQUEST_MS 20000
#define CONNECTION_MS 60000
#define POLL_MS 500
/* Between lines that count what was over a limit. */
#define OVER_MS 60000
#define TLS_PRIORITIES "SECURE192:+SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* An open connection. */
struct hub_connection {
    int fd; /* -1 for an unused place */
    int64_t begun;
    bool answered;
    struct hub_limit_address peer;
};

/* The server. */
struct hub_server {
    struct hub *hub;
    struct MHD_Daemon *daemon;
    struct hub_bodies bodies;
    unsigned long over; /* requests over a limit since the last line that counted them */
    int64_t over_logged;
    struct hub_connection connections[CONNECTIONS_MAX];
};

static const struct {
    const char *name;
    const char *value;
} page_headers[] = {
    { "Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src "
                                 "'self'; connect-src 'self'; "
                                 "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
                                 "require-trusted-types-for 'script'" },
    { "Referrer-Policy", "same-origin" },
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "X-Robots-Tag", "noindex, nofollow" },
    { "Permissions-Policy", "camera=(), microphone=(), geolocation=()" },
    /* What follows the first request on a connection is never read. */
    { "Connection", "close" },
};

/* The URI as it came, before libmicrohttpd cuts it. */
static void *hub_serve_begin(void *data, const char *uri, struct MHD_Connection *connection)
{
    struct hub_request *request = calloc(1, sizeof *request);
    const size_t size = strlen(uri);

    (void)data;
    (void)connection;
    if (request == NULL)
        return NULL;
    request->begun = clock_ms();
    if (secret_alloc(size, &request->uri) != FOB_SUCCESS) {
        free(request);
        return NULL;
    }
    memcpy(secret_buffer(request->uri), uri, size);
    return request;
}

static enum MHD_Result hub_serve_header(void *data, enum MHD_ValueKind kind, const char *name,
                                        size_t name_size, const char *value, size_t size)
{
    (void)kind;
    hub_request_header(data, name, name_size,
                       value != NULL && strlen(value) == size ? value : "\n");
    return MHD_YES;
}

/* The address of a peer as text; "-" for a Unix socket. */
static void hub_serve_peer(const struct sockaddr *peer, char text[static INET6_ADDRSTRLEN])
{
    snprintf(text, INET6_ADDRSTRLEN, "-");
    if (peer != NULL && peer->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, text,
                  INET6_ADDRSTRLEN);
    else if (peer != NULL && peer->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr, text,
                  INET6_ADDRSTRLEN);
}

static struct hub_limit_address hub_serve_peer_address(const struct sockaddr *peer)
{
    char text[INET6_ADDRSTRLEN];

    hub_serve_peer(peer, text);
    return hub_limit_read_address(text);
}

static const struct sockaddr *hub_serve_client(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    return info != NULL ? info->client_addr : NULL;
}

/* Whether to take another connection of PEER, which could hold all of them otherwise. */
static enum MHD_Result hub_serve_admit(void *data, const struct sockaddr *peer, socklen_t size)
{
    const struct hub_server *server = data;
    const struct hub_limit_address address = hub_serve_peer_address(peer);
    unsigned count = 0;

    (void)size;
    if (server->hub->behind_proxy)
        return MHD_YES;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        const struct hub_connection *at = &server->connections[i];

        count += at->fd >= 0 && memcmp(&at->peer, &address, sizeof address) == 0;
    }
    return count < CONNECTIONS_OF_ONE ? MHD_YES : MHD_NO;
}

/* Set the client's address: the peer's, or what the proxy says. */
static void hub_serve_address(const struct hub *hub, struct MHD_Connection *connection,
                              struct hub_request *request)
{
    const char *forwarded = request->headers[HUB_FORWARDED];

    hub_serve_peer(hub_serve_client(connection), request->from);
    if (hub->behind_proxy && forwarded != NULL) {
        const char *last = strrchr(forwarded, ',');

        last = last != NULL ? last + 1 : forwarded;
        last += strspn(last, " ");
        snprintf(request->from, sizeof request->from, "%.45s", last);
        text_make_printable(request->from);
    }
    request->address = hub_limit_read_address(request->from);
}

static void hub_serve_free_body(void *data)
{
    struct strbuf *body = data;

    if (body->data != NULL)
        secret_wipe(body->data, body->capacity);
    strbuf_free(body);
    free(body);
}

/* The response with the body of ANSWER, which it wipes when it was sent. */
static struct MHD_Response *hub_serve_body(struct hub_answer *answer)
{
    struct strbuf *body = malloc(sizeof *body);
    struct MHD_Response *response;

    if (body == NULL)
        return NULL;
    *body = answer->body;
    answer->body = STRBUF_INIT;
    response = MHD_create_response_from_buffer_with_free_callback_cls(
        body->failed ? 0 : body->size, body->data, hub_serve_free_body, body);
    if (response == NULL)
        hub_serve_free_body(body);
    return response;
}

static void hub_serve_headers(const struct hub *hub, const struct hub_answer *answer,
                              struct MHD_Response *response)
{
    char retry[16];

    for (size_t i = 0; i < ARRAY_SIZE(page_headers); i++)
        MHD_add_response_header(response, page_headers[i].name,
                                i == 0 && answer->svg ? "default-src 'none'; sandbox"
                                                      : page_headers[i].value);
    MHD_add_response_header(response, "Cache-Control",
                            answer->cached ? "max-age=86400" : "no-store");
    MHD_add_response_header(response, "Content-Type",
                            answer->type != NULL ? answer->type : "text/html; charset=utf-8");
    if (hub->tls)
        MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    if (answer->location.size > 0)
        MHD_add_response_header(response, "Location", answer->location.data);
    if (answer->cookie[0] != '\0')
        MHD_add_response_header(response, "Set-Cookie", answer->cookie);
    if (answer->allow != NULL)
        MHD_add_response_header(response, "Allow", answer->allow);
    if (answer->retry > 0) {
        snprintf(retry, sizeof retry, "%u", answer->retry);
        MHD_add_response_header(response, "Retry-After", retry);
    }
}

static enum MHD_Result hub_serve_answer(const struct hub *hub, struct MHD_Connection *connection,
                                        struct hub_request *request, struct hub_answer *answer)
{
    struct MHD_Response *response = hub_serve_body(answer);
    enum MHD_Result result = MHD_NO;

    request->status = answer->status;
    if (response != NULL) {
        hub_serve_headers(hub, answer, response);
        result = MHD_queue_response(connection, answer->status, response);
        if (answer->cookie[0] != '\0')
            request->sent = response;
        else
            MHD_destroy_response(response);
    }
    secret_wipe(answer->cookie, sizeof answer->cookie);
    strbuf_free(&answer->location);
    return result;
}

/* Look at the head of REQUEST.  Returns 0, or the status of its refusal. */
static unsigned hub_serve_head(struct hub *hub, struct hub_request *request, const char *method,
                               unsigned *retry)
{
    request->method = strcmp(method, "GET") == 0    ? HUB_GET
                      : strcmp(method, "HEAD") == 0 ? HUB_HEAD
                      : strcmp(method, "POST") == 0 ? HUB_POST
                                                    : HUB_OTHER;
    if (!hub_route_refresh(hub))
        return 503;
    *retry = hub_limit_count(hub->limits, request->address, HUB_LIMIT_REQUESTS);
    if (*retry == 0 && request->method == HUB_POST)
        *retry = hub_limit_count(hub->limits, request->address, HUB_LIMIT_POSTS);
    return *retry > 0 ? 429 : hub_request_check(request, hub->site.site.url);
}

/* Begin to read the body, or answer before it. */
static enum MHD_Result hub_serve_first(struct hub *hub, struct MHD_Connection *connection,
                                       struct hub_request *request, const char *method)
{
    struct hub_answer answer = { .body = STRBUF_INIT };
    unsigned status;

    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, hub_serve_header, request);
    hub_serve_address(hub, connection, request);
    status = hub_serve_head(hub, request, method, &answer.retry);
    if (status == 0 && (request->method != HUB_POST || hub_route_takes(hub, request)))
        return MHD_YES;
    if (status == 0)
        hub_route(hub, request, &answer);
    else
        hub_answer_refuse(hub, request, status, &answer);
    return hub_serve_answer(hub, connection, request, &answer);
}

static enum MHD_Result hub_serve_request(void *data, struct MHD_Connection *connection,
                                         const char *url, const char *method, const char *version,
                                         const char *upload, size_t *size, void **own)
{
    struct hub_server *server = data;
    struct hub_request *request = *own;
    struct hub_answer answer = { .body = STRBUF_INIT };

    (void)url;
    (void)version;
    if (request == NULL)
        return MHD_NO;
    if (request->from[0] == '\0')
        return hub_serve_first(server->hub, connection, request, method);
    if (*size > 0) {
        if (!hub_body_add(&server->bodies, request, upload, *size))
            return MHD_NO;
        /* The part lies in libmicrohttpd's buffer, which nobody else reads. */
        secret_wipe((void *)(uintptr_t)upload, *size);
        *size = 0;
        return MHD_YES;
    }
    if (request->lost)
        hub_answer_busy(server->hub, request, &answer);
    else
        hub_route(server->hub, request, &answer);
    return hub_serve_answer(server->hub, connection, request, &answer);
}

/* One line: never a path, a query, a cookie.  What is over a limit is counted, or a flood of
 * requests would be one of lines, too. */
static void hub_serve_log(struct hub_server *server, const struct hub_request *request)
{
    static const char *const methods[] = { "GET", "HEAD", "POST", "-" };
    char when[32];

    if (request->status == 429) {
        server->over++;
        return;
    }
    text_time(time(NULL), when);
    fprintf(stderr, "%s %s %s %u %" PRId64 "ms %s\n", when, methods[request->method],
            request->route != NULL ? request->route : "-", request->status,
            clock_ms() - request->begun, request->from);
}

static void hub_serve_log_over(struct hub_server *server)
{
    char when[32];

    if (server->over == 0)
        return;
    text_time(time(NULL), when);
    fprintf(stderr, "%s 429 %lu requests over a limit\n", when, server->over);
    server->over = 0;
    server->over_logged = clock_ms();
}

static struct hub_connection *hub_serve_find(struct hub_server *server, int fd)
{
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (server->connections[i].fd == fd)
            return &server->connections[i];
    }
    return NULL;
}

static int hub_serve_fd(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info != NULL ? info->connect_fd : -1;
}

/* libmicrohttpd's copy of the cookie, which has the token, would stay in freed memory. */
static void hub_serve_wipe_cookie(struct hub_request *request)
{
    const char *cookie;

    if (request->sent == NULL)
        return;
    cookie = MHD_get_response_header(request->sent, "Set-Cookie");
    if (cookie != NULL)
        secret_wipe((void *)(uintptr_t)cookie, strlen(cookie));
    MHD_destroy_response(request->sent);
}

static void hub_serve_completed(void *data, struct MHD_Connection *connection, void **own,
                                enum MHD_RequestTerminationCode how)
{
    struct hub_server *server = data;
    struct hub_request *request = *own;
    struct hub_connection *found = hub_serve_find(server, hub_serve_fd(connection));

    (void)how;
    if (found != NULL)
        found->answered = true;
    if (request != NULL) {
        hub_serve_log(server, request);
        hub_body_end(&server->bodies, request);
        hub_serve_wipe_cookie(request);
    }
    hub_request_free(request);
    *own = NULL;
}

static void hub_serve_connection(void *data, struct MHD_Connection *connection, void **own,
                                 enum MHD_ConnectionNotificationCode what)
{
    const bool begins = what == MHD_CONNECTION_NOTIFY_STARTED;
    const int fd = hub_serve_fd(connection);
    struct hub_connection *place = hub_serve_find(data, begins ? -1 : fd);

    (void)own;
    if (place != NULL)
        *place =
            (struct hub_connection){ .fd = begins ? fd : -1,
                                     .begun = clock_ms(),
                                     .peer = hub_serve_peer_address(hub_serve_client(connection)) };
}

/* End connections that are over their time: libmicrohttpd closes what was shut down. */
static void hub_serve_deadlines(struct hub_server *server)
{
    const int64_t now = clock_ms();

    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct hub_connection *at = &server->connections[i];
        const int64_t limit = at->answered ? CONNECTION_MS : REQUEST_MS;

        if (at->fd >= 0 && now - at->begun > limit)
            shutdown(at->fd, SHUT_RDWR);
    }
}

/* Paths are compared as they came. */
static size_t hub_serve_unescape(void *data, struct MHD_Connection *connection, char *text)
{
    (void)data;
    (void)connection;
    return strlen(text);
}

static void hub_serve_loop(struct hub_server *server, const volatile sig_atomic_t *stop)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd ready = { info->epoll_fd, POLLIN, 0 };

    while (!*stop) {
        MHD_UNSIGNED_LONG_LONG timeout = POLL_MS;

        if (MHD_get_timeout(server->daemon, &timeout) != MHD_YES || timeout > POLL_MS)
            timeout = POLL_MS;
        (void)poll(&ready, 1, (int)timeout);
        MHD_run(server->daemon);
        hub_serve_deadlines(server);
        if (clock_ms() - server->over_logged >= OVER_MS)
            hub_serve_log_over(server);
    }
    hub_serve_log_over(server);
}

int hub_serve(struct hub *hub, int socket, const char *certificate, const char *key,
              const volatile sig_atomic_t *stop)
{
    static struct hub_server server;
    const struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES },
        { MHD_OPTION_END, 0, NULL },
    };
    const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

    server = (struct hub_server){ .hub = hub };
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        server.connections[i].fd = -1;
    server.daemon = MHD_start_daemon(
        MHD_USE_EPOLL | (hub->tls ? MHD_USE_TLS : 0), 0, hub_serve_admit, &server,
        hub_serve_request, &server, MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_CONNECTION_TIMEOUT,
        IDLE_S, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK,
        hub_serve_unescape, NULL, MHD_OPTION_URI_LOG_CALLBACK, hub_serve_begin, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, hub_serve_connection, &server, MHD_OPTION_NOTIFY_COMPLETED,
        hub_serve_completed, &server, MHD_OPTION_ARRAY, hub->tls ? tls : none, MHD_OPTION_END);
    if (server.daemon == NULL)
        return error_set(FOB_SYSTEM, "the web server cannot start");
    hub_serve_loop(&server, stop);
    MHD_stop_daemon(server.daemon);
    return FOB_SUCCESS;
}
