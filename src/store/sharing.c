/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes the index: frames of entries, each frame sealed by itself and appended. */
#include "config.h"

#include "store/sharing_impl.h"

#include "util/array.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* Offsets in a frame. */
enum {
    AT_SIZE = 0,
    AT_SALT = AT_SIZE + 4,
    AT_SEALED = AT_SALT + CRYPTO_SALT,
    FRAME_EXTRA = AT_SEALED + CRYPTO_TAG,
};

struct sharing {
    struct store *store;
    struct sharing_keys keys;
    struct strbuf plain;
    int code;
};

int sharing_keys_open(struct store *store, struct sharing_keys *keys)
{
    struct sharing_keys new = { NULL, NULL };
    int code = store_derive(store, "sharing", &new.seal);

    if (code == FOB_SUCCESS)
        code = store_derive(store, "sharing marks", &new.marks);
    if (code == FOB_SUCCESS)
        *keys = new;
    else
        fob_secret_free(new.seal);
    return code;
}

void sharing_keys_close(struct sharing_keys *keys)
{
    fob_secret_free(keys->seal);
    fob_secret_free(keys->marks);
}

int sharing_make_mark(const struct sharing_keys *keys, const struct record *record,
                      const char *name, struct span value, unsigned char mark[static SHARING_MARK])
{
    const char *provider = record_text(record, FOB_TEXT_PROVIDER);
    const struct span parts[] = {
        { provider, strlen(provider) + 1 },
        { name, strlen(name) + 1 },
        value,
    };
    unsigned char hash[CRYPTO_HASH];
    int code = crypto_hmac(crypto_key(keys->marks), parts, ARRAY_SIZE(parts), hash);

    if (code == FOB_SUCCESS)
        memcpy(mark, hash, SHARING_MARK);
    return code;
}

static int sharing_make_marks(const struct sharing_keys *keys, const struct record *record,
                              struct sharing_marks *marks)
{
    const char *id = record_text(record, FOB_TEXT_REMOTE_ID);
    int code = FOB_SUCCESS;

    marks->count = 0;
    for (size_t i = 0; i < record_field_count(record) && code == FOB_SUCCESS; i++) {
        struct record_field field;

        record_field_at(record, i, &field);
        code = sharing_make_mark(keys, record, field.name, (struct span){ field.value, field.size },
                                 marks->marks[marks->count++]);
    }
    if (code == FOB_SUCCESS && id[0] != '\0')
        code = sharing_make_mark(keys, record, "", wire_text(id), marks->marks[marks->count++]);
    return code;
}

void sharing_put_stamp(unsigned char *at, const struct driver_stamp *stamp)
{
    wire_put(at, stamp->words[0], 8);
    wire_put(at + 8, stamp->words[1], 8);
}

void sharing_put_head(struct strbuf *plain, const struct driver_stamp *before,
                      const struct driver_stamp *after)
{
    unsigned char head[SHARING_ENTRIES];

    sharing_put_stamp(head + SHARING_BEFORE, before);
    sharing_put_stamp(head + SHARING_AFTER, after);
    strbuf_add(plain, head, sizeof head);
}

int sharing_put_entry(const struct sharing_keys *keys, const char *name,
                      const struct record *record, struct strbuf *plain)
{
    unsigned char head[SHARING_NAME] = { 0 };
    struct sharing_marks marks = { .count = 0 };
    int code;

    if (!text_is_name(name))
        return FOB_SUCCESS; /* no account */
    code = record != NULL ? sharing_make_marks(keys, record, &marks) : FOB_SUCCESS;
    if (code != FOB_SUCCESS)
        return code;
    head[SHARING_NAME_SIZE] = (unsigned char)strlen(name);
    head[SHARING_MARK_COUNT] = (unsigned char)marks.count;
    strbuf_add(plain, head, sizeof head);
    strbuf_add(plain, name, strlen(name));
    strbuf_add(plain, marks.marks, marks.count * SHARING_MARK);
    return plain->failed ? error_nomem() : FOB_SUCCESS;
}

size_t sharing_entry_size(const unsigned char *entry)
{
    return SHARING_NAME + (size_t)entry[SHARING_NAME_SIZE] +
           (size_t)entry[SHARING_MARK_COUNT] * SHARING_MARK;
}

static struct crypto_box sharing_frame_box(const struct sharing_keys *keys,
                                           const unsigned char *frame)
{
    static const char label[] = "fob sharing";

    return (struct crypto_box){
        .input = {
            .key = crypto_key(keys->seal),
            .salt = { frame + AT_SALT, CRYPTO_SALT },
            .info = { label, sizeof label - 1 },
        },
        .parts = { { frame, AT_SEALED } },
    };
}

