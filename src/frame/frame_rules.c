/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The items of each frame: the tables of fob-worker(7). */
#include "config.h"

#include "frame/frame.h"

#include "util/text.h"
#include "util/tree.h"

#include <string.h>

/* The kinds of an item's content. */
enum content {
    CONTENT_NONE,   /* empty */
    CONTENT_NUMBER, /* of SIZE bytes */
    CONTENT_TEXT,   /* UTF-8 without a NUL */
    CONTENT_PATH,   /* bytes without a NUL */
    CONTENT_BYTES,
    CONTENT_PAIR,  /* a text, a NUL, bytes */
    CONTENT_IDS,   /* at least two numbers of four bytes */
    CONTENT_TREE,  /* a value as items */
    CONTENT_TOKEN, /* two numbers of 8 bytes, and then the same as a pair */
};

static const struct {
    uint8_t content;
    uint8_t size;
} contents[FRAME_TAG_COUNT] = {
    [FRAME_PUBLIC_FIELD] = { CONTENT_PAIR, 0 },
    [FRAME_SECRET_FIELD] = { CONTENT_PAIR, 0 },
    [FRAME_TOKEN] = { CONTENT_TOKEN, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_PROVIDER] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_TYPE] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_OWNER_ID] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_OWNER_NAME] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_OWNER_EMAIL] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_REMOTE_ID] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_REMOTE_NAME] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_LAST_ERROR] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_HOSTS] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TEXT + FOB_TEXT_VARIABLES] = { CONTENT_TEXT, 0 },
    [FRAME_FIRST_TIME + FOB_TIME_EXPIRES] = { CONTENT_NUMBER, 8 },
    [FRAME_CODE] = { CONTENT_NUMBER, 4 },
    [FRAME_MESSAGE] = { CONTENT_TEXT, 0 },
    [FRAME_HINT] = { CONTENT_TEXT, 0 },
    [FRAME_HEADER] = { CONTENT_PAIR, 0 },
    [FRAME_HOOK] = { CONTENT_NUMBER, 1 },
    [FRAME_PROVIDER] = { CONTENT_TEXT, 0 },
    [FRAME_ACCOUNT] = { CONTENT_TEXT, 0 },
    [FRAME_HANDLE] = { CONTENT_NUMBER, 4 },
    [FRAME_EXACT] = { CONTENT_NONE, 0 },
    [FRAME_CALLER] = { CONTENT_IDS, 0 },
    [FRAME_OPTION] = { CONTENT_TEXT, 0 },
    [FRAME_OPTION_TYPE] = { CONTENT_NUMBER, 1 },
    [FRAME_OPTION_TEXT] = { CONTENT_TEXT, 0 },
    [FRAME_OPTION_NUMBER] = { CONTENT_NUMBER, 8 },
    [FRAME_OPTION_ITEM] = { CONTENT_TEXT, 0 },
    [FRAME_OPTION_MAP] = { CONTENT_NONE, 0 },
    [FRAME_OPTION_MEMBER] = { CONTENT_PAIR, 0 },
    [FRAME_NAME] = { CONTENT_TEXT, 0 },
    [FRAME_VERSION] = { CONTENT_TEXT, 0 },
    [FRAME_SUMMARY] = { CONTENT_TEXT, 0 },
    [FRAME_HOOKS] = { CONTENT_NUMBER, 1 },
    [FRAME_REQUIRED] = { CONTENT_NONE, 0 },
    [FRAME_MIN] = { CONTENT_NUMBER, 8 },
    [FRAME_MAX_VALUE] = { CONTENT_NUMBER, 8 },
    [FRAME_CHOICE] = { CONTENT_TEXT, 0 },
    [FRAME_LEVEL] = { CONTENT_NUMBER, 1 },
    [FRAME_KIND] = { CONTENT_NUMBER, 1 },
    [FRAME_ASKED] = { CONTENT_TEXT, 0 },
    [FRAME_TEXT] = { CONTENT_TEXT, 0 },
    [FRAME_DESCRIPTION] = { CONTENT_TEXT, 0 },
    [FRAME_EXAMPLE] = { CONTENT_TEXT, 0 },
    [FRAME_VALUE] = { CONTENT_TEXT, 0 },
    [FRAME_REPLY] = { CONTENT_BYTES, 0 },
    [FRAME_NO_REPLY] = { CONTENT_NONE, 0 },
    [FRAME_PAUSE] = { CONTENT_NUMBER, 8 },
    [FRAME_ANSWERED] = { CONTENT_NUMBER, 1 },
    [FRAME_RETRY_AFTER] = { CONTENT_NUMBER, 8 },
    [FRAME_PATH] = { CONTENT_PATH, 0 },
    [FRAME_LEAF] = { CONTENT_PATH, 0 },
    [FRAME_LAZY] = { CONTENT_NONE, 0 },
    [FRAME_SIGNAL] = { CONTENT_NUMBER, 1 },
    [FRAME_VERSION_OF_PROTOCOL] = { CONTENT_NUMBER, 4 },
    [FRAME_PROFILE] = { CONTENT_NUMBER, 1 },
    [FRAME_CONTAINED] = { CONTENT_NONE, 0 },
    [FRAME_READABLE] = { CONTENT_PATH, 0 },
    [FRAME_CLOSED] = { CONTENT_PATH, 0 },
    [FRAME_PORT] = { CONTENT_NUMBER, 2 },
    [FRAME_SECONDS] = { CONTENT_NUMBER, 4 },
    [FRAME_SYSTEM_CALL] = { CONTENT_NUMBER, 4 },
    [FRAME_METHOD] = { CONTENT_BYTES, 0 },
    [FRAME_LINE] = { CONTENT_BYTES, 0 },
    [FRAME_CONTENT_TYPE] = { CONTENT_BYTES, 0 },
    [FRAME_SIZE] = { CONTENT_NUMBER, 8 },
    [FRAME_ANYTHING] = { CONTENT_NONE, 0 },
    [FRAME_AS_ITEMS] = { CONTENT_NONE, 0 },
    [FRAME_STATUS] = { CONTENT_NUMBER, 4 },
    [FRAME_LINES] = { CONTENT_BYTES, 0 },
    [FRAME_PART] = { CONTENT_BYTES, 0 },
    [FRAME_TARGET] = { CONTENT_BYTES, 0 },
    [FRAME_PERMIT] = { CONTENT_NONE, 0 },
    [FRAME_MORE] = { CONTENT_NONE, 0 },
    [FRAME_SKIPPED] = { CONTENT_NONE, 0 },
    [FRAME_OPTION_TREE] = { CONTENT_TREE, 0 },
    [FRAME_NODE] = { CONTENT_NUMBER, 4 },
    [FRAME_BASE_URL] = { CONTENT_TEXT, 0 },
    [FRAME_FIELD_TYPE] = { CONTENT_PAIR, 0 },
    [FRAME_REHEARSED] = { CONTENT_NONE, 0 },
    [FRAME_CONTENT] = { CONTENT_BYTES, 0 },
    [FRAME_JSON] = { CONTENT_TREE, 0 },
    [FRAME_FAULT] = { CONTENT_NUMBER, 1 },
    [FRAME_PARAMETER] = { CONTENT_PAIR, 0 },
    [FRAME_THOROUGH] = { CONTENT_NONE, 0 },
    [FRAME_UNTRIED] = { CONTENT_NONE, 0 },
    [FRAME_KEY] = { CONTENT_BYTES, 0 },
    [FRAME_WARNING] = { CONTENT_NONE, 0 },
    [FRAME_CERTIFICATE] = { CONTENT_PAIR, 0 },
    [FRAME_RECORDED] = { CONTENT_NONE, 0 },
    [FRAME_REDIRECT] = { CONTENT_TEXT, 0 },
    [FRAME_ISSUER] = { CONTENT_TEXT, 0 },
    [FRAME_NEEDS_ISS] = { CONTENT_NONE, 0 },
    [FRAME_PLAIN] = { CONTENT_NONE, 0 },
};

