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
    FOB_ASK_TEXT,    /* needs a reply, which may be shown */
    FOB_ASK_SECRET,  /* needs a reply, which must not be shown */
    FOB_ASK_CONFIRM, /* needs "yes" or "no" */
    FOB_TELL_GUIDE,  /* how to get the credential; several lines */
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
 * Show COUNT messages together, as one form if possible.  For each FOB_ASK_* message put a new
 * secret, which the library frees, into the same place of REPLIES; the other places stay NULL.
 *
 * Returns FOB_SUCCESS, FOB_CONVERSATION when nobody can be asked or the person gives up, or
 * FOB_ABORT when interrupted; the library frees the replies in each case.  Since 0.1.
 */
typedef int fob_converse_fn(const struct fob_message *const *messages, size_t count,
                            struct fob_secret **replies, void *data);

/*
 * A sign-in: a person opens the provider's page in a browser, which then comes back to another
 * address, the redirect URI, with an answer.  Since 0.2.
 */
struct fob_sign_in {
    size_t size;              /* sizeof this struct */
    const char *redirect;     /* what the provider accepts as redirect URI: "https",
                                 "loopback-any-port" (http://127.0.0.1:PORT/callback), or a URL */
    const char *redirect_uri; /* NULL in the first call */
    const char *address;      /* of the provider's page; NULL in the first call */
    const char *callback;     /* fob-hub's address for the provider (hub: of fob.yaml); or NULL */
};

/*
 * Called twice for a sign-in.  First REPLY is the redirect URI.  Then the person is sent to
 * ADDRESS, and REPLY is the address that the browser came back to, or its query, at most
 * FOB_VALUE_MAX bytes. The library frees REPLY.
 *
 * Returns FOB_SUCCESS; FOB_IGNORE, in the second call, if the answer comes later
 * (fob_get_sign_in()); FOB_CONFIG, in the first call, if REDIRECT is "https" and there is no
 * CALLBACK; FOB_UNAVAILABLE (no answer in time), FOB_CONVERSATION (nobody there, or the
 * person gives up), FOB_ABORT.  Since 0.2.
 */
typedef int fob_sign_in_fn(const struct fob_sign_in *sign_in, struct fob_secret **reply,
                           void *data);

/* Since 0.2. */
struct fob_conversation {
    size_t size; /* sizeof this struct */
    fob_converse_fn *converse;
    void *data;
    fob_sign_in_fn *sign_in; /* NULL: nobody can sign in */
};

/*
 * Set the conversation that asks for the store's passphrase, and that handles without their own
 * use.  A FOB_TELL_INFO before the question says why the other keys of the store failed.  CONV is
 * copied, its data borrowed until fob_close(); NULL, the default, means that nobody can be asked.
 * Set it before threads share the context.  Returns FOB_SUCCESS, FOB_INVALID.  Since 0.2.
 */
FOB_API int fob_set_conversation(struct fob_context *context, const struct fob_conversation *conv);

#ifdef __cplusplus
}
#endif

#endif
