/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks the results of a hook, and applies them to the handle. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "util/address.h"
#include "util/error.h"
#include "util/text.h"
#include "util/tree.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IDENTITY_MAX 255

const char *hook_title(const struct hook_call *call)
{
    static const char *const titles[] = { "link hook",      "validate hook", "revoke hook",
                                          "authorize hook", "renew hook",    "check",
                                          "request" };

    return titles[call->hook];
}

static int hook_refuse_done(const struct hook_call *call, const char *what)
{
    return error_set(FOB_PLUGIN, "plugin %s: its %s must not %s",
                     call->entry->plugin->declared.name, hook_title(call), what);
}

static int hook_take_field(struct hook_call *call, uint8_t tag, struct span item)
{
    const struct span value = frame_pair_value(item);
    int code;

    if (call->hook != HOOK_LINK)
        return hook_refuse_done(call, "put fields");
    if (provider_find_app_field(call->handle->provider, item.data) != NULL)
        return error_set(FOB_PLUGIN,
                         "plugin %s: its link hook must not put %s, a field of the app of %s",
                         call->entry->plugin->declared.name, (const char *)item.data,
                         call->handle->provider_name);
    code = record_set_field(call->handle->candidate, item.data, value.data, value.size,
                            tag == FRAME_SECRET_FIELD);
    return code == FOB_INVALID ? hook_refuse_done(call, "put such a field") : code;
}

/* The token was fetched at the earliest when the hook began. */
static int hook_take_token(struct hook_call *call, struct span item)
{
    struct fob_handle *handle = call->handle;
    struct token token;
    int code;

    if (call->hook != HOOK_LINK && call->hook != HOOK_VALIDATE && call->hook != HOOK_RENEW)
        return hook_refuse_done(call, "put tokens");
    if (!token_read(item, &token) || token.ends < 0 || token.value.size == 0)
        return hook_refuse_done(call, "put such a token");
    token.since = call->began_s;
    if (token.ends > 0)
        token.ends += handle_time(handle) - time(NULL); /* which a rehearsal moves */
    code = record_token_set(handle->candidate, &token);
    handle->token_put |= code == FOB_SUCCESS;
    return code == FOB_INVALID ? hook_refuse_done(call, "put such a token") : code;
}

/* Whether NAME and VALUE can be sent as KIND. */
static bool hook_can_send(enum proof_kind kind, const char *name, struct span value)
{
    switch (kind) {
    case PROOF_HEADER:
        return text_is_token(name) && !text_has_control(value.data, value.size);
    case PROOF_PARAMETER:
        return text_is_parameter(name) && !text_has_control(value.data, value.size);
    default:
        return (strcmp(name, PROOF_CHAIN) == 0 || strcmp(name, PROOF_KEY) == 0) &&
               memchr(value.data, '\0', value.size) == NULL;
    }
}

static int hook_take_proof(struct hook_call *call, enum proof_kind kind, struct span item)
{
    static const char *const refused[PROOF_KINDS] = {
        [PROOF_HEADER] = "put a header that cannot be sent",
        [PROOF_PARAMETER] = "put a parameter that cannot be sent",
        [PROOF_CERTIFICATE] = "put a certificate that cannot be sent",
    };
    const struct span value = frame_pair_value(item);
    int code = FOB_INVALID;

    if (call->answer == NULL && hook_can_send(kind, item.data, value))
        code = proof_put(&call->handle->proof, kind, item.data, value);
    if (code == FOB_SUCCESS)
        call->handle->header_entry = call->entry;
    return code == FOB_INVALID ? hook_refuse_done(call, refused[kind]) : code;
}

static int hook_take_identity(struct hook_call *call, struct span items)
{
    const char *id = frame_text(items, FRAME_FIRST_TEXT + FOB_TEXT_REMOTE_ID);
    const char *name = frame_text(items, FRAME_FIRST_TEXT + FOB_TEXT_REMOTE_NAME);
    struct record *candidate = call->handle->candidate;
    char *shown;
    int code;

    if (id == NULL && name == NULL)
        return FOB_SUCCESS;
    if (call->answer != NULL || candidate == NULL || id == NULL || name == NULL || id[0] == '\0' ||
        strlen(id) > IDENTITY_MAX || strlen(name) > IDENTITY_MAX ||
        text_has_control(id, strlen(id)))
        return hook_refuse_done(call, "set such an identity");
    shown = strdup(name);
    if (shown == NULL)
        return error_nomem();
    text_make_printable(shown);
    code = record_set_text(candidate, FOB_TEXT_REMOTE_ID, id);
    if (code == FOB_SUCCESS)
        code = record_set_text(candidate, FOB_TEXT_REMOTE_NAME, shown);
    free(shown);
    return code;
}

