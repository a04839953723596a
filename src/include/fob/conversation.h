/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The conversation with a person.  Part of <fob/fob.h>. */
#ifndef FOB_CONVERSATION_H
#define FOB_CONVERSATION_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;
struct fob_secret;

/*
 * The conversation: how the library and its plugins ask a person and tell a person.  Since 0.1.
 */
enum fob_message_kind {
    FOB_ASK_TEXT,    /* wants a reply, shown as it is typed */
    FOB_ASK_SECRET,  /* wants a reply, not shown */
    FOB_ASK_CONFIRM, /* wants "yes" or "no" */
    FOB_TELL_GUIDE,  /* how to get the credential: many lines */
    FOB_TELL_INFO,
    FOB_TELL_WARNING,
};

/* Since 0.2. */
struct fob_message {
    size_t size; /* sizeof this struct */
    enum fob_message_kind kind;
    const char *name;        /* the field asked for, or NULL */
    const char *text;        /* the prompt or the message */
    const char *description; /* more about the field, or NULL */
    const char *example;     /* or NULL */
    const char *value;       /* what an empty reply stands for, or NULL; see fob_edit() */
};

/*
 * Show COUNT messages together, as one form where that can be done.  For each FOB_ASK_* message
 * put a new secret into REPLIES at its place (the library frees it); the other places stay NULL.
 *
 * Returns FOB_SUCCESS, or FOB_CONVERSATION when there is nobody to ask or the person gives up, or
 * FOB_ABORT when interrupted; replies already made are freed by the library then.  Since 0.1.
 */
typedef int fob_converse_fn(const struct fob_message *const *messages, size_t count,
                            struct fob_secret **replies, void *data);

/* Since 0.2. */
struct fob_conversation {
    size_t size; /* sizeof this struct */
    fob_converse_fn *converse;
    void *data;
};

/*
 * The conversation that asks for the store's passphrase, and that serves handles that bring none of
 * their own.  Why the store's other keys do not open it is told with the question, as
 * FOB_TELL_INFO.  CONV is copied, its data borrowed until fob_close(); NULL for nobody, the
 * default.  Set it before threads share the context.  Returns FOB_SUCCESS, FOB_INVALID.  Since 0.2.
 */
FOB_API int fob_set_conversation(struct fob_context *context, const struct fob_conversation *conv);

#ifdef __cplusplus
}
#endif

#endif
