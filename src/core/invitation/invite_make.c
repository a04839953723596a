/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes what a new link needs: a token, keys, a PIN; and shows the invitation on the page. */
#include "config.h"

#include "core/invitation/invite.h"

#include "spool/hpke.h"
#include "util/array.h"
#include "util/base64.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define PIN_DIGITS 6
#define PINS 1000000U

/* "URL/i/TOKEN" */
static int invite_make_link(const struct fob_context *context,
                            const unsigned char token[static SPOOL_TOKEN], struct fob_secret **link)
{
    const char *url = context->settings->hub.url;
    char text[SPOOL_TOKEN_TEXT + 1];
    struct fob_secret *new = NULL;
    int code = fob_secret_new(url, strlen(url), &new);

    base64_url_write(token, SPOOL_TOKEN, text);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(new, "/i/", 3);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(new, text, SPOOL_TOKEN_TEXT);
    secret_wipe(text, sizeof text);
    if (code == FOB_SUCCESS)
        *link = new;
    else
        fob_secret_free(new);
    return code;
}

/* Six random digits. */
static int invite_make_pin(struct fob_secret **pin)
{
    char digits[PIN_DIGITS + 1];
    uint32_t number;
    int code;

    do {
        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
            return error_system("random bytes");
    } while (number >= UINT32_MAX - UINT32_MAX % PINS);
    (void)snprintf(digits, sizeof digits, "%06u", number % PINS);
    code = fob_secret_new(digits, PIN_DIGITS, pin);
    secret_wipe(digits, sizeof digits);
    return code;
}

void invite_clear(struct invite *invite)
{
    record_free(invite->record);
    fob_secret_free(invite->link);
    fob_secret_free(invite->pin);
    fob_invitation_free(invite->copy);
}

static int invite_make_keys(struct record *record)
{
    unsigned char public_key[HPKE_KEY];
    char text[BASE64URL_SIZE(HPKE_KEY) + 1];
    struct fob_secret *key = NULL;
    int code = hpke_make_keys(&key, public_key);

    if (code != FOB_SUCCESS)
        return code;
    base64_url_write(public_key, sizeof public_key, text);
    code = invitation_set_text(record, INVITATION_PUBLIC_KEY, text);
    if (code == FOB_SUCCESS)
        code = invitation_set_secret(record, INVITATION_KEY,
                                     (struct span){ fob_secret_data(key), fob_secret_size(key) });
    fob_secret_free(key);
    return code;
}

int invite_begin(struct fob_context *context, bool pin, struct invite *invite)
{
    unsigned char token[SPOOL_TOKEN];
    unsigned char hash[SPOOL_HASH];
    char text[2 * SPOOL_HASH + 1];
    char name[INVITATION_NAME_ROOM];
    int code = spool_name_token(token);

    if (code != FOB_SUCCESS)
        return code;
    spool_name_hash(token, hash);
    text_hex(hash, sizeof hash, text);
    (void)snprintf(name, sizeof name, INVITATION_KIND ":%.*s", SPOOL_ID_TEXT, text);
    code = record_new(name, &invite->record);
    if (code == FOB_SUCCESS)
        code = invitation_set_text(invite->record, INVITATION_HASH, text);
    if (code == FOB_SUCCESS)
        code = invite_make_keys(invite->record);
    if (code == FOB_SUCCESS)
        code = invite_make_link(context, token, &invite->link);
    if (code == FOB_SUCCESS && pin)
        code = invite_make_pin(&invite->pin);
    if (code == FOB_SUCCESS && pin)
        code = invitation_set_secret(invite->record, INVITATION_PIN,
                                     (struct span){ fob_secret_data(invite->pin), PIN_DIGITS });
    if (code == FOB_SUCCESS)
        code = invitation_set_number(invite->record, INVITATION_ASKS_PIN, pin);
    secret_wipe(token, sizeof token);
    return code;
}

int invite_set_numbers(struct record *record, int64_t now, int64_t valid, int64_t attempts)
{
    const struct {
        enum invitation_number which;
        int64_t number;
    } numbers[] = {
        { INVITATION_MADE, now },
        { INVITATION_VALID, valid },
        { INVITATION_EXPIRES, now + valid },
        { INVITATION_LEFT, attempts },
        { INVITATION_ALLOWED, attempts },
    };
    int code = invitation_set_state(record, FOB_INVITATION_OPEN, now, NULL);

    for (size_t i = 0; i < ARRAY_SIZE(numbers) && code == FOB_SUCCESS; i++)
        code = invitation_set_number(record, numbers[i].which, numbers[i].number);
    return code;
}

int invite_publish(struct store *store, const struct invitation_spool *spool,
                   const struct fob_provider *provider, struct record *record)
{
    struct saved_error saved;
    int code = store_insert(store, record);

    if (code != FOB_SUCCESS)
        return code;
    code = invitation_spool_card(spool, record, provider, "");
    if (code == FOB_SUCCESS)
        return code;
    error_save(&saved);
    (void)invitation_spool_remove(spool, invitation_id(record));
    (void)store_erase(store, record_name(record), record_generation(record));
    error_restore(&saved, code);
    return code;
}

void invite_give(struct invite *invite, struct fob_secret **link, struct fob_secret **pin,
                 struct fob_invitation **invitation)
{
    *link = invite->link;
    invite->link = NULL;
    if (pin != NULL && invite->pin != NULL) {
        *pin = invite->pin;
        invite->pin = NULL;
    }
    if (invitation != NULL) {
        *invitation = invite->copy;
        invite->copy = NULL;
    }
}
