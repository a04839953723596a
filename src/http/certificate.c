/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Gives a client certificate to libcurl, and finds out when it is refused. */
#include "config.h"

#include "http/certificate.h"

#include "util/array.h"

#include <string.h>

/* With GnuTLS, libcurl ignores blobs. */
static bool certificate_may_be_blob(void)
{
    const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;

    return library != NULL && strncmp(library, "GnuTLS/", 7) != 0;
}

static CURLcode certificate_set(CURL *easy, CURLoption option, const struct fob_secret *value)
{
    struct curl_blob blob = { (void *)(uintptr_t)fob_secret_data(value), fob_secret_size(value),
                              CURL_BLOB_NOCOPY };

    return curl_easy_setopt(easy, option, &blob);
}

int certificate_apply(const struct fob_http *http)
{
    CURLcode result;

    if (http->key == NULL)
        return FOB_SUCCESS;
    if (!certificate_may_be_blob())
        return fob_fail(http->handle, FOB_SYSTEM,
                        "this libcurl takes a client certificate only from files: "
                        "fob needs libcurl with OpenSSL for that");
    result = certificate_set(http->easy, CURLOPT_SSLCERT_BLOB, http->chain);
    if (result == CURLE_OK)
        result = certificate_set(http->easy, CURLOPT_SSLKEY_BLOB, http->key);
    /* Without a passphrase OpenSSL would ask for one on the terminal. */
    if (result == CURLE_OK)
        result = curl_easy_setopt(http->easy, CURLOPT_KEYPASSWD, "");
    if (result == CURLE_OUT_OF_MEMORY)
        return client_nomem(http->handle);
    return result == CURLE_OK
               ? FOB_SUCCESS
               : fob_fail(http->handle, FOB_SYSTEM, "this libcurl takes no client certificate: %s",
                          curl_easy_strerror(result));
}

/* nginx says so with 400 and a page; others with its internal statuses. */
bool certificate_is_refused(const struct fob_http_response *response)
{
    size_t size;
    const char *body = fob_http_body(response, &size);

    if (response->status == 495 || response->status == 496)
        return true;
    return response->status == 400 && response_is_html(response) &&
           strcasestr(body, "SSL certificate") != NULL;
}

/* The far end's alert about the certificate that was sent; or NULL. */
static const char *certificate_alert(const struct fob_http *http)
{
    static const char *const alerts[] = { "bad certificate",     "unsupported certificate",
                                          "certificate revoked", "certificate expired",
                                          "certificate unknown", "unknown ca" };

    for (size_t i = 0; http->key != NULL && i < ARRAY_SIZE(alerts); i++) {
        const char *found = strstr(http->error, alerts[i]);

        if (found != NULL && found - http->error >= 6 && memcmp(found - 6, "alert ", 6) == 0)
            return alerts[i];
    }
    return NULL;
}

bool certificate_was_refused(const struct fob_http *http, CURLcode result)
{
#if CURL_AT_LEAST_VERSION(7, 77, 0)
    if (result == CURLE_SSL_CLIENTCERT)
        return true;
#else
    (void)result;
#endif
    /* With TLS 1.3 the far end asks for a client certificate after the handshake. */
    return strstr(http->error, "certificate required") != NULL || certificate_alert(http) != NULL;
}

int certificate_report_refused(const struct fob_http *http)
{
    const char *alert = certificate_alert(http);

    if (http->key == NULL)
        return fob_fail(http->handle, FOB_UNTRUSTED,
                        "%s requires a client certificate, and fob has none", http->base.host);
    return fob_fail(http->handle, FOB_REJECTED, "%s does not accept the client certificate%s%s",
                    http->base.host, alert != NULL ? ": " : "", alert != NULL ? alert : "");
}

int certificate_report_unusable(const struct fob_http *http)
{
    return fob_fail(http->handle, FOB_INVALID,
                    "the client certificate for %s cannot be used: its %s", http->base.host,
                    strstr(http->error, "private key") != NULL ||
                            strstr(http->error, "Private key") != NULL
                        ? "key is damaged, or belongs to another certificate"
                        : "chain is damaged");
}
