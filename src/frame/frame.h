/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Frames: the messages between a host, which has libfob, and a worker, which runs a plugin's hooks.
 * The specification is fob-worker(7).
 */
#ifndef FOB_FRAME_FRAME_H
#define FOB_FRAME_FRAME_H

#include <fob/plugin.h>

#include "util/proof.h"
#include "util/token.h"
#include "util/wire.h"

#define FRAME_PROTOCOL 1
#define FRAME_HEAD 12
/* The most bytes of items in a frame: the limit of a locked buffer. */
#define FRAME_MAX (4 * 1024 * 1024)
/* The most bytes of items in a plugin's declaration. */
#define FRAME_DECLARATION_MAX 65536
/* The most bytes of a body that one frame takes: they are in locked memory. */
#define FRAME_PART_MAX 65536
/* The most bytes of a body, and of one as items. */
#define FRAME_BODY_MAX (16 * 1024 * 1024)
#define FRAME_ITEMS_MAX (64 * 1024 * 1024)
/* The most calls in a batch. */
#define FRAME_BATCH_MAX 8
/* A worker's descriptor of its control socket. */
#define FRAME_CONTROL 3

enum frame_type {
    /* On the control socket. */
    FRAME_HELLO = 1,
    FRAME_LIBRARY = 2,
    FRAME_LOAD = 3,
    FRAME_DECLARATION = 4,
    FRAME_SOCKET = 5,
    /* On a socket for calls. */
    FRAME_CALL = 6,
    FRAME_CANCEL = 7,
    FRAME_FORGET = 8,
    FRAME_ANSWER = 9,
    FRAME_DONE = 10, /* on the control socket, too */
    FRAME_ASK = 11,
    FRAME_BEGIN = 12,
    FRAME_OPEN = 13,
    FRAME_TELL = 14,
    FRAME_LOG = 15,
    FRAME_MISTAKE = 16,
    FRAME_CRASH = 17, /* on the control socket, too */
    FRAME_REQUEST = 18,
    FRAME_HEAD_OF_ANSWER = 19,
    FRAME_BODY = 20,
    FRAME_REHEARSE = 21,
    FRAME_RENEW = 22, /* to fob-renew, which answers with log and done */
    FRAME_RECEIVED = 23,
    FRAME_SIGN_IN = 24,
    FRAME_TYPE_COUNT = 25,
};

/* Another value of FRAME_PROFILE than those of enum fob_needs: no sandbox, for debugging. */
#define FRAME_PROFILE_NONE 3

/* A descriptor comes with the first byte. */
#define FRAME_HAS_DESCRIPTOR 1

/* Tags below 64 are those of records (fob-store(5)). */
enum frame_tag {
    FRAME_PUBLIC_FIELD = 4,
    FRAME_SECRET_FIELD = 5,
    FRAME_TOKEN = TOKEN_TAG,
    FRAME_FIRST_TEXT = 16,
    FRAME_FIRST_TIME = 32,

