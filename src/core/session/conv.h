/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Asking and telling a person through a handle's conversation.
 */
#ifndef FOB_CORE_SESSION_CONV_H
#define FOB_CORE_SESSION_CONV_H

#include "core/session/handle.h"

/* Whether there is anybody to ask. */
bool conv_present(const struct fob_handle *handle);
/* As fob_converse(). */
int conv_exchange(const struct fob_conversation *conv, const struct fob_message *const *messages,
                  size_t count, struct fob_secret **replies);
/* The same for one message. */
int conv_exchange_one(const struct fob_conversation *conv, const struct fob_message *message,
                      struct fob_secret **reply);
/* A message of the library's own. */
#define CONV_MESSAGE(...) ((struct fob_message){ .size = sizeof(struct fob_message), __VA_ARGS__ })
/* Free COUNT replies, but not the array; some may be NULL. */
void conv_free_replies(struct fob_secret **replies, size_t count);
/* Show one message.  It is not an error if there is no conversation. */
void conv_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Ask for every field that has no value in CANDIDATE or, with ALL, in INPUT, in which case an empty
 * reply keeps the stored value.  The replies are checked and put into INPUT and CANDIDATE.  A field
 * whose reply is refused is asked for again.  Returns FOB_SUCCESS, FOB_CONVERSATION, FOB_ABORT,
 * FOB_INVALID, FOB_NOMEM. */
int conv_fill_fields(struct fob_handle *handle, bool all);
/* After that, with the same ALL: ask for the secrets that are still the stored ones.  Returns as
 * conv_fill_fields(). */
int conv_ask_kept_secrets(struct fob_handle *handle, bool all);

#endif