/* How often a tag may occur. */
enum times { ONCE = 1, AT_MOST_ONCE, ANY };

#define RULE_MAX 40

struct frame_rule {
    const char *name;
    int descriptor; /* see frame_wants_descriptor() */
    struct {
        uint8_t tag;
        uint8_t times;
    } items[RULE_MAX]; /* ends with tag 0 */
};

#define TEXT_OF(which) (FRAME_FIRST_TEXT + FOB_TEXT_##which)

static const struct frame_rule rules[FRAME_TYPE_COUNT] = {
    [FRAME_HELLO] = { "hello",
                      -1,
                      { { FRAME_VERSION_OF_PROTOCOL, ONCE },
                        { FRAME_PROFILE, ONCE },
                        { FRAME_CONTAINED, AT_MOST_ONCE },
                        { FRAME_READABLE, ANY },
                        { FRAME_CLOSED, ANY },
                        { FRAME_PORT, ANY },
                        { FRAME_SECONDS, AT_MOST_ONCE } } },
    [FRAME_LIBRARY] = { "library",
                        0,
                        { { FRAME_PATH, ONCE },
                          { FRAME_LEAF, AT_MOST_ONCE },
                          { FRAME_LAZY, AT_MOST_ONCE } } },
    [FRAME_LOAD] = { "load",
                     1,
                     { { FRAME_PATH, ONCE },
                       { FRAME_LEAF, AT_MOST_ONCE },
                       { FRAME_LAZY, AT_MOST_ONCE } } },
    [FRAME_DECLARATION] = { "declaration",
                            -1,
                            { { FRAME_MESSAGE, AT_MOST_ONCE },
                              { FRAME_NAME, ONCE },
                              { FRAME_VERSION, ONCE },
                              { FRAME_SUMMARY, ANY },
                              { FRAME_HOOKS, ONCE },
                              { FRAME_OPTION, ANY },
                              { FRAME_OPTION_TYPE, ANY },
                              { FRAME_REQUIRED, ANY },
                              { FRAME_OPTION_TEXT, ANY },
                              { FRAME_MIN, ANY },
                              { FRAME_MAX_VALUE, ANY },
                              { FRAME_CHOICE, ANY } } },
    [FRAME_SOCKET] = { "socket", 1, { { 0, 0 } } },
    [FRAME_CALL] = { "call",
                     -1,
                     { { FRAME_HOOK, ONCE },
                       { FRAME_PROVIDER, ONCE },
                       { FRAME_ACCOUNT, ONCE },
                       { FRAME_HANDLE, ONCE },
                       { FRAME_LEVEL, AT_MOST_ONCE },
                       { FRAME_EXACT, AT_MOST_ONCE },
                       { FRAME_PERMIT, AT_MOST_ONCE },
                       { FRAME_MORE, AT_MOST_ONCE },
                       { FRAME_CALLER, ONCE },
                       { TEXT_OF(PROVIDER), AT_MOST_ONCE },
                       { TEXT_OF(TYPE), AT_MOST_ONCE },
                       { TEXT_OF(OWNER_ID), AT_MOST_ONCE },
                       { TEXT_OF(OWNER_NAME), AT_MOST_ONCE },
                       { TEXT_OF(OWNER_EMAIL), AT_MOST_ONCE },
                       { TEXT_OF(REMOTE_ID), AT_MOST_ONCE },
                       { TEXT_OF(REMOTE_NAME), AT_MOST_ONCE },
                       { FRAME_PUBLIC_FIELD, ANY },
                       { FRAME_SECRET_FIELD, ANY },
                       { FRAME_TOKEN, ANY },
                       { FRAME_HEADER, ANY },
                       { FRAME_PARAMETER, ANY },
                       { FRAME_CERTIFICATE, ANY },
                       { FRAME_OPTION, ANY },
                       { FRAME_OPTION_TYPE, ANY },
                       { FRAME_OPTION_TEXT, ANY },
                       { FRAME_OPTION_NUMBER, ANY },
                       { FRAME_OPTION_ITEM, ANY },
                       { FRAME_OPTION_MAP, ANY },
                       { FRAME_OPTION_MEMBER, ANY },
                       { FRAME_OPTION_TREE, ANY },
                       { FRAME_BASE_URL, AT_MOST_ONCE },
                       { FRAME_FIELD_TYPE, ANY },
                       { FRAME_REHEARSED, AT_MOST_ONCE },
                       { FRAME_THOROUGH, AT_MOST_ONCE },
                       { FRAME_RECORDED, AT_MOST_ONCE } } },
    [FRAME_CANCEL] = { "cancel", -1, { { 0, 0 } } },
    [FRAME_FORGET] = { "forget", -1, { { FRAME_HANDLE, ONCE } } },
    [FRAME_ANSWER] = { "answer",
                       0,
                       { { FRAME_CODE, ONCE },
                         { FRAME_MESSAGE, AT_MOST_ONCE },
                         { FRAME_HINT, AT_MOST_ONCE },
                         { FRAME_REPLY, ANY },
                         { FRAME_NO_REPLY, ANY },
                         { FRAME_STATUS, AT_MOST_ONCE },
                         { FRAME_LINES, AT_MOST_ONCE },
                         { FRAME_CONTENT, AT_MOST_ONCE },
                         { FRAME_FAULT, AT_MOST_ONCE } } },
    [FRAME_DONE] = { "done",
                     -1,
                     { { FRAME_CODE, ONCE },
                       { FRAME_SKIPPED, AT_MOST_ONCE },
                       { FRAME_MESSAGE, AT_MOST_ONCE },
                       { FRAME_HINT, AT_MOST_ONCE },
                       { FRAME_PUBLIC_FIELD, ANY },
                       { FRAME_SECRET_FIELD, ANY },
                       { FRAME_TOKEN, ANY },
                       { TEXT_OF(REMOTE_ID), AT_MOST_ONCE },
                       { TEXT_OF(REMOTE_NAME), AT_MOST_ONCE },
                       { FRAME_FIRST_TIME + FOB_TIME_EXPIRES, AT_MOST_ONCE },
                       { FRAME_BASE_URL, AT_MOST_ONCE },
                       { FRAME_HEADER, ANY },
                       { FRAME_PARAMETER, ANY },
                       { FRAME_CERTIFICATE, ANY },
                       { FRAME_ANSWERED, AT_MOST_ONCE },
                       { FRAME_RETRY_AFTER, AT_MOST_ONCE },
                       { FRAME_UNTRIED, AT_MOST_ONCE } } },
    [FRAME_ASK] = { "ask",
                    -1,
                    { { FRAME_KIND, ANY },
                      { FRAME_ASKED, ANY },
                      { FRAME_TEXT, ANY },
                      { FRAME_DESCRIPTION, ANY },
                      { FRAME_EXAMPLE, ANY },
                      { FRAME_VALUE, ANY } } },
    [FRAME_BEGIN] = { "begin",
                      -1,
                      { { FRAME_PAUSE, ONCE },
                        { FRAME_ANSWERED, AT_MOST_ONCE },
                        { FRAME_RETRY_AFTER, AT_MOST_ONCE } } },
    [FRAME_OPEN] = { "open", -1, { { FRAME_PATH, ONCE } } },
    [FRAME_TELL] = { "tell", -1, { { FRAME_KIND, ONCE }, { FRAME_TEXT, ONCE } } },
    [FRAME_LOG] = { "log", -1, { { FRAME_LEVEL, ONCE }, { FRAME_TEXT, ONCE } } },
    [FRAME_MISTAKE] = { "mistake",
                        -1,
                        { { FRAME_OPTION, AT_MOST_ONCE },
                          { FRAME_NODE, AT_MOST_ONCE },
                          { FRAME_ASKED, AT_MOST_ONCE },
                          { FRAME_TEXT, ONCE },
                          { FRAME_WARNING, AT_MOST_ONCE } } },
    [FRAME_CRASH] = { "crash",
                      -1,
                      { { FRAME_SIGNAL, ONCE }, { FRAME_SYSTEM_CALL, AT_MOST_ONCE } } },
    [FRAME_REQUEST] = { "request",
                        -1,
                        { { FRAME_METHOD, ONCE },
                          { FRAME_TARGET, ONCE },
                          { FRAME_CONTENT_TYPE, AT_MOST_ONCE },
                          { FRAME_LINE, ANY },
                          { FRAME_SIZE, AT_MOST_ONCE },
                          { FRAME_ANYTHING, AT_MOST_ONCE },
                          { FRAME_AS_ITEMS, AT_MOST_ONCE } } },
    [FRAME_HEAD_OF_ANSWER] = { "head",
                               -1,
                               { { FRAME_STATUS, ONCE },
                                 { FRAME_LINES, ONCE },
                                 { FRAME_HEADER, ANY },
                                 { FRAME_SIZE, ONCE } } },
    [FRAME_BODY] = { "body", -1, { { FRAME_PART, ONCE } } },
    [FRAME_REHEARSE] = { "rehearse",
                         -1,
                         { { FRAME_METHOD, ONCE },
                           { FRAME_TARGET, ONCE },
                           { FRAME_HEADER, ANY },
                           { FRAME_CONTENT, AT_MOST_ONCE },
                           { FRAME_JSON, AT_MOST_ONCE } } },
    [FRAME_RENEW] = { "renew",
                      1,
                      { { FRAME_VERSION_OF_PROTOCOL, ONCE },
                        { FRAME_ACCOUNT, ONCE },
                        { FRAME_PATH, AT_MOST_ONCE },
                        { FRAME_KEY, ONCE },
                        { FRAME_LEVEL, AT_MOST_ONCE } } },
    [FRAME_RECEIVED] = { "received",
                         -1,
                         { { FRAME_STATUS, AT_MOST_ONCE },
                           { FRAME_LINES, AT_MOST_ONCE },
                           { FRAME_RETRY_AFTER, AT_MOST_ONCE },
                           { FRAME_SIZE, AT_MOST_ONCE },
                           { FRAME_CONTENT, AT_MOST_ONCE },
                           { FRAME_JSON, AT_MOST_ONCE },
                           { FRAME_FAULT, AT_MOST_ONCE } } },
    [FRAME_SIGN_IN] = { "sign-in",
                        -1,
                        { { FRAME_TARGET, ONCE },
                          { FRAME_REDIRECT, ONCE },
                          { FRAME_ISSUER, AT_MOST_ONCE },
                          { FRAME_NEEDS_ISS, AT_MOST_ONCE },
                          { FRAME_PLAIN, AT_MOST_ONCE } } },
};