    FRAME_CODE = 64,
    FRAME_MESSAGE = 65,
    FRAME_HINT = 66,
    FRAME_HEADER = 67,
    FRAME_HOOK = 68,
    FRAME_PROVIDER = 69,
    FRAME_ACCOUNT = 70,
    FRAME_HANDLE = 71,
    FRAME_EXACT = 72,
    FRAME_CALLER = 73,
    FRAME_OPTION = 74,
    FRAME_OPTION_TYPE = 75,
    FRAME_OPTION_TEXT = 76,
    FRAME_OPTION_NUMBER = 77,
    FRAME_OPTION_ITEM = 78,
    FRAME_OPTION_MAP = 79,
    FRAME_OPTION_MEMBER = 80,
    FRAME_NAME = 81,
    FRAME_VERSION = 82,
    FRAME_SUMMARY = 83,
    FRAME_HOOKS = 84,
    FRAME_REQUIRED = 85,
    FRAME_MIN = 86,
    FRAME_MAX_VALUE = 87,
    FRAME_CHOICE = 88,
    FRAME_LEVEL = 89,
    FRAME_KIND = 90,
    FRAME_ASKED = 91,
    FRAME_TEXT = 92,
    FRAME_DESCRIPTION = 93,
    FRAME_EXAMPLE = 94,
    FRAME_VALUE = 95,
    FRAME_REPLY = 96,
    FRAME_NO_REPLY = 97,
    FRAME_PAUSE = 98,
    FRAME_ANSWERED = 99,
    FRAME_RETRY_AFTER = 100,
    FRAME_PATH = 101,
    FRAME_LEAF = 102,
    FRAME_LAZY = 103,
    FRAME_SIGNAL = 104,
    FRAME_VERSION_OF_PROTOCOL = 105,
    FRAME_PROFILE = 106,
    FRAME_CONTAINED = 107,
    FRAME_READABLE = 108,
    FRAME_CLOSED = 109,
    FRAME_PORT = 110,
    FRAME_SECONDS = 111,
    FRAME_SYSTEM_CALL = 112,
    FRAME_METHOD = 113,
    FRAME_LINE = 114,
    FRAME_CONTENT_TYPE = 115,
    FRAME_SIZE = 116,
    FRAME_ANYTHING = 117,
    FRAME_AS_ITEMS = 118,
    FRAME_STATUS = 119,
    FRAME_LINES = 120,
    FRAME_PART = 121,
    FRAME_TARGET = 122,
    FRAME_PERMIT = 123,
    FRAME_MORE = 124,
    FRAME_SKIPPED = 125,
    FRAME_OPTION_TREE = 126,
    FRAME_NODE = 127,
    FRAME_BASE_URL = 128,
    FRAME_FIELD_TYPE = 129,
    FRAME_REHEARSED = 130,
    FRAME_CONTENT = 131,
    FRAME_JSON = 132,
    FRAME_FAULT = 133,
    FRAME_PARAMETER = 134,
    FRAME_THOROUGH = 135,
    FRAME_UNTRIED = 136,
    FRAME_KEY = 137,
    FRAME_WARNING = 138,
    FRAME_CERTIFICATE = 139,
    FRAME_RECORDED = 140,
    FRAME_REDIRECT = 141,
    FRAME_ISSUER = 142,
    FRAME_NEEDS_ISS = 143,
    FRAME_PLAIN = 144,
    FRAME_TAG_COUNT = 145,
};

/* Values of FRAME_HOOK: those before FRAME_HOOK_CHECK are in enum hook, too. */
#define FRAME_HOOK_LINK 0
#define FRAME_HOOK_VALIDATE 1
#define FRAME_HOOK_AUTHORIZE 3
#define FRAME_HOOK_RENEW 4
#define FRAME_HOOK_CHECK 5
#define FRAME_HOOK_REQUEST 6

/* Values of FRAME_FAULT. */
enum frame_fault { FRAME_REFUSED, FRAME_LATE, FRAME_UNTRUSTED };

struct frame {
    enum frame_type type;
    uint32_t call;     /* 0 for none */
    int descriptor;    /* or -1; the receiver's */
    struct span items; /* checked; borrowed until the next frame_receive() */
};

/* A decoded head.  WHY is its fault, or NULL. */
struct frame_head {
    uint32_t size;
    uint8_t type;
    bool has_descriptor;
    uint32_t call;
    const char *why;
};
struct frame_head frame_read_head(const unsigned char bytes[static FRAME_HEAD]);
void frame_write_head(unsigned char bytes[static FRAME_HEAD], const struct frame_head *head);

/*
 * Check that ITEMS can be those of a frame of TYPE: each is complete, belongs in the frame, occurs
 * as often as it may, and has the tag's kind of content; none is missing.  Returns the fault, or
 * NULL.
 */
const char *frame_check(enum frame_type type, struct span items);
/* Whether a frame of TYPE must have a descriptor (1), may (0), or must not (-1). */
int frame_wants_descriptor(enum frame_type type);
/* The name of a type, for people. */
const char *frame_name(enum frame_type type);

/* Remove the first item from ITEMS, which are checked; false at the end. */
bool frame_next(struct span *items, uint8_t *tag, struct span *item);
/* The first item with TAG; false, and ITEM empty, if there is none. */
bool frame_find(struct span items, uint8_t tag, struct span *item);
/* The text of that item, borrowed; NULL if there is none. */
const char *frame_text(struct span items, uint8_t tag);
/* The number in that item; OTHERWISE if there is none. */
int64_t frame_number(struct span items, uint8_t tag, int64_t otherwise);
/* The kind of what an item with TAG proves; PROOF_KINDS for another tag. */
enum proof_kind frame_proof_kind(uint8_t tag);
/* The part of a pair after its name and the NUL. */
struct span frame_pair_value(struct span item);

#endif
