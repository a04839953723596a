/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes, parses and opens key slots. */
#include "config.h"

#include "store/slot.h"

#include "util/error.h"
#include "util/secret.h"

#include <string.h>

/* Offsets in a slot's body. */
enum {
    AT_KIND = 0,
    AT_NUMBER = 1,
    AT_ZERO = 2,
    AT_KEY_ID = 4,
    AT_SALT = 8,
    AT_PARAMETERS = AT_SALT + CRYPTO_SALT,
    AT_MEMORY = AT_PARAMETERS,
    AT_PASSES = AT_MEMORY + 4,
    AT_LANES = AT_PASSES + 4,
};
#define COST_SIZE 12
#define WRAPPED (CRYPTO_KEY + CRYPTO_TAG)

/* Limits on a slot's cost: the header is read before it is authenticated. */
static const struct crypto_cost cost_most = { 1024 * 1024, 64, 16 };

static size_t slot_parameters_size(enum slot_kind kind)
{
    return kind == SLOT_PASSPHRASE ? COST_SIZE : 0;
}

static struct crypto_cost slot_cost_of(const unsigned char *body)
{
    return (struct crypto_cost){
        .memory = (uint32_t)wire_get(body + AT_MEMORY, 4),
        .passes = (uint32_t)wire_get(body + AT_PASSES, 4),
        .lanes = (uint32_t)wire_get(body + AT_LANES, 4),
    };
}

static struct crypto_box slot_box(struct span key, const unsigned char *body,
                                  const unsigned char *store_id, enum slot_kind kind)
{
    static const char info[] = "fob slot";

    return (struct crypto_box){
        .input = { key, { body + AT_SALT, CRYPTO_SALT }, { info, sizeof info - 1 } },
        .parts = { { store_id, STORE_ID }, { body, AT_PARAMETERS + slot_parameters_size(kind) } },
    };
}

/* The key for the slot's box: MATERIAL itself, or the stretched passphrase, which then is in
 * STRETCHED too. */
static int slot_key(enum slot_kind kind, const unsigned char *body,
                    const struct fob_secret *material, struct fob_secret **stretched,
                    struct span *key)
{
    const struct fob_secret *source = material;
    struct crypto_cost cost;
    int code = FOB_SUCCESS;

    if (kind == SLOT_PASSPHRASE) {
        cost = slot_cost_of(body);
        code = crypto_stretch(material, (struct span){ body + AT_SALT, CRYPTO_SALT }, &cost,
                              stretched);
        source = *stretched;
    }
    if (code == FOB_SUCCESS)
        *key = crypto_key(source);
    return code;
}

static int slot_put_cost(unsigned char *body)
{
    struct crypto_cost cost;
    int code = crypto_calibrate(&cost);

    if (code != FOB_SUCCESS)
        return code;
    wire_put(body + AT_MEMORY, cost.memory, 4);
    wire_put(body + AT_PASSES, cost.passes < cost_most.passes ? cost.passes : cost_most.passes, 4);
    wire_put(body + AT_LANES, cost.lanes, 4);
    return FOB_SUCCESS;
}

int slot_wrap(const struct slot_plan *plan, const struct fob_secret *material,
              unsigned char body[static SLOT_BODY_MAX], size_t *size)
{
    size_t wrapped = AT_PARAMETERS + slot_parameters_size(plan->kind);
    struct fob_secret *stretched = NULL;
    struct crypto_box box;
    struct span key = { NULL, 0 };
    int code;

    memset(body, 0, wrapped);
    body[AT_KIND] = (unsigned char)plan->kind;
    body[AT_NUMBER] = (unsigned char)plan->number;
    wire_put(body + AT_KEY_ID, plan->key_id, 4);
    code = crypto_random(body + AT_SALT, CRYPTO_SALT);
    if (code == FOB_SUCCESS && plan->kind == SLOT_PASSPHRASE)
        code = slot_put_cost(body);
    if (code == FOB_SUCCESS)
        code = slot_key(plan->kind, body, material, &stretched, &key);
    if (code == FOB_SUCCESS) {
        box = slot_box(key, body, plan->store_id, plan->kind);
        code = crypto_seal(&box, crypto_key(plan->key), body + wrapped);
    }
    if (code == FOB_SUCCESS)
        *size = wrapped + WRAPPED;
    fob_secret_free(stretched);
    return code;
}

static bool slot_cost_is_sane(struct crypto_cost cost)
{
    return cost.passes >= 1 && cost.passes <= cost_most.passes && cost.lanes >= 1 &&
           cost.lanes <= cost_most.lanes && cost.memory >= 8 * cost.lanes &&
           cost.memory <= cost_most.memory;
}

int slot_parse(struct span body, struct slot *slot)
{
    static const unsigned char zero[AT_KEY_ID - AT_ZERO];
    const unsigned char *bytes = body.data;
    enum slot_kind kind;

    if (body.size < AT_PARAMETERS + WRAPPED || body.size > SLOT_BODY_MAX)
        return FOB_CORRUPT;
    kind = (enum slot_kind)bytes[AT_KIND];
    if (kind >= SLOT_KEY_FILE && kind <= SLOT_COMMAND) {
        if (memcmp(bytes + AT_ZERO, zero, sizeof zero) != 0 ||
            body.size != AT_PARAMETERS + slot_parameters_size(kind) + WRAPPED)
            return FOB_CORRUPT;
    }
    if (kind == SLOT_PASSPHRASE && !slot_cost_is_sane(slot_cost_of(bytes)))
        return FOB_CORRUPT;
    *slot = (struct slot){
        .kind = kind,
        .number = bytes[AT_NUMBER],
        .key_id = (uint32_t)wire_get(bytes + AT_KEY_ID, 4),
        .body = body,
        .label = "",
    };
    return FOB_SUCCESS;
}

const unsigned char *slot_salt(const struct slot *slot)
{
    return (const unsigned char *)slot->body.data + AT_SALT;
}

struct crypto_cost slot_cost(const struct slot *slot)
{
    return slot_cost_of(slot->body.data);
}

int slot_unwrap(const struct slot *slot, const unsigned char *store_id,
                const struct fob_secret *material, struct fob_secret **key)
{
    const unsigned char *body = slot->body.data;
    struct fob_secret *stretched = NULL;
    struct fob_secret *new = NULL;
    struct crypto_box box;
    struct span slot_secret = { NULL, 0 };
    int code = slot_key(slot->kind, body, material, &stretched, &slot_secret);

    if (code == FOB_SUCCESS)
        code = secret_alloc(CRYPTO_KEY, &new);
    if (code == FOB_SUCCESS) {
        box = slot_box(slot_secret, body, store_id, slot->kind);
        code = crypto_unseal(&box, (struct span){ body + slot->body.size - WRAPPED, WRAPPED },
                             secret_buffer(new));
        if (code == FOB_CORRUPT)
            code = FOB_LOCKED;
    }
    if (code == FOB_SUCCESS) {
        *key = new;
        new = NULL;
    }
    fob_secret_free(new);
    fob_secret_free(stretched);
    return code;
}
