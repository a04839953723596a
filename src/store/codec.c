/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Encodes and decodes records; a plaintext is refused unless every bit of it is understood. */
#include "config.h"

#include "store/codec.h"

#include "store/record_impl.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

enum tag {
    TAG_END = 0,
    TAG_STATUS = 1,
    TAG_RESUME_STATUS = 2,
    TAG_GENERATION = 3,
    TAG_PUBLIC_FIELD = 4, /* name, NUL, value */
    TAG_SECRET_FIELD = 5,
    TAG_TOKEN = TOKEN_TAG,
    TAG_FIRST_TEXT = 16,   /* plus the number in enum fob_text */
    TAG_FIRST_TIME = 32,   /* likewise, with enum fob_time */
    TAG_UNREPORTED = 0x81, /* fob 0.1 skips these */
    TAG_TOKEN_BEFORE = 0x82,
};

/* The tags below this that were read, to detect duplicates. */
#define TAGS_ONCE 64

static size_t codec_padded_size(size_t size)
{
    return (size + CODEC_BLOCK - 1) / CODEC_BLOCK * CODEC_BLOCK;
}

static size_t codec_tokens_size(const struct record *record, const struct record_token *entries,
                                size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++) {
        const struct token token = record_token_of(record, &entries[i]);

        size += WIRE_ITEM_EXTRA + token_size(&token);
    }
    return size;
}

static size_t codec_encoded_size(const struct record *record)
{
    size_t size = 3 * (WIRE_ITEM_EXTRA + 1) + WIRE_ITEM_EXTRA + 8 + 1;

    for (int i = 0; i < FOB_TEXT_COUNT; i++)
        size += record->texts[i].size > 0 ? WIRE_ITEM_EXTRA + record->texts[i].size : 0;
    for (int i = 0; i < FOB_TIME_COUNT; i++)
        size += record->times[i] != 0 ? WIRE_ITEM_EXTRA + 8 : 0;
    for (size_t i = 0; i < record->field_count; i++)
        size += WIRE_ITEM_EXTRA + record->fields[i].name.size + 1 + record->fields[i].value.size;
    size += codec_tokens_size(record, record->tokens, record->token_count) +
            codec_tokens_size(record, record->before, record->before_count);
    return codec_padded_size(size);
}

static unsigned char *codec_put_number(unsigned char *at, int tag, uint64_t value, size_t size)
{
    unsigned char bytes[8];

    wire_put(bytes, value, size);
    return wire_put_item(at, (uint8_t)tag, bytes, size);
}

static unsigned char *codec_put_field(unsigned char *at, const struct record_field *field)
{
    size_t name = strlen(field->name) + 1;

    *at = field->secret ? TAG_SECRET_FIELD : TAG_PUBLIC_FIELD;
    wire_put(at + 1, name + field->size, 4);
    memcpy(at + 5, field->name, name);
    memcpy(at + 5 + name, field->value, field->size + 1);
    return at + WIRE_ITEM_EXTRA + name + field->size;
}

static unsigned char *codec_put_token(unsigned char *at, int tag, const struct record *record,
                                      const struct record_token *entry)
{
    const struct token token = record_token_of(record, entry);

    *at = (unsigned char)tag;
    wire_put(at + 1, token_size(&token), 4);
    token_write(at + 5, &token);
    return at + WIRE_ITEM_EXTRA + token_size(&token); /* the NUL is there already */
}

int codec_encode(const struct record *record, struct fob_secret **plain)
{
    struct fob_secret *new = NULL;
    size_t size = codec_encoded_size(record);
    unsigned char *at;
    int code;

    if (secret_is_lost(record->arena))
        return error_set(FOB_INVALID, "%s: read before a fork, it is empty in the child",
                         record->name);
    if (size > SECRET_MAX)
        return error_set(FOB_INVALID, "%s: all fields together are over %d bytes", record->name,
                         SECRET_MAX);
    code = secret_alloc(size, &new);
    if (code != FOB_SUCCESS)
        return code;
    at = (unsigned char *)secret_buffer(new);
    at = codec_put_number(at, TAG_STATUS, record->status, 1);
    at = codec_put_number(at, TAG_RESUME_STATUS, record->resume_status, 1);
    at = codec_put_number(at, TAG_GENERATION, record->generation, 8);
    if (record->unreported > 0)
        at = codec_put_number(at, TAG_UNREPORTED, (uint64_t)record_unreported(record), 1);
    for (int i = 0; i < FOB_TEXT_COUNT; i++) {
        if (record->texts[i].size > 0)
            at = wire_put_item(at, (uint8_t)(TAG_FIRST_TEXT + i),
                               record_text(record, (enum fob_text)i), record->texts[i].size);
    }
    for (int i = 0; i < FOB_TIME_COUNT; i++) {
        if (record->times[i] != 0)
            at = codec_put_number(at, TAG_FIRST_TIME + i, (uint64_t)record->times[i], 8);
    }
    for (size_t i = 0; i < record->field_count; i++) {
        struct record_field field;

        record_field_at(record, i, &field);
        at = codec_put_field(at, &field);
    }
    for (size_t i = 0; i < record->token_count; i++)
        at = codec_put_token(at, TAG_TOKEN, record, &record->tokens[i]);
    for (size_t i = 0; i < record->before_count; i++)
        at = codec_put_token(at, TAG_TOKEN_BEFORE, record, &record->before[i]);
    /* The rest is zero already: the end mark and the padding. */
    *plain = new;
    return FOB_SUCCESS;
}

static struct piece codec_piece_at(const struct record *record, const void *data, size_t size)
{
    size_t offset = (size_t)((const char *)data - fob_secret_data(record->arena));

