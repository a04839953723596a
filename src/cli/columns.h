/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The width of a terminal.
 */
#ifndef FOB_CLI_COLUMNS_H
#define FOB_CLI_COLUMNS_H

#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The columns of the terminal FD; 0 when FD is not a terminal or the width is unknown. */
static inline size_t columns_of(int fd)
{
    struct winsize size;

    return isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

#endif