int sharing_append(struct store *store, const struct sharing_keys *keys, const struct strbuf *plain)
{
    size_t size = plain->size + FRAME_EXTRA;
    unsigned char *frame = plain->failed ? NULL : malloc(size);
    struct crypto_box box;
    int code = frame != NULL ? crypto_random(frame + AT_SALT, CRYPTO_SALT) : error_nomem();

    if (code == FOB_SUCCESS) {
        wire_put(frame + AT_SIZE, plain->size, 4);
        box = sharing_frame_box(keys, frame);
        code = crypto_seal(&box, (struct span){ plain->data, plain->size }, frame + AT_SEALED);
    }
    if (code == FOB_SUCCESS)
        code = store->class->add_sharing(store->driver, SHARING_MAX, (struct span){ frame, size });
    free(frame);
    return code;
}

int sharing_next_frame(const struct sharing_keys *keys, struct blob *rest, struct blob *plain)
{
    unsigned char *frame = rest->data;
    struct crypto_box box;
    size_t size;
    int code;

    if (rest->size < FRAME_EXTRA + SHARING_ENTRIES)
        return FOB_CORRUPT;
    size = (size_t)wire_get(frame + AT_SIZE, 4);
    if (size < SHARING_ENTRIES || size > rest->size - FRAME_EXTRA)
        return FOB_CORRUPT;
    box = sharing_frame_box(keys, frame);
    code = crypto_unseal(&box, (struct span){ frame + AT_SEALED, size + CRYPTO_TAG },
                         frame + AT_SEALED);
    if (code != FOB_SUCCESS)
        return code;
    *plain = (struct blob){ frame + AT_SEALED, size };
    *rest = (struct blob){ frame + FRAME_EXTRA + size, rest->size - FRAME_EXTRA - size };
    return FOB_SUCCESS;
}

struct sharing *sharing_begin(struct store *store)
{
    const struct driver_stamp none = { { 0, 0 } };
    struct sharing *sharing = calloc(1, sizeof *sharing);
    struct driver_stamp before;

    if (sharing == NULL)
        return NULL;
    sharing->store = store;
    sharing->plain = STRBUF_INIT;
    sharing->code = store->class->stamp(store->driver, NULL, &before);
    if (sharing->code == FOB_SUCCESS)
        sharing->code = sharing_keys_open(store, &sharing->keys);
    if (sharing->code == FOB_SUCCESS)
        sharing_put_head(&sharing->plain, &before, &none);
    return sharing;
}

void sharing_add(struct sharing *sharing, const struct record *record)
{
    if (sharing != NULL && sharing->code == FOB_SUCCESS)
        sharing->code =
            sharing_put_entry(&sharing->keys, record_name(record), record, &sharing->plain);
}

void sharing_erase(struct sharing *sharing, const char *name)
{
    if (sharing != NULL && sharing->code == FOB_SUCCESS)
        sharing->code = sharing_put_entry(&sharing->keys, name, NULL, &sharing->plain);
}

/* The stamps exist only after the driver has written the records. */
static int sharing_put_stamps(struct sharing *sharing)
{
    struct store *store = sharing->store;
    struct driver_stamp stamp;
    int code = sharing->plain.failed ? FOB_NOMEM : store->class->stamp(store->driver, NULL, &stamp);
    unsigned char *at = (unsigned char *)sharing->plain.data;
    unsigned char *end = at + sharing->plain.size;

    if (code != FOB_SUCCESS)
        return code;
    sharing_put_stamp(at + SHARING_AFTER, &stamp);
    for (at += SHARING_ENTRIES; at < end; at += sharing_entry_size(at)) {
        char name[FOB_NAME_MAX + 1] = "";

        memcpy(name, at + SHARING_NAME, at[SHARING_NAME_SIZE]);
        if (store->class->stamp(store->driver, name, &stamp) == FOB_SUCCESS)
            sharing_put_stamp(at + SHARING_STAMP, &stamp);
    }
    return FOB_SUCCESS;
}

void sharing_end(struct sharing *sharing, int code)
{
    struct saved_error kept;
    int told;

    if (sharing == NULL)
        return;
    if (code == FOB_SUCCESS) {
        error_save(&kept);
        told = sharing->code == FOB_SUCCESS ? sharing_put_stamps(sharing) : sharing->code;
        if (told == FOB_SUCCESS)
            told = sharing_append(sharing->store, &sharing->keys, &sharing->plain);
        if (told != FOB_SUCCESS)
            sharing->store->class->remove_sharing(sharing->store->driver);
        error_restore(&kept, code);
    }
    sharing_keys_close(&sharing->keys);
    strbuf_free(&sharing->plain);
    free(sharing);
}