    return (struct piece){ (uint32_t)offset, (uint32_t)size };
}

static bool codec_decode_status(struct span item, enum fob_status *status)
{
    uint64_t value = wire_get(item.data, 1);

    if (item.size != 1 || value >= FOB_STATUS_COUNT)
        return false;
    *status = (enum fob_status)value;
    return true;
}

static bool codec_decode_untold(struct record *record, struct span item)
{
    enum fob_status status;

    if (!codec_decode_status(item, &status))
        return false;
    record_set_unreported(record, (int)status);
    return true;
}

static bool codec_decode_field(struct record *record, struct span item, bool secret)
{
    const char *name = item.data;
    size_t name_size = strlen(name); /* wire_next_item() has checked the NUL at its end */
    struct record_field field;
    struct record_entry *entry;

    if (name_size >= item.size || item.size - name_size - 1 > FOB_VALUE_MAX ||
        record->field_count == RECORD_FIELDS_MAX || !text_is_identifier(name) ||
        record_find_field(record, name, &field) == FOB_SUCCESS)
        return false;
    entry = &record->fields[record->field_count++];
    entry->name = codec_piece_at(record, name, name_size);
    entry->value = codec_piece_at(record, name + name_size + 1, item.size - name_size - 1);
    entry->secret = secret;
    return true;
}

/* Add ITEM to COUNT entries, unless they have a token of its name. */
static bool codec_decode_token(const struct record *record, struct span item,
                               struct record_token *entries, size_t *count)
{
    struct token token;

    if (*count == TOKENS_MAX || !token_read(item, &token) || token.value.size > FOB_VALUE_MAX ||
        !text_is_identifier(token.name))
        return false;
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(record_bytes_of(record, entries[i].name), token.name) == 0)
            return false;
    }
    entries[*count] = (struct record_token){
        .name = codec_piece_at(record, token.name, strlen(token.name)),
        .value = codec_piece_at(record, token.value.data, token.value.size),
        .since = token.since,
        .ends = token.ends,
    };
    (*count)++;
    return true;
}

static bool codec_decode_text(struct record *record, struct span item, size_t which)
{
    if (which == FOB_TEXT_NAME || which >= FOB_TEXT_COUNT || item.size > FOB_VALUE_MAX ||
        strlen(item.data) != item.size)
        return false;
    record->texts[which] = codec_piece_at(record, item.data, item.size);
    return true;
}

static bool codec_decode_time(struct record *record, struct span item, size_t which)
{
    if (which >= FOB_TIME_COUNT || item.size != 8)
        return false;
    record->times[which] = (int64_t)wire_get(item.data, 8);
    return true;
}

static bool codec_decode_item(struct record *record, uint8_t tag, struct span item)
{
    switch (tag) {
    case TAG_STATUS:
        return codec_decode_status(item, &record->status);
    case TAG_RESUME_STATUS:
        return codec_decode_status(item, &record->resume_status);
    case TAG_GENERATION:
        if (item.size != 8)
            return false;
        record->generation = wire_get(item.data, 8);
        return true;
    case TAG_PUBLIC_FIELD:
    case TAG_SECRET_FIELD:
        return codec_decode_field(record, item, tag == TAG_SECRET_FIELD);
    case TAG_TOKEN:
        return codec_decode_token(record, item, record->tokens, &record->token_count);
    case TAG_TOKEN_BEFORE:
        return codec_decode_token(record, item, record->before, &record->before_count);
    case TAG_UNREPORTED:
        return codec_decode_untold(record, item);
    default:
        if (tag >= WIRE_SKIPPABLE)
            return true;
        if (tag >= TAG_FIRST_TIME)
            return codec_decode_time(record, item, (size_t)(tag - TAG_FIRST_TIME));
        return tag >= TAG_FIRST_TEXT &&
               codec_decode_text(record, item, (size_t)(tag - TAG_FIRST_TEXT));
    }
}

static bool codec_may_repeat(uint8_t tag)
{
    return tag == TAG_PUBLIC_FIELD || tag == TAG_SECRET_FIELD || tag == TAG_TOKEN ||
           tag >= WIRE_SKIPPABLE;
}

static bool codec_only_zeros(struct span rest)
{
    const char *at = rest.data;

    return rest.size > 0 && at[0] == '\0' && memcmp(at, at + 1, rest.size - 1) == 0;
}

static bool codec_decode_items(struct record *record, struct span rest)
{
    bool seen[TAGS_ONCE] = { false };
    struct span item;
    uint8_t tag;

    while (rest.size > 0 && *(const unsigned char *)rest.data != TAG_END) {
        if (!wire_next_item(&rest, &tag, &item) || !codec_decode_item(record, tag, item))
            return false;
        if (!codec_may_repeat(tag)) {
            if (seen[tag])
                return false;
            seen[tag] = true;
        }
    }
    return codec_only_zeros(rest);
}

int codec_decode(const char *name, uint64_t version, struct fob_secret *plain,
                 struct record **record)
{
    struct record *new;

    if (fob_secret_size(plain) == 0)
        return error_set(FOB_CORRUPT, "%s: the record is empty", name);
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    memcpy(new->name, name, strlen(name) + 1);
    new->version = version;
    new->arena = plain;
    if (!codec_decode_items(new, (struct span){ fob_secret_data(plain), fob_secret_size(plain) })) {
        free(new);
        error_set(FOB_CORRUPT,
                  "%s: the record opens, but holds something that this fob does not know", name);
        error_hint("it may come from a newer fob");
        return FOB_CORRUPT;
    }
    /* The first tag is no longer needed.  Its byte becomes the NUL that all unset texts share. */
    secret_buffer(plain)[0] = '\0';
    *record = new;
    return FOB_SUCCESS;
}
