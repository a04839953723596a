/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What is tried in a sandbox: files, of fob and of the system. */
#include "config.h"

#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
static int try_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);

    return fd >= 0 ? close(fd) : -1;
}

static int try_read_open(void)
{
    char byte;
    int fd = open(try_path(place.open, "data"), O_RDONLY | O_CLOEXEC);

    return fd >= 0 && read(fd, &byte, 1) == 1 ? close(fd) : -1;
}

static int try_read_closed(void)
{
    return try_open(try_path(place.closed, "key"), O_RDONLY);
}

static int try_list_closed(void)
{
    return try_open(place.closed, O_RDONLY | O_DIRECTORY);
}

static int try_read_rotated(void)
{
    return try_open(try_path(place.folder, "log.1"), O_RDONLY);
}

static int try_write_closed(void)
{
    return try_open(try_path(place.closed, "new"), O_WRONLY | O_CREAT);
}

static int try_link_closed(void)
{
    char target[128];

    snprintf(target, sizeof target, "%s", try_path(place.open, "linked"));
    return link(try_path(place.closed, "key"), target);
}

static int try_truncate_closed(void)
{
    return truncate(try_path(place.closed, "key"), 0);
}

static int try_write_open(void)
{
    return try_open(try_path(place.open, "new"), O_WRONLY | O_CREAT | O_TRUNC);
}

/* Landlock finds no file. */
static int try_write_missing(void)
{
    return try_open("/missing/new", O_WRONLY | O_CREAT);
}

static int try_append(void)
{
    return try_open(try_path(place.open, "data"), O_RDWR | O_APPEND);
}

static int try_temporary(void)
{
    return try_open(place.open, O_TMPFILE | O_RDWR);
}

static int try_remove(void)
{
    return unlink(try_path(place.open, "removed"));
}

static int try_chmod(void)
{
    return chmod(try_path(place.open, "data"), 0600);
}

static int try_mknod(void)
{
    return mknod(try_path(place.open, "disk"), S_IFBLK | 0600, 0);
}

static int try_shadow(void)
{
    return try_open("/etc/shadow", O_RDONLY);
}

static int try_release(void)
{
    return try_open("/etc/debian_version", O_RDONLY);
}

static int try_passwd(void)
{
    return try_open("/etc/passwd", O_RDONLY);
}

static int try_resolv(void)
{
    return try_open("/etc/resolv.conf", O_RDONLY);
}

static int try_certificates(void)
{
    return try_open("/etc/ssl/certs/ca-certificates.crt", O_RDONLY);
}

static int try_host_memory(void)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/mem", (int)place.host);
    return try_open(path, O_RDONLY);
}

static int try_environment(void)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/environ", (int)place.host);
    return try_open(path, O_RDONLY);
}

static int try_root(void)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/root/etc/passwd", (int)place.host);
    return try_open(path, O_RDONLY);
}

const struct attempt try_files[] = {
    { "read a readable file", try_read_open, { 0, 0, 0 }, 0 },
    { "read a closed file", try_read_closed, { EACCES, EACCES, EACCES }, 1 },
    { "list a closed folder", try_list_closed, { EACCES, EACCES, EACCES }, 1 },
    { "read an older log", try_read_rotated, { EACCES, EACCES, EACCES }, 1 },
    { "write into a closed folder", try_write_closed, { EACCES, EACCES, EACCES }, 1 },
    { "link a closed file", try_link_closed, { EPERM, EPERM, EXDEV }, 1 },
    { "truncate a closed file", try_truncate_closed, { EPERM, EPERM, EACCES }, 3 },
    { "write beside what is closed", try_write_open, { EACCES, EACCES, 0 }, 0 },
    { "write into a missing folder", try_write_missing, { EACCES, EACCES, ENOENT }, 0 },
    { "append", try_append, { EACCES, EACCES, 0 }, 0 },
    { "make a temporary file", try_temporary, { EACCES, EACCES, ANY }, 0 },
    { "remove a file", try_remove, { EPERM, EPERM, 0 }, 0 },
    { "chmod", try_chmod, { EPERM, EPERM, 0 }, 0 },
    { "make a device", try_mknod, { EPERM, EPERM, EACCES }, 1 },
    { "read /etc/shadow", try_shadow, { EACCES, EACCES, ANY }, 1 },
    { "read /etc/debian_version", try_release, { EACCES, EACCES, 0 }, 1 },
    { "read /etc/passwd", try_passwd, { 0, 0, 0 }, 0 },
    { "read /etc/resolv.conf", try_resolv, { EACCES, 0, 0 }, 1 },
    { "read certificates", try_certificates, { EACCES, 0, 0 }, 1 },
    { "read the host's memory", try_host_memory, { EACCES, EACCES, EACCES }, 1 },
    { "read the host's environment", try_environment, { EACCES, EACCES, EACCES }, 1 },
    { "reach the host's root", try_root, { EACCES, EACCES, EACCES }, 1 },
    { .name = NULL },
};
