/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes new headers: for a new store, with one slot more or less, or with another key.  The driver
 * then replaces the old header atomically. */
#include "config.h"

#include "store/keyring_impl.h"
#include "store/slot_note.h"

#include "util/error.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_KEY 1

/* A header that is being built. */
struct plan {
    uint32_t key_id;
    const unsigned char *store_id;
    const struct fob_secret *key;
    unsigned char *data;                                    /* KEYRING_HEADER_MAX bytes */
    unsigned char *end;                                     /* the end of what is written so far */
    unsigned char notes[KEYRING_SLOTS_MAX * SLOT_NOTE_MAX]; /* on the slots */
    size_t notes_size;
};

static int keyring_plan_begin(struct plan *plan)
{
    plan->data = malloc(KEYRING_HEADER_MAX);
    if (plan->data == NULL)
        return error_nomem();
    memcpy(plan->data, HEADER_MAGIC, AT_VERSION);
    wire_put(plan->data + AT_VERSION, HEADER_FORMAT, 2);
    wire_put(plan->data + AT_FLAGS, 0, 2);
    wire_put(plan->data + AT_KEY_ID, plan->key_id, 4);
    memcpy(plan->data + AT_STORE_ID, plan->store_id, STORE_ID);
    plan->end = plan->data + AT_ITEMS;
    return FOB_SUCCESS;
}

static int keyring_plan_room(const struct plan *plan, size_t size)
{
    size_t used = (size_t)(plan->end - plan->data);

    return used + size + HEADER_ENDING <= KEYRING_HEADER_MAX
               ? FOB_SUCCESS
               : error_set(FOB_INVALID, "the store's header has no room for more");
}

static int keyring_plan_item(struct plan *plan, uint8_t tag, struct span value)
{
    int code = keyring_plan_room(plan, value.size + WIRE_ITEM_EXTRA);

    if (code == FOB_SUCCESS)
        plan->end = wire_put_item(plan->end, tag, value.data, value.size);
    return code;
}

/* Append the MAC and the checksum, and move the result to HEADER.  Frees PLAN's memory. */
static int keyring_plan_finish(struct plan *plan, int code, struct blob *header)
{
    size_t size;

    if (code == FOB_SUCCESS && plan->notes_size > 0)
        code =
            keyring_plan_item(plan, TAG_SLOT_NOTES, (struct span){ plan->notes, plan->notes_size });
    size = (size_t)(plan->end - plan->data);
    if (code == FOB_SUCCESS)
        code = keyring_mac(plan->key, (struct span){ plan->data, size }, plan->end);
    if (code != FOB_SUCCESS) {
        free(plan->data);
        return code;
    }
    size += CRYPTO_HASH;
    crypto_sha256((struct span){ plan->data, size }, plan->data + size);
    *header = (struct blob){ plan->data, size + CRYPTO_HASH };
    return FOB_SUCCESS;
}

static int keyring_plan_slot(struct plan *plan, const struct slot *slot)
{
    unsigned char *at = plan->notes + plan->notes_size;

    plan->notes_size += (size_t)(slot_note_put(at, slot) - at);
    return keyring_plan_item(plan, TAG_SLOT, slot->body);
}

static int keyring_plan_new_slot(struct plan *plan, unsigned number, const struct new_slot *new)
{
    const struct slot_plan wrap = { new->kind, number, plan->key_id, plan->store_id, plan->key };
    unsigned char body[SLOT_BODY_MAX];
    struct slot slot = { .made = new->made, .label = new->label };
    size_t size;
    int code = slot_wrap(&wrap, new->material, body, &size);

    if (code != FOB_SUCCESS)
        return code;
    slot.body = (struct span){ body, size };
    return keyring_plan_slot(plan, &slot);
}

/* Add KEY, number ID, wrapped with the plan's key. */
static int keyring_plan_wrapped(struct plan *plan, uint8_t tag, uint32_t id,
                                const struct fob_secret *key, const char *info)
{
    unsigned char item[WRAPPED_SIZE];
    struct crypto_box box;
    int code;

    wire_put(item, id, 4);
    code = crypto_random(item + AT_WRAPPED_SALT, CRYPTO_SALT);
    box = keyring_wrapped_box(plan->key, plan->store_id, item, info);
    if (code == FOB_SUCCESS)
        code = crypto_seal(&box, crypto_key(key), item + AT_WRAPPED_SEALED);
    return code == FOB_SUCCESS ? keyring_plan_item(plan, tag, (struct span){ item, sizeof item })
                               : code;
}

static int keyring_plan_others(struct plan *plan, const struct keyring *keyring)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < keyring->other_count && code == FOB_SUCCESS; i++) {
        const struct span *other = &keyring->others[i];

        code = keyring_plan_room(plan, other->size);
        if (code == FOB_SUCCESS) {
            memcpy(plan->end, other->data, other->size);
            plan->end += other->size;
        }
    }
    return code;
}

static int keyring_make_key(struct fob_secret **key)
{
    int code = crypto_ready();

    if (code == FOB_SUCCESS)
        code = secret_alloc(CRYPTO_KEY, key);
    if (code == FOB_SUCCESS)
        code = crypto_random(secret_buffer(*key), CRYPTO_KEY);
    return code;
}

