/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A worker's handle: one call, read from its frame, and the results of the hook.
 */
#ifndef FOB_WORKER_PLUGIN_HANDLE_H
#define FOB_WORKER_PLUGIN_HANDLE_H

#include <fob/plugin.h>

#include "frame/frame_socket.h"
#include "util/proof.h"

#define PLUGIN_FIELDS_MAX 64
#define PLUGIN_LABELS (FOB_TEXT_REMOTE_NAME + 1)

struct plugin_field {
    char *name;
    struct fob_secret *value;
    bool secret;
    bool put; /* by this hook */
};

struct plugin_token {
    char *name;
    struct fob_secret *value;
    int64_t ends;
    bool put; /* by this hook */
};

struct plugin_option {
    const char *name;
    enum fob_option_type type;
    struct span items; /* those after the name, and all further options */
};

extern const char plugin_mark;

struct fob_handle {
    const char *mark; /* &plugin_mark: it is no handle of an application */
    struct frame_socket *socket;
    uint64_t process;
    uint32_t call;
    bool over;             /* the host has canceled the call */
    int64_t looked;        /* when the socket was last checked for that, on clock_ms() */
    unsigned char *memory; /* of ITEMS; borrowed members below point into it */
    struct span items;     /* the frame's items that are no secrets */
    unsigned hook;         /* as in FRAME_HOOK */
    uint32_t number;
    const char *provider;
    const char *account;
    const char *labels[PLUGIN_LABELS];
    uint32_t *groups; /* CALLER's user, group, and further groups */
    struct fob_caller caller;
    struct plugin_field fields[PLUGIN_FIELDS_MAX];
    size_t field_count;
    struct plugin_token tokens[TOKENS_MAX];
    size_t token_count;
    struct fob_secret *masked[2]; /* of a sign-in; or NULL */
    struct proof proof;
    bool proof_put; /* a part of it, by this hook */
    char *base_url; /* from the host, or this hook; NULL for that of the options */
    struct plugin_option *options;
    size_t option_count;
    char *id; /* the identity; NULL until it is set, as NAME */
    char *name;
    int64_t expiry;
    bool expires;   /* EXPIRY was set */
    bool permitted; /* the next call to the provider needs no BEGIN */
    bool rehearsed; /* the host answers requests to the provider */
    bool thorough;  /* the hook tries rights, too */
    bool untried;   /* the hook leaves them untried */
    bool recorded;  /* the host wants to know the provider's answers */
    /* The end of a call to the provider, for the next BEGIN or DONE. */
    bool ended;
    bool answered;
    int64_t retry_after;
};

/* Make HANDLE from the frame that SOCKET received last.  Returns FOB_SUCCESS, FOB_NOMEM, FOB_PLUGIN
 * (an item that does not belong there). */
int plugin_handle_begin(struct fob_handle *handle, struct frame_socket *socket,
                        const struct frame *frame);
/* Make the frame of CODE, which the hook returned, and of its results. */
void plugin_handle_put(const struct fob_handle *handle, int code);
/* Put the end of the last call to the provider, unless the host knows of it. */
void plugin_put_end(const struct fob_handle *handle);
/* Wipe and free what is in HANDLE, unless that was done before. */
void plugin_handle_end(struct fob_handle *handle);

/* Whether HANDLE is not NULL, is a hook's, and belongs to this process. */
bool plugin_is_here(const struct fob_handle *handle);
/* The same for the public FUNCTION, with the error set.  Returns FOB_SUCCESS, FOB_INVALID. */
int plugin_check(const struct fob_handle *handle, const char *function);
#define NEED_HANDLE(handle)                           \
    do {                                              \
        int checked = plugin_check(handle, __func__); \
                                                      \
        if (checked != FOB_SUCCESS)                   \
            return checked;                           \
    } while (0)

/* Send the frame; if that fails, the process ends. */
void plugin_send(struct fob_handle *handle);
/* Send the frame, and wait for the answer.  Returns its code, with its error set; or FOB_NOMEM. */
int plugin_ask(struct fob_handle *handle, struct frame *answer);
/* Wait for the call's next frame, which must be of TYPE; the process ends otherwise. */
void plugin_receive(struct fob_handle *handle, enum frame_type type, struct frame *frame);
/* Set OVER if a cancel has arrived. */
void plugin_look(struct fob_handle *handle);

/* The COUNT replies of an answer, one for each question; the caller frees them. */
int plugin_take_replies(struct span items, size_t count, struct fob_secret **replies);
/* Keep two secrets of a sign-in out of texts, too, until the hook returns. */
int plugin_keep_masked(struct fob_handle *handle, const struct fob_secret *code,
                       const struct fob_secret *verifier);
int plugin_add_field(struct fob_handle *handle, const char *name, struct span value, bool secret);
int plugin_add_token(struct fob_handle *handle, const struct token *token);
/* Put the tokens that the hook has put; and free all tokens. */
void plugin_put_tokens(const struct fob_handle *handle);
void plugin_clear_tokens(struct fob_handle *handle);
int plugin_take_options(struct fob_handle *handle);
/* The name of the option whose tree has NODE, and NODE's number; NULL if none has it. */
const char *plugin_find_node(const struct fob_handle *handle, const struct fob_node *node,
                             uint32_t *number);
/* The number of the node of item number INDEX of the option NAME, a list, or of the value of KEY,
 * which may be NULL, in that map.  0, the list's own, if there is no such item. */
uint32_t plugin_find_item(const struct fob_handle *handle, const char *name, size_t index,
                          const char *key);

/* The longest text for people. */
#define PLUGIN_TEXT 4096
/* Replace secrets of the credential by asterisks.  Returns whether there were any. */
bool plugin_mask(const struct fob_handle *handle, char *text);

/* Destroy the data of the plugin for the handle with NUMBER, or for all handles. */
void plugin_forget_data(uint32_t number);
void plugin_forget_all(void);

#endif
