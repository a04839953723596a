/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * An account's status: the rules by which a provider's verdict changes it, without any I/O.
 */
#ifndef FOB_CORE_SESSION_STATUS_H
#define FOB_CORE_SESSION_STATUS_H

#include "store/record.h"

/* How long after the first "no" a second "no" counts. */
#define STATUS_SECOND_NO_S 60

/* Whether CODE is a verdict on the credential. */
bool status_is_verdict(int code);
/*
 * Apply the verdict CODE of a validate stack, reached at NOW, to RECORD.  WHY is its message.  With
 * REJECT_AT_ONCE a single "no" is enough.
 */
int status_apply(struct record *record, int code, int64_t now, bool reject_at_once,
                 const char *why);
/* Suspend RECORD; its present status is kept until it is resumed. */
void status_suspend(struct record *record);
/* The account's status or, while it is suspended, the status that it returns to. */
enum fob_status status_underlying(const struct record *record);
/* The status at NOW, with expiry considered.  Suspended, rejected and mismatched outrank
 * expired. */
enum fob_status status_now(enum fob_status stored, int64_t expires, int64_t now);

#endif