int keyring_create(const struct new_slot *slot, struct blob *header)
{
    unsigned char store_id[STORE_ID];
    struct plan plan = { .key_id = FIRST_KEY, .store_id = store_id };
    struct fob_secret *key = NULL;
    int code = keyring_make_key(&key);

    if (code == FOB_SUCCESS)
        code = crypto_random(store_id, sizeof store_id);
    if (code == FOB_SUCCESS) {
        plan.key = key;
        code = keyring_plan_begin(&plan);
    }
    if (code == FOB_SUCCESS)
        code = keyring_plan_finish(&plan, keyring_plan_new_slot(&plan, 1, slot), header);
    fob_secret_free(key);
    return code;
}

/* Plan the same header, with all slots except number WITHOUT. */
static int keyring_plan_same(struct plan *plan, const struct keyring *keyring, unsigned without)
{
    int code;

    *plan = (struct plan){
        .key_id = keyring->key_id,
        .store_id = keyring->store_id,
        .key = keyring->key,
    };
    code = keyring_plan_begin(plan);
    for (size_t i = 0; i < keyring->slot_count && code == FOB_SUCCESS; i++) {
        if (keyring->slots[i].number != without)
            code = keyring_plan_slot(plan, &keyring->slots[i]);
    }
    if (code == FOB_SUCCESS && keyring->log_key_item.size > 0)
        code = keyring_plan_item(plan, TAG_LOG_KEY, keyring->log_key_item);
    return code == FOB_SUCCESS ? keyring_plan_others(plan, keyring) : code;
}

static int keyring_plan_same_old_key(struct plan *plan, const struct keyring *keyring)
{
    return keyring->old_key_item.size > 0
               ? keyring_plan_item(plan, TAG_OLD_KEY, keyring->old_key_item)
               : FOB_SUCCESS;
}

int keyring_add_slot(const struct keyring *keyring, const struct new_slot *slot,
                     struct blob *header, unsigned *number)
{
    unsigned free_number = 1;
    struct plan plan;
    int code;

    if (keyring->slot_count == KEYRING_SLOTS_MAX)
        return error_set(FOB_INVALID, "there are %d key slots already, and no room for more",
                         KEYRING_SLOTS_MAX);
    while (keyring_slot(keyring, free_number) != NULL)
        free_number++;
    code = keyring_plan_same(&plan, keyring, 0);
    if (code == FOB_SUCCESS)
        code = keyring_plan_same_old_key(&plan, keyring);
    if (code == FOB_SUCCESS)
        code = keyring_plan_new_slot(&plan, free_number, slot);
    code = keyring_plan_finish(&plan, code, header);
    if (code == FOB_SUCCESS)
        *number = free_number;
    return code;
}

int keyring_remove_slot(const struct keyring *keyring, unsigned number, struct blob *header)
{
    struct plan plan;
    int code;

    if (keyring_slot(keyring, number) == NULL)
        return error_set(FOB_NOT_FOUND, "there is no key slot %u", number);
    if (keyring->slot_count == 1) {
        error_set(FOB_INVALID, "key slot %u is the last one: without it the store cannot be opened",
                  number);
        error_hint("add another with \"fob key add\" first");
        return FOB_INVALID;
    }
    code = keyring_plan_same(&plan, keyring, number);
    if (code == FOB_SUCCESS)
        code = keyring_plan_same_old_key(&plan, keyring);
    return keyring_plan_finish(&plan, code, header);
}

int keyring_begin_rotation(const struct keyring *keyring, struct fob_secret *const *materials,
                           struct blob *header, struct fob_secret **key)
{
    struct plan plan = { .key_id = keyring->key_id + 1, .store_id = keyring->store_id };
    struct fob_secret *log_key = NULL;
    struct fob_secret *new = NULL;
    int code = keyring_make_key(&new);

    if (code == FOB_SUCCESS)
        code = keyring_log_key(keyring, &log_key);
    if (code == FOB_SUCCESS) {
        plan.key = new;
        code = keyring_plan_begin(&plan);
    }
    if (code != FOB_SUCCESS)
        goto out;
    for (size_t i = 0; i < keyring->slot_count && code == FOB_SUCCESS; i++) {
        const struct slot *slot = &keyring->slots[i];
        const struct new_slot again = { slot->kind, materials[i], slot->made, slot->label };

        code = keyring_plan_new_slot(&plan, slot->number, &again);
    }
    if (code == FOB_SUCCESS)
        code = keyring_plan_wrapped(&plan, TAG_OLD_KEY, keyring->key_id, keyring->key,
                                    WRAPPED_OLD_KEY);
    if (code == FOB_SUCCESS)
        code = keyring_plan_wrapped(&plan, TAG_LOG_KEY, 0, log_key, WRAPPED_LOG_KEY);
    if (code == FOB_SUCCESS)
        code = keyring_plan_others(&plan, keyring);
    code = keyring_plan_finish(&plan, code, header);
out:
    fob_secret_free(log_key);
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *key = new;
    return FOB_SUCCESS;
}

int keyring_end_rotation(const struct keyring *keyring, struct blob *header)
{
    struct plan plan;
    int code = keyring_plan_same(&plan, keyring, 0);

    return keyring_plan_finish(&plan, code, header);
}
