/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks URLs part by part. */
#include "config.h"

#include "util/address.h"

#include "util/punycode.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOST_MAX 253 /* RFC 1035, as text */
#define LABEL_MAX 63
#define PORT_MAX 65535

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char digits[] = "0123456789";
static const char hex_digits[] = "0123456789abcdefABCDEF";

/* Read one character of a path, percent-encoded or not. */
static char address_character(const char **text)
{
    const char *at = *text;
    char code[3] = { 0 };

    *text += 1;
    if (at[0] != '%' || at[1] == '\0' || at[2] == '\0')
        return at[0];
    memcpy(code, at + 1, 2);
    if (strspn(code, hex_digits) != 2)
        return at[0];
    *text += 2;
    return (char)strtoul(code, NULL, 16);
}

bool address_has_dot_segment(const char *path)
{
    size_t dots = 0;
    bool only_dots = true;

    while (*path != '\0' && *path != '?' && *path != '#') {
        char c = address_character(&path);

        if (c == '/' || c == '\\') {
            if (only_dots && (dots == 1 || dots == 2))
                return true;
            dots = 0;
            only_dots = true;
        } else if (c == '.') {
            dots++;
        } else {
            only_dots = false;
        }
    }
    return only_dots && (dots == 1 || dots == 2);
}

/* Some parsers read a host whose last label is a number as an IPv4 address. */
static bool address_is_numeric(const char *host)
{
    const char *label = strrchr(host, '.');

    label = label != NULL ? label + 1 : host;
    return strspn(label, digits) == strlen(label) ||
           (label[0] == '0' && (label[1] | 0x20) == 'x' &&
            strspn(label + 2, hex_digits) == strlen(label + 2));
}

static const char *address_name_fault(const char *host)
{
    for (const char *label = host; label != NULL;) {
        size_t size = strcspn(label, ".");

        if (size == 0)
            return "its host has an empty part between dots, or ends with a dot";
        if (size > LABEL_MAX)
            return "a part of its host has more than 63 characters";
        for (size_t i = 0; i < size; i++) {
            if (strchr(letters, label[i]) == NULL && strchr(digits, label[i]) == NULL &&
                label[i] != '-' && label[i] != '_')
                return "its host has a character that no host name has; an international name is "
                       "written as xn--...";
        }
        if (strncasecmp(label, "xn--", 4) == 0 && !punycode_is_valid(label + 4, size - 4))
            return "a part of its host begins with xn--, but is no international name";
        if (label[0] == '-' || label[size - 1] == '-')
            return "a part of its host begins or ends with '-'";
        label = label[size] == '.' ? label + size + 1 : NULL;
    }
    return NULL;
}

bool address_is_label(const char *text)
{
    return strchr(text, '.') == NULL && address_name_fault(text) == NULL;
}

bool address_is_remote_name(const char *text)
{
    const char *last = strrchr(text, '.');

    return last != NULL && strcasecmp(last + 1, "localhost") != 0 && strlen(text) <= HOST_MAX &&
           !address_is_numeric(text) && address_name_fault(text) == NULL;
}

/* What is wrong with HOST.  Sets LOOPBACK when HOST is this machine; of names only localhost is,
 * whatever the others resolve to. */
static const char *address_host_fault(char *host, bool *loopback)
{
    size_t size = strlen(host);
    struct in6_addr v6;
    struct in_addr v4;

    if (size == 0)
        return "it has no host";
    if (size > HOST_MAX)
        return "its host has more than 253 characters";
    if (host[0] == '[') {
        host[size - 1] = '\0';
        if (inet_pton(AF_INET6, host + 1, &v6) != 1)
            return "what is in its brackets is no IPv6 address";
        *loopback = IN6_IS_ADDR_LOOPBACK(&v6);
        return NULL;
    }
    *loopback = strcasecmp(host, "localhost") == 0;
    if (!address_is_numeric(host))
        return address_name_fault(host);
    if (inet_pton(AF_INET, host, &v4) != 1)
        return address_name_fault(host) != NULL ? address_name_fault(host)
                                                : "its host is no IPv4 address, such as 192.0.2.1";
    *loopback = ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    return NULL;
}

