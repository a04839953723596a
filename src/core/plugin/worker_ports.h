/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The TCP ports that a worker may connect to.
 */
#ifndef FOB_CORE_PLUGIN_WORKER_PORTS_H
#define FOB_CORE_PLUGIN_WORKER_PORTS_H

#include <stddef.h>
#include <stdint.h>

#define WORKER_PORTS_MAX 64

struct worker_ports {
    uint16_t numbers[WORKER_PORTS_MAX];
    size_t count; /* 0 for any port */
};

/* The port of URL; 0 for NULL, and what is no URL. */
unsigned worker_ports_of(const char *url);
/*
 * Find the ports of the URLs among TEXTS, values of an entry's options; TEXTS ends with NULL, or is
 * NULL.  If there are any, add PORT, unless it is 0, and the ports of HTTPS, of DNS, and of the
 * environment's proxies.  No URL, or too many ports, means any port.
 */
void worker_ports_find(char *const *texts, unsigned port, struct worker_ports *ports);

#endif