int frame_wants_descriptor(enum frame_type type)
{
    return rules[type].descriptor;
}

const char *frame_name(enum frame_type type)
{
    return rules[type].name;
}

static bool frame_is_text(const char *data, size_t size)
{
    return strlen(data) == size && text_is_utf8(data, size);
}

/* Whether ITEM, which a NUL follows, has TAG's kind of content. */
static bool frame_fits(uint8_t tag, struct span item)
{
    struct token token;

    switch (contents[tag].content) {
    case CONTENT_NONE:
        return item.size == 0;
    case CONTENT_NUMBER:
        return item.size == contents[tag].size;
    case CONTENT_TEXT:
        return frame_is_text(item.data, item.size);
    case CONTENT_PATH:
        return strlen(item.data) == item.size;
    case CONTENT_PAIR:
        return strlen(item.data) < item.size && frame_is_text(item.data, strlen(item.data));
    case CONTENT_IDS:
        return item.size >= 8 && item.size % 4 == 0;
    case CONTENT_TOKEN:
        return token_read(item, &token) && frame_is_text(token.name, strlen(token.name));
    case CONTENT_TREE:
        return tree_check(item);
    default:
        return true;
    }
}

/* The index of TAG in RULE; RULE_MAX if RULE lacks it. */
static size_t frame_find_rule(const struct frame_rule *rule, uint8_t tag)
{
    size_t at = 0;

    while (at < RULE_MAX && rule->items[at].tag != 0 && rule->items[at].tag != tag)
        at++;
    return at < RULE_MAX && rule->items[at].tag == tag ? at : RULE_MAX;
}

const char *frame_check(enum frame_type type, struct span items)
{
    const struct frame_rule *rule = &rules[type];
    bool seen[RULE_MAX] = { false };
    struct span item;
    uint8_t tag;

    while (items.size > 0) {
        size_t at;

        if (!wire_next_item(&items, &tag, &item))
            return "with an incomplete item";
        at = tag != 0 ? frame_find_rule(rule, tag) : RULE_MAX;
        if (at == RULE_MAX)
            return "with an item that does not belong in it";
        if (seen[at] && rule->items[at].times != ANY)
            return "with an item that occurs twice";
        seen[at] = true;
        if (!frame_fits(tag, item))
            return "with an item of the wrong kind";
    }
    for (size_t at = 0; at < RULE_MAX && rule->items[at].tag != 0; at++) {
        if (rule->items[at].times == ONCE && !seen[at])
            return "without a required item";
    }
    return NULL;
}