static const char *address_port_fault(const char *port)
{
    size_t size = strlen(port);

    if (size == 0 || size > 5 || strspn(port, digits) != size || atoi(port) == 0 ||
        atoi(port) > PORT_MAX)
        return "its port must be a number from 1 to 65535";
    return NULL;
}

/* What is wrong with the SIZE bytes at AUTHORITY, a host with an optional port. */
static const char *address_authority_fault(const char *authority, size_t size, bool *loopback)
{
    char text[HOST_MAX + sizeof "[]:65535"];
    const char *fault;
    char *colon;
    size_t host;

    if (memchr(authority, '@', size) != NULL)
        return "it must not have a user name or a password in it";
    if (size >= sizeof text)
        return "its host has more than 253 characters";
    memcpy(text, authority, size);
    text[size] = '\0';
    host = text[0] == '[' ? strcspn(text, "]") + 1 : strcspn(text, ":");
    if (host > size)
        return "what is in its brackets is no IPv6 address";
    colon = text + host;
    if (*colon != '\0' && *colon != ':')
        return "its host goes on behind its brackets";
    fault = *colon == ':' ? address_port_fault(colon + 1) : NULL;
    *colon = '\0';
    return fault != NULL ? fault : address_host_fault(text, loopback);
}

const char *address_server_fault(const char *text)
{
    bool loopback = false;

    if (strstr(text, "://") != NULL)
        return "it must be the server's name alone, not a URL";
    return address_authority_fault(text, strlen(text), &loopback);
}

/* What is wrong with the path, query and fragment. */
static const char *address_path_fault(const char *path, unsigned flags)
{
    static const char others[] = "-._~!$&'()*+,;=:@/?";
    bool fragment = false;

    if ((flags & ADDRESS_BASE) != 0 && strpbrk(path, "?#") != NULL)
        return "it must not have a query or a fragment";
    if ((flags & ADDRESS_BASE) != 0 && address_has_dot_segment(path))
        return "it must not have '.' or '..' in its path";
    for (; *path != '\0'; path++) {
        if (*path == '%' && (strspn(path + 1, hex_digits) == 0 || path[2] == '\0' ||
                             strchr(hex_digits, path[2]) == NULL))
            return "it has a '%' without two hexadecimal digits behind it";
        if (*path == '#' && !fragment)
            fragment = true;
        else if (*path != '%' && strchr(letters, *path) == NULL && strchr(digits, *path) == NULL &&
                 strchr(others, *path) == NULL)
            return "it has a character that no URL has; percent-encode it";
    }
    return NULL;
}

const char *address_fault(const char *text, unsigned flags)
{
    bool https = strncasecmp(text, "https://", 8) == 0;
    bool loopback = false;
    const char *authority;
    const char *fault;
    size_t size;

    if (!https && strncasecmp(text, "http://", 7) != 0)
        return "it must begin with https://";
    authority = text + (https ? 8 : 7);
    size = strcspn(authority, "/?#");
    fault = address_authority_fault(authority, size, &loopback);
    if (fault == NULL)
        fault = address_path_fault(authority + size, flags);
    if (fault == NULL && !https && !loopback)
        fault = "plain http is allowed only to localhost, 127.0.0.0/8 and [::1]";
    return fault;
}

const char *address_target_fault(const char *target)
{
    for (const char *at = target; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~')
            return "it has a space, a control character or one that is not ASCII; percent-encode "
                   "it";
    }
    if (address_has_dot_segment(target))
        return "it must not have '.' or '..' in its path";
    return strchr(target, '#') != NULL ? "it has a fragment ('#')" : NULL;
}
