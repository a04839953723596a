/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The files of the system that a plugin may read. */
#include "config.h"

#include "worker/sandbox_paths.h"

#include "util/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* The libraries of the system, users and groups, and time zones. */
static const char *const common[] = {
    "/etc/ld.so.cache",
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    FOB_LIBDIR,
    "/etc/group",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/usr/share/zoneinfo",
    "/dev/null",
    "/dev/urandom",
    "/sys/devices/system/cpu/online",
};

/* Name lookup and certificates, but not /etc/ssl and others, which also have private keys. */
static const char *const network[] = {
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/run/NetworkManager/resolv.conf",
    "/run/resolvconf",
    "/run/systemd/resolve",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/share/crypto-policies",
    "/usr/share/pki",
    "/usr/share/ssl",
    "/var/lib/ca-certificates",
};

static const char *const variables[] = { "SSL_CERT_FILE", "SSL_CERT_DIR" };

/* A path that cannot be reached now cannot be read later, either. */
static int sandbox_paths_allow(const struct landlock *landlock, const char *path)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    int result;
    int error;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
    result = landlock_allow(landlock, fd, false);
    error = errno;
    close(fd);
    errno = error;
    return result;
}

static int sandbox_paths_allow_all(const struct landlock *landlock, const char *const *paths,
                                   size_t count)
{
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++)
        result = paths[i] != NULL ? sandbox_paths_allow(landlock, paths[i]) : 0;
    return result;
}

int sandbox_paths_allow_system(const struct landlock *landlock, enum fob_needs profile)
{
    const char *named[ARRAY_SIZE(variables)];
    int result = sandbox_paths_allow_all(landlock, common, ARRAY_SIZE(common));

    if (result != 0 || profile != FOB_NEEDS_NETWORK)
        return result;
    /* The host has made this environment, with secure_getenv(3). */
    for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
        named[i] = getenv(variables[i]);
    result = sandbox_paths_allow_all(landlock, network, ARRAY_SIZE(network));
    return result == 0 ? sandbox_paths_allow_all(landlock, named, ARRAY_SIZE(named)) : result;
}
