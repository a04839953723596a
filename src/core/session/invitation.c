/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads and changes the record of an invitation. */
#include "config.h"

#include "core/session/invitation.h"

#include "util/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRESET "f-"
#define PRESET_SIZE (sizeof PRESET - 1)
#define SEEN_SIZE (SPOOL_ID_TEXT + 1)
/* Of the name of a sign-in's field. */
#define SLOT_ROOM 32

static const char *const text_names[INVITATION_TEXTS] = {
    [INVITATION_ACCOUNT] = "account",
    [INVITATION_HASH] = "hash",
    [INVITATION_PUBLIC_KEY] = "public-key",
    [INVITATION_TO] = "to",
    [INVITATION_FROM] = "from",
    [INVITATION_LABEL] = "label",
    [INVITATION_NOTE] = "note",
    [INVITATION_RETURN] = "return",
    [INVITATION_EXPECT] = "expect",
    [INVITATION_REASON] = "reason",
    [INVITATION_DROP] = "drop",
    [INVITATION_BROWSER] = "browser",
    [INVITATION_SEEN] = "seen",
};
static const char *const number_names[INVITATION_NUMBERS] = {
    [INVITATION_STATE] = "state",       [INVITATION_FLAGS] = "flags",
    [INVITATION_RELINK] = "relink",     [INVITATION_MADE] = "made",
    [INVITATION_ASKS_PIN] = "asks-pin", [INVITATION_VALID] = "valid",
    [INVITATION_EXPIRES] = "expires",   [INVITATION_SINCE] = "since",
    [INVITATION_ALLOWED] = "allowed",   [INVITATION_LEFT] = "left",
    [INVITATION_UNCLEAR] = "unclear",   [INVITATION_FIRST_TRY] = "first-try",
    [INVITATION_TRIES] = "tries",       [INVITATION_NEXT] = "next",
};
static const char *const secret_names[INVITATION_SECRETS] = { "key", "pin" };

int invitation_name(const char *id, char name[static INVITATION_NAME_ROOM])
{
    unsigned char bytes[SPOOL_ID];

    if (!spool_name_read(id, strlen(id), bytes))
        return error_set(FOB_INVALID, "%s: not an invitation's ID", id);
    (void)snprintf(name, INVITATION_NAME_ROOM, INVITATION_KIND ":%s", id);
    return FOB_SUCCESS;
}

const char *invitation_id(const struct record *record)
{
    return record_name(record) + INVITATION_KIND_SIZE;
}

/* The value of the field NAME, which a NUL follows; "" when there is none. */
static struct span invitation_value(const struct record *record, const char *name)
{
    struct record_field field;

    if (record_find_field(record, name, &field) != FOB_SUCCESS)
        return (struct span){ "", 0 };
    return (struct span){ field.value, field.size };
}

/* An empty value is no field, unless it replaces one. */
static int invitation_set_value(struct record *record, const char *name, struct span value,
                                bool secret)
{
    struct record_field old;

    if (value.size == 0 && record_find_field(record, name, &old) != FOB_SUCCESS)
        return FOB_SUCCESS;
    return record_set_field(record, name, value.data, value.size, secret);
}

const char *invitation_text(const struct record *record, enum invitation_text which)
{
    return invitation_value(record, text_names[which]).data;
}

int invitation_set_text(struct record *record, enum invitation_text which, const char *text)
{
    return invitation_set_value(record, text_names[which], wire_text(text != NULL ? text : ""),
                                false);
}

int64_t invitation_number(const struct record *record, enum invitation_number which)
{
    return strtoll(invitation_value(record, number_names[which]).data, NULL, 10);
}

int invitation_set_number(struct record *record, enum invitation_number which, int64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, number);
    return invitation_set_value(record, number_names[which], wire_text(text), false);
}

struct span invitation_secret(const struct record *record, enum invitation_secret which)
{
    return invitation_value(record, secret_names[which]);
}

int invitation_set_secret(struct record *record, enum invitation_secret which, struct span secret)
{
    return invitation_set_value(record, secret_names[which], secret, true);
}

