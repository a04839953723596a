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
int conv_exchange(const struct fob_conversation *conv, const struct fob_message *messages,
                  size_t count, struct fob_secret **replies);
/* Free COUNT replies, some of which may be NULL, but not the array. */
void conv_free_replies(struct fob_secret **replies, size_t count);
/* Tell one message.  Nobody listening is not an error. */
void conv_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *text);
/* Ask for every field of the provider that has no value in DRAFT (with ALL, for every one that was
 * not given, where an empty reply keeps the stored value), check the replies, and put them into
 * GIVEN and DRAFT.  What is refused is asked for again, alone.  Returns FOB_SUCCESS,
 * FOB_CONVERSATION, FOB_ABORT, FOB_INVALID, FOB_NOMEM. */
int conv_fill_fields(struct fob_handle *handle, bool all);

#endif