static int hook_take_base_url(struct hook_call *call, const char *text)
{
    char *copy;

    if (call->hook != HOOK_AUTHORIZE || address_fault(text, ADDRESS_BASE) != NULL)
        return hook_refuse_done(call, "set such a base URL");
    copy = strdup(text);
    if (copy == NULL)
        return error_nomem();
    free(call->handle->base_url);
    call->handle->base_url = copy;
    return FOB_SUCCESS;
}

static int hook_take_expiry(struct hook_call *call, struct span item)
{
    if (call->hook != HOOK_LINK)
        return hook_refuse_done(call, "set an expiry");
    record_set_time(call->handle->candidate, FOB_TIME_EXPIRES, (int64_t)wire_get(item.data, 8));
    return FOB_SUCCESS;
}

static int hook_take_untried(struct hook_call *call)
{
    if (call->hook != HOOK_VALIDATE || call->handle->thorough)
        return hook_refuse_done(call, "leave rights untried");
    call->handle->untried = true;
    return FOB_SUCCESS;
}

/* Apply any item but the identity and the messages. */
static int hook_take_item(struct hook_call *call, uint8_t tag, struct span item)
{
    switch (tag) {
    case FRAME_PUBLIC_FIELD:
    case FRAME_SECRET_FIELD:
        return hook_take_field(call, tag, item);
    case FRAME_TOKEN:
        return hook_take_token(call, item);
    case FRAME_HEADER:
    case FRAME_PARAMETER:
    case FRAME_CERTIFICATE:
        return hook_take_proof(call, frame_proof_kind(tag), item);
    case FRAME_BASE_URL:
        return hook_take_base_url(call, item.data);
    case FRAME_FIRST_TIME + FOB_TIME_EXPIRES:
        return hook_take_expiry(call, item);
    case FRAME_UNTRIED:
        return hook_take_untried(call);
    default:
        return FOB_SUCCESS;
    }
}

/* Set the hook's message and hint as the error. */
static void hook_take_words(struct span items, int code)
{
    const char *message = frame_text(items, FRAME_MESSAGE);
    const char *hint = frame_text(items, FRAME_HINT);

    error_set(code, "%s", message != NULL ? message : "");
    if (hint != NULL && hint[0] != '\0')
        error_hint("%s", hint);
}

int hook_take_done(struct hook_call *call, struct span items, int *result)
{
    const int returned = (int)(int32_t)frame_number(items, FRAME_CODE, 0);
    struct span rest = items;
    struct span item;
    uint8_t tag;
    int code;

    call->skipped = frame_find(items, FRAME_SKIPPED, &item);
    if (call->skipped)
        return call->batched ? FOB_SUCCESS : hook_refuse_done(call, "be skipped");
    code = hook_take_identity(call, items);
    hook_take_end(call, items);
    while (code == FOB_SUCCESS && frame_next(&rest, &tag, &item))
        code = hook_take_item(call, tag, item);
    if (code != FOB_SUCCESS)
        return code;
    if (returned >= 0 && returned < FOB_CODE_COUNT) {
        hook_take_words(items, returned);
        *result = returned;
        return FOB_SUCCESS;
    }
    error_set(FOB_PLUGIN, "plugin %s: its %s returned %d, which is not a code",
              call->entry->plugin->declared.name, hook_title(call), returned);
    *result = FOB_CODE_COUNT;
    return FOB_SUCCESS;
}

int hook_check_answer(const struct hook_call *call)
{
    const struct fob_answer *answer = call->answer;

    if (answer->head.size == 0 || answer->body.size != answer->size)
        return error_set(FOB_PLUGIN, "plugin %s: its %s ended in the middle of an answer",
                         call->entry->plugin->declared.name, hook_title(call));
    if ((answer->flags & FOB_AS_ITEMS) != 0 && answer->size > 0 &&
        !tree_check((struct span){ answer->body.data, answer->body.size }))
        return error_set(FOB_PLUGIN, "plugin %s: its %s sent invalid items",
                         call->entry->plugin->declared.name, hook_title(call));
    return FOB_SUCCESS;
}
