/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The end of a certificate, which a server that refuses it seldom names.
 */
#ifndef FOB_HTTP_CERTIFICATE_END_H
#define FOB_HTTP_CERTIFICATE_END_H

#include <stdint.h>

/* When the first certificate of the PEM in CHAIN ends, in seconds since the Epoch; 0 if that is not
 * found. */
int64_t certificate_end(const char *chain);

#endif
