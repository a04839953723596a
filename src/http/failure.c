/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* libcurl's results as fob's codes and messages. */
#include "config.h"

#include "http/failure.h"

#include "http/certificate.h"
#include "http/proxy.h"
#include "util/array.h"
#include "util/lack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * CURLE_SSL_CONNECT_ERROR means that the far end speaks no acceptable TLS, or that the connection
 * broke during the handshake; only the text says which.
 */
static bool failure_broke_in_handshake(const struct fob_http *http)
{
    static const char *const signs[] = { "SSL_ERROR_SYSCALL",
                                         "Connection reset",
                                         "unexpected eof",
                                         "Broken pipe",
                                         "connection was non-properly terminated",
                                         "alert internal error" };

    for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
        if (strstr(http->error, signs[i]) != NULL)
            return true;
    }
    return false;
}

/* The lack that caused the failure, which libcurl does not report: an error of errno(3), or 0. */
static int failure_lack(const struct fob_http *http, CURLcode result)
{
    int error;
    int fd;

    switch (result) {
    case CURLE_COULDNT_CONNECT:
        return http->lack;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_FAILED_INIT:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_PEER_FAILED_VERIFICATION: /* certificates are read when needed */
    case CURLE_SSL_CACERT_BADFILE:
        break;
    default:
        return 0;
    }
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    error = fd < 0 && lack_is(errno) ? errno : 0;
    if (fd >= 0)
        close(fd);
    return error;
}

/* CURLE_RECV_ERROR includes this case; a body that is cut short has another code. */
static bool failure_is_malformed(const struct fob_http *http, CURLcode result)
{
    return result == CURLE_RECV_ERROR && strstr(http->error, "chunk") != NULL;
}

/* Whether the connection broke. */
static bool failure_broke(CURLcode result)
{
    switch (result) {
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_SSL_SHUTDOWN_FAILED:
#if CURL_AT_LEAST_VERSION(7, 73, 0)
    case CURLE_PROXY:
#endif
        return true;
    default:
        return false;
    }
}

/* Whether libcurl or a library that it uses lacks something that fob needs. */
static bool failure_is_local(CURLcode result)
{
    switch (result) {
    case CURLE_FAILED_INIT:
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_FUNCTION_NOT_FOUND:
    case CURLE_INTERFACE_FAILED:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_NO_CONNECTION_AVAILABLE:
    case CURLE_RECURSIVE_API_CALL:
#if CURL_AT_LEAST_VERSION(7, 84, 0)
    case CURLE_UNRECOVERABLE_POLL:
#endif
        return true;
    default:
        return false;
    }
}

bool failure_is_passing(const struct fob_http *http, CURLcode result)
{
    if (proxy_failed(http, result))
        return proxy_failure_is_passing(http);
    if (certificate_was_refused(http, result))
        return false;
    switch (result) {
    case CURLE_COULDNT_CONNECT:
        return !http->left_loopback;
    case CURLE_SSL_CONNECT_ERROR:
        return failure_broke_in_handshake(http);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return true;
    default:
        return failure_broke(result) && !failure_is_malformed(http, result);
    }
}

/* libcurl's message, without the part that fob's own message says. */
static const char *failure_text(const struct fob_http *http, CURLcode result)
{
    static const char *const prefixes[] = { "SSL certificate problem: ", "SSL: ",
                                            "server certificate verification failed. " };

    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        if (strncmp(http->error, prefixes[i], strlen(prefixes[i])) == 0)
            return http->error + strlen(prefixes[i]);
    }
    return http->error[0] != '\0' ? http->error : curl_easy_strerror(result);
}

static const char *failure_ca_file(const struct fob_http *http)
{
    return http->ca_file != NULL ? http->ca_file : "the system's";
}

