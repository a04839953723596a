/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A client: a libcurl handle with fob's rules, which are set once. */
#include "config.h"

#include "http/client.h"
#include "http/certificate.h"
#include "http/memory.h"
#include "http/tls_end.h"
#include "util/lack.h"
#include "util/process.h"

#include <fob/http.h>

#include <curl/curl.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode global_result;

static void client_global_init(void)
{
    global_result = memory_init();
}

static int client_start_curl(struct fob_http *http)
{
    pthread_once(&once, client_global_init);
    if (global_result != CURLE_OK)
        return fob_fail(http->handle, FOB_SYSTEM, "libcurl cannot be used: %s",
                        curl_easy_strerror(global_result));
    return FOB_SUCCESS;
}

static int client_take_base_url(struct fob_http *http, const char *url)
{
    const char *why = NULL;
    int code = url_base_set(&http->base, url, &why);

    if (code == FOB_CONFIG)
        return fob_fail(http->handle, FOB_CONFIG, "base_url: %s", why);
    http->base_url = strdup(url);
    if (code != FOB_SUCCESS || http->base_url == NULL)
        return client_nomem(http->handle);
    return FOB_SUCCESS;
}

static int client_take_ca_file(struct fob_http *http, const char *path)
{
    if (path == NULL)
        return FOB_SUCCESS;
    http->ca_file = strdup(path);
    return http->ca_file != NULL ? FOB_SUCCESS : client_nomem(http->handle);
}

static int client_take_certificate(struct fob_http *http, const struct client_key *key)
{
    int code = FOB_SUCCESS;

    if (key->key == NULL)
        return code;
    code = fob_secret_new(fob_secret_data(key->chain), fob_secret_size(key->chain), &http->chain);
    if (code == FOB_SUCCESS)
        code = fob_secret_new(fob_secret_data(key->key), fob_secret_size(key->key), &http->key);
    return code == FOB_SUCCESS ? code : client_nomem(http->handle);
}

/* Whether a file can be opened.  OpenSSL opens files in a folder of certificates, and reports a
 * lack of descriptors as a wrong certificate. */
static bool client_has_descriptor(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (copy >= 0)
        close(copy);
    return copy >= 0;
}

/*
 * libcurl promises loopback for 127.0.0.1 and, since 7.78, for "localhost".  Enforce that before a
 * byte leaves the machine.
 */
static curl_socket_t client_open_socket(void *data, curlsocktype purpose,
                                        struct curl_sockaddr *address)
{
    struct fob_http *http = data;
    int fd;

    (void)purpose;
    if (http->base.plain && !url_is_loopback_address(&address->addr)) {
        http->left_loopback = true;
        return CURL_SOCKET_BAD;
    }
    fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0 && client_has_descriptor(fd)) {
        process_close_on_fork(fd);
        return fd;
    }
    http->lack = lack_is(errno) ? errno : 0;
    if (fd >= 0)
        close(fd);
    return CURL_SOCKET_BAD;
}

static int client_close_socket(void *data, curl_socket_t fd)
{
    (void)data;
    process_forget(fd);
    return close(fd);
}

/* libcurl calls this several times a second. */
static int client_poll_cancel(void *data, curl_off_t to_come, curl_off_t come, curl_off_t to_go,
                              curl_off_t gone)
{
    const struct fob_http *http = data;

    (void)to_come;
    (void)come;
    (void)to_go;
    (void)gone;
    return fob_is_over(http->handle);
}

/* With the folder of hashed certificates a handshake reads one file; the bundle has hundreds. */
static CURLcode client_trust_system(CURL *easy)
{
    const char *folder = curl_version_info(CURLVERSION_NOW)->capath;

    if (folder == NULL || access(folder, R_OK | X_OK) != 0)
        return CURLE_OK; /* libcurl's own default */
    return curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
}

/* This fails only without memory, or if libcurl was built without something that fob needs. */
static CURLcode client_set_rules(struct fob_http *http)
{
    CURL *easy = http->easy;
    CURLcode result = CURLE_OK;

#define SET(option, value)  \
    if (result == CURLE_OK) \
    result = curl_easy_setopt(easy, option, value)

    SET(CURLOPT_ERRORBUFFER, http->error);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* do not wait for DNS after a time-out */
    SET(CURLOPT_PROTOCOLS_STR, http->base.plain ? "http" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* no credential for a proxy */
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)FOB_HTTP_BODY_MAX);
    SET(CURLOPT_USERAGENT, "fob/" PACKAGE_VERSION);
    SET(CURLOPT_OPENSOCKETFUNCTION, client_open_socket);
    SET(CURLOPT_OPENSOCKETDATA, http);
    SET(CURLOPT_CLOSESOCKETFUNCTION, client_close_socket);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, client_poll_cancel);
    SET(CURLOPT_XFERINFODATA, http);
    if (http->base.plain) {
        SET(CURLOPT_PROXY, ""); /* a proxy's loopback is another machine's */
    }
