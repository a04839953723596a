/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Telling systemd about a service, as sd_notify(3) does.  Nothing happens without systemd.
 */
#ifndef FOB_FOB_SERVICE_H
#define FOB_FOB_SERVICE_H

#include <stdint.h>

/* Send STATE: "READY=1", say. */
void service_tell(const char *state);
/* Send "WATCHDOG=1" if half of the time is over that systemd waits for it.  Returns the number of
 * milliseconds until the next one is due; -1 if systemd does not wait. */
int64_t service_alive(void);

#endif