static int failure_report_no_connection(struct fob_http *http)
{
    char why[128] = "no address of it answers";
    long number = 0;

    if (http->left_loopback)
        return fob_fail(http->handle, FOB_UNTRUSTED,
                        "plain http to %s would leave this machine: not connected",
                        http->base.host);
    if (curl_easy_getinfo(http->easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK && number != 0) {
        errno = (int)number;
        snprintf(why, sizeof why, "%m");
    }
    return fob_fail(http->handle, FOB_UNAVAILABLE, "could not connect to %s: %s", http->base.host,
                    why);
}

static int failure_report_untrusted(struct fob_http *http, CURLcode result)
{
    fob_fail(http->handle, FOB_UNTRUSTED, "the certificate of %s does not verify: %s",
             http->base.host, failure_text(http, result));
    fob_hint(http->handle,
             "check %s, this machine's clock, and that ca_file (%s) holds the authority of that "
             "certificate",
             client_address_name(http), failure_ca_file(http));
    return FOB_UNTRUSTED;
}

/* fob refused the answer before its end. */
static int failure_report_refused(struct fob_http *http, enum response_fault fault)
{
    if (fault == RESPONSE_NO_MEMORY)
        return client_nomem(http->handle);
    if (fault == RESPONSE_NO_END)
        return fob_fail(http->handle, FOB_PROTOCOL, "%s sends interim answers without an end",
                        http->base.host);
    if (fault == RESPONSE_TWO_LENGTHS)
        return fob_fail(http->handle, FOB_PROTOCOL, "the answer of %s has two lengths",
                        http->base.host);
    if (fault == RESPONSE_HEAD_TOO_LARGE)
        return fob_fail(http->handle, FOB_PROTOCOL,
                        "the header of the answer of %s is larger than is taken", http->base.host);
    return fob_fail(http->handle, FOB_PROTOCOL, "the answer of %s is larger than %d MiB",
                    http->base.host, FOB_HTTP_BODY_MAX / (1024 * 1024));
}

static int failure_report_aborted(struct fob_http *http)
{
    if (fob_is_over(http->handle))
        return fob_fail(http->handle, FOB_ABORT, "interrupted");
    return fob_fail(http->handle, FOB_SYSTEM, "the connection to %s could not be watched",
                    http->base.host);
}

static int failure_report_late(struct fob_http *http)
{
    fob_fail(http->handle, FOB_UNAVAILABLE, "%s did not answer within %lld s", http->base.host,
             (long long)http->timeout);
    fob_hint(http->handle, "the option timeout allows more");
    return FOB_UNAVAILABLE;
}

static int failure_report_handshake(struct fob_http *http, CURLcode result)
{
    if (failure_broke_in_handshake(http))
        return fob_fail(http->handle, FOB_UNAVAILABLE,
                        "the connection to %s broke in the TLS handshake", http->base.host);
    return fob_fail(http->handle, FOB_UNTRUSTED, "no safe TLS connection could be made to %s: %s",
                    http->base.host, failure_text(http, result));
}

static int failure_report_other(struct fob_http *http, CURLcode result)
{
    const char *host = http->base.host;
    const char *text = failure_text(http, result);

    if (failure_is_local(result))
        return fob_fail(http->handle, FOB_SYSTEM, "libcurl cannot ask %s: %s", host, text);
    if (!failure_broke(result) || failure_is_malformed(http, result))
        return fob_fail(http->handle, FOB_PROTOCOL, "the answer of %s is not understood: %s", host,
                        text);
    return fob_fail(http->handle, FOB_UNAVAILABLE, "the connection to %s broke: %s", host, text);
}

int failure_report(struct fob_http *http, CURLcode result, enum response_fault fault)
{
    const int lack = failure_lack(http, result);
    const char *host = http->base.host;

    if (fault != RESPONSE_SOUND)
        return failure_report_refused(http, fault);
    if (lack == ENOMEM)
        return client_nomem(http->handle);
    if (lack != 0)
        return fob_fail(http->handle, FOB_SYSTEM, "could not connect to %s: %s", host,
                        strerror(lack));
    if (proxy_failed(http, result))
        return proxy_report(http);
    if (certificate_was_refused(http, result))
        return certificate_report_refused(http);
    if (result == CURLE_SSL_CERTPROBLEM && http->key != NULL)
        return certificate_report_unusable(http);
    switch (result) {
    case CURLE_OUT_OF_MEMORY:
        return client_nomem(http->handle);
    case CURLE_ABORTED_BY_CALLBACK:
        return failure_report_aborted(http);
    case CURLE_FILESIZE_EXCEEDED:
        return failure_report_refused(http, RESPONSE_TOO_LARGE);
    case CURLE_COULDNT_RESOLVE_HOST:
        return fob_fail(http->handle, FOB_UNAVAILABLE, "no address is known for %s", host);
    case CURLE_COULDNT_RESOLVE_PROXY:
        return fob_fail(http->handle, FOB_UNAVAILABLE, "no address is known for the proxy to %s",
                        host);
    case CURLE_COULDNT_CONNECT:
        return failure_report_no_connection(http);
    case CURLE_OPERATION_TIMEDOUT:
        return failure_report_late(http);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return failure_report_untrusted(http, result);
    case CURLE_SSL_CACERT_BADFILE:
        return fob_fail(http->handle, FOB_CONFIG,
                        "ca_file (%s): no certificate can be read from it", failure_ca_file(http));
    case CURLE_SSL_CONNECT_ERROR:
        return failure_report_handshake(http, result);
    default:
        return failure_report_other(http, result);
    }
}
