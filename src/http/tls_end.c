/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* With OpenSSL, libcurl accepts every end of a connection, and reports a goodbye only to its debug
 * function. */
#include "config.h"

#include "http/tls_end.h"

#include <string.h>

static bool tls_end_has(const char *text, size_t size, const char *words)
{
    return memmem(text, size, words, strlen(words)) != NULL;
}

/* CURLOPT_DEBUGFUNCTION(3). */
static int tls_take_words(CURL *easy, curl_infotype type, char *text, size_t size, void *said)
{
    (void)easy;
    if (type == CURLINFO_HEADER_OUT)
        *(bool *)said = false; /* an earlier goodbye does not count for this request */
    if (type == CURLINFO_TEXT && tls_end_has(text, size, "(IN)") &&
        tls_end_has(text, size, "close notify"))
        *(bool *)said = true;
    return 0;
}

bool tls_end_is_checked(void)
{
    const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;

    return library == NULL || strncmp(library, "OpenSSL/", 8) != 0;
}

CURLcode tls_end_watch(CURL *easy, bool *said)
{
    CURLcode result = curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, tls_take_words);

    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_DEBUGDATA, said);
    return result == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L) : result;
}