#undef SET
    http->said_goodbye = http->base.plain || tls_end_is_checked();
    if (result == CURLE_OK && !http->said_goodbye)
        result = tls_end_watch(easy, &http->said_goodbye);
    return result == CURLE_OK && http->ca_file == NULL ? client_trust_system(easy) : result;
}

static int client_code(const struct fob_http *http, CURLcode result)
{
    if (result == CURLE_OUT_OF_MEMORY)
        return client_nomem(http->handle);
    if (result != CURLE_OK)
        return fob_fail(http->handle, FOB_SYSTEM, "this libcurl cannot be used: %s",
                        curl_easy_strerror(result));
    return FOB_SUCCESS;
}

static int client_make_easy(struct fob_http *http)
{
    http->easy = curl_easy_init();
    if (http->easy == NULL)
        return client_nomem(http->handle);
    return client_code(http, client_set_rules(http));
}

/* For errno. */
static int client_fail_ca_file(const struct fob_http *http)
{
    int code = errno == ENOMEM                  ? FOB_NOMEM
               : lack_is(errno) || errno == EIO ? FOB_SYSTEM
                                                : FOB_CONFIG;

    return fob_fail(http->handle, code, "ca_file %s: %s", http->ca_file, strerror(errno));
}

/* Trust the certificates in the SIZE bytes of the file at FD, and no others. */
static int client_trust_open_file(const struct fob_http *http, int fd, size_t size)
{
    struct curl_blob blob = { malloc(size + 1), size, CURL_BLOB_COPY };
    ssize_t got = blob.data != NULL ? read(fd, blob.data, size) : -1;
    CURLcode result;

    if (got < 0) {
        int code = client_fail_ca_file(http);

        free(blob.data);
        return code;
    }
    blob.len = (size_t)got;
    result = curl_easy_setopt(http->easy, CURLOPT_CAINFO_BLOB, &blob);
    free(blob.data);
    /* With GnuTLS, up to 8.17; and more than 8 MB. */
    if (result == CURLE_NOT_BUILT_IN || result == CURLE_BAD_FUNCTION_ARGUMENT)
        result = curl_easy_setopt(http->easy, CURLOPT_CAINFO, http->ca_file);
    if (result == CURLE_OK)
        result = curl_easy_setopt(http->easy, CURLOPT_CAPATH, NULL);
    return client_code(http, result);
}

/* libcurl would report a file that it cannot open as a fault of the certificates. */
static int client_trust_file(const struct fob_http *http)
{
    int fd = open(http->ca_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    int code;

    if (fd < 0 || fstat(fd, &info) != 0)
        code = client_fail_ca_file(http);
    else if (!S_ISREG(info.st_mode))
        code = fob_fail(http->handle, FOB_CONFIG, "ca_file %s: not a regular file", http->ca_file);
    else
        code = client_trust_open_file(http, fd, (size_t)info.st_size);
    if (fd >= 0)
        close(fd);
    return code;
}

int client_new(struct fob_handle *handle, const struct client_key *key, struct fob_http **http)
{
    struct fob_http *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL)
        return client_nomem(handle);
    new->handle = handle;
    new->process = process_id();
    code = client_take_base_url(new, key->base_url);
    if (code == FOB_SUCCESS)
        code = client_take_ca_file(new, key->ca_file);
    if (code == FOB_SUCCESS)
        code = client_take_certificate(new, key);
    if (code == FOB_SUCCESS)
        code = client_start_curl(new);
    if (code == FOB_SUCCESS)
        code = client_make_easy(new);
    if (code == FOB_SUCCESS && new->ca_file != NULL)
        code = client_trust_file(new);
    if (code == FOB_SUCCESS)
        code = certificate_apply(new);
    if (code != FOB_SUCCESS) {
        client_free(new);
        return code;
    }
    *http = new;
    return FOB_SUCCESS;
}

int client_check_handle(struct fob_handle *handle, const char *function)
{
    if (fob_caller(handle) != NULL)
        return FOB_SUCCESS;
    fob_fail(handle, FOB_INVALID, "%s: the handle is not that of a hook in this process", function);
    fob_hint(handle, "an application sends requests with fob_send()");
    return FOB_INVALID;
}

int client_check(const struct fob_http *http, const char *function)
{
    if (http == NULL)
        return fob_fail(NULL, FOB_INVALID, "%s: http must not be NULL", function);
    if (http->process == process_id())
        return FOB_SUCCESS;
    return fob_fail(NULL, FOB_INVALID,
                    "%s: the client was made before a fork, and this is the child", function);
}

void client_free(struct fob_http *http)
{
    /* A parent's handle is abandoned: the cleanup would say goodbye on the parent's connection. */
    if (http->easy != NULL && http->process == process_id())
        curl_easy_cleanup(http->easy);
    url_base_clear(&http->base);
    free(http->base_url);
    free(http->ca_file);
    fob_secret_free(http->chain);
    fob_secret_free(http->key);
    free(http);
}