bool invitation_preset(const struct record *record, size_t index, struct record_field *field)
{
    for (size_t i = 0; i < record_field_count(record); i++) {
        record_field_at(record, i, field);
        if (strncmp(field->name, PRESET, PRESET_SIZE) != 0 || index-- > 0)
            continue;
        field->name += PRESET_SIZE;
        return true;
    }
    return false;
}

int invitation_set_preset(struct record *record, const struct record_field *field)
{
    char name[PRESET_SIZE + FOB_NAME_MAX + 1];

    (void)snprintf(name, sizeof name, PRESET "%s", field->name);
    return record_set_field(record, name, field->value, field->size, field->secret);
}

static void invitation_slot_names(unsigned index, char pending[static SLOT_ROOM],
                                  char drop[static SLOT_ROOM])
{
    (void)snprintf(pending, SLOT_ROOM, "sign-in-%u", index);
    (void)snprintf(drop, SLOT_ROOM, "sign-in-drop-%u", index);
}

bool invitation_sign_in(const struct record *record, unsigned index, struct span *pending,
                        struct span *drop)
{
    char names[2][SLOT_ROOM];

    invitation_slot_names(index, names[0], names[1]);
    *pending = invitation_value(record, names[0]);
    *drop = invitation_value(record, names[1]);
    return pending->size > 0;
}

int invitation_set_sign_in(struct record *record, unsigned index, struct span pending,
                           struct span drop)
{
    char names[2][SLOT_ROOM];
    int code;

    invitation_slot_names(index, names[0], names[1]);
    code = invitation_set_value(record, names[0], pending, true);
    return code == FOB_SUCCESS ? invitation_set_value(record, names[1], drop, true) : code;
}

enum fob_invitation_state invitation_state(const struct record *record)
{
    const int64_t state = invitation_number(record, INVITATION_STATE);

    return state >= 0 && state < FOB_INVITATION_STATES ? (enum fob_invitation_state)state
                                                       : FOB_INVITATION_CANCELLED;
}

int invitation_set_state(struct record *record, enum fob_invitation_state state, int64_t now,
                         const char *reason)
{
    int code = invitation_set_number(record, INVITATION_STATE, (int64_t)state);

    if (code == FOB_SUCCESS)
        code = invitation_set_number(record, INVITATION_SINCE, now);
    return code == FOB_SUCCESS ? invitation_set_text(record, INVITATION_REASON, reason) : code;
}

bool invitation_is_end(enum fob_invitation_state state)
{
    return state >= FOB_INVITATION_DONE;
}

bool invitation_has_seen(const struct record *record, const char *drop)
{
    const struct span seen = invitation_value(record, text_names[INVITATION_SEEN]);
    const char *at = seen.data;

    for (size_t i = 0; i + SPOOL_ID_TEXT <= seen.size; i += SEEN_SIZE) {
        if (strncmp(at + i, drop, SPOOL_ID_TEXT) == 0)
            return true;
    }
    return false;
}

int invitation_add_seen(struct record *record, const char *drop)
{
    struct strbuf text = STRBUF_INIT;
    int code;

    if (invitation_has_seen(record, drop))
        return FOB_SUCCESS;
    strbuf_printf(&text, "%s%s ", invitation_text(record, INVITATION_SEEN), drop);
    code = text.failed ? error_nomem() : invitation_set_text(record, INVITATION_SEEN, text.data);
    strbuf_free(&text);
    return code;
}

int invitation_end(struct record *record, enum fob_invitation_state state, int64_t now,
                   const char *reason)
{
    int code = invitation_set_state(record, state, now, reason);

    for (size_t i = 0; i < record_field_count(record) && code == FOB_SUCCESS; i++) {
        struct record_field field;

        record_field_at(record, i, &field);
        if (field.secret)
            code = record_set_field(record, field.name, "", 0, true);
    }
    return code == FOB_SUCCESS ? invitation_set_text(record, INVITATION_DROP, NULL) : code;
}
