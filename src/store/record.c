/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Records: one account in one locked buffer, and its plaintext form (fob-store(5)). */
#include "config.h"

#include "store/record.h"

#include "store/bytes.h"
#include "store/record_text.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_BYTES 1024

/* Tags of the plaintext's items.  Those from TAG_SKIP on may be skipped by a reader that does not know
 * them; all others must be known. */
enum {
    TAG_STATUS = 1,
    TAG_RESUME = 2,
    TAG_GENERATION = 3,
    TAG_TEXT = 16,  /* + enum fob_text */
    TAG_TIME = 48,  /* + enum fob_time */
    TAG_FIELD = 80, /* flags, name, NUL, value */
    TAG_SKIP = 128,
};
#define FIELD_SECRET 1

/* A place in the arena. */
struct span {
    size_t at;
    size_t size;
};

struct field {
    struct span name;
    struct span value;
    bool secret;
};

struct record {
    char name[FOB_NAME_MAX + 1];
    struct fob_secret *arena; /* texts, names and values, each followed by a NUL */
    struct span texts[FOB_TEXT_COUNT];
    int64_t times[FOB_TIME_COUNT];
    enum fob_status status;
    enum fob_status resume;
    uint64_t version;
    uint64_t generation;
    struct field fields[RECORD_FIELDS_MAX];
    size_t field_count;
};

/* Put SIZE bytes and a NUL into the arena. */
static int store_bytes(struct record *record, const void *data, size_t size, struct span *span)
{
    size_t at = fob_secret_size(record->arena);
    int code = secret_append(record->arena, data, size);

    if (code == FOB_SUCCESS)
        code = secret_append(record->arena, "", 1);
    if (code == FOB_SUCCESS)
        *span = (struct span){ at, size };
    return code;
}

static const char *bytes_at(const struct record *record, struct span span)
{
    return fob_secret_data(record->arena) + span.at;
}

int record_new(const char *name, struct record **record)
{
    struct record *new;
    struct span empty;
    int code;

    if (!text_is_name(name))
        return error_set(FOB_INVALID, "%s: not an account's name", name);
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    memcpy(new->name, name, strlen(name) + 1);
    code = secret_alloc(0, &new->arena);
    /* The first byte is the empty text that every unset span points at. */
    if (code == FOB_SUCCESS)
        code = store_bytes(new, "", 0, &empty);
    if (code != FOB_SUCCESS) {
        record_free(new);
        return code;
    }
    *record = new;
    return FOB_SUCCESS;
}

void record_free(struct record *record)
{
    if (record == NULL)
        return;
    fob_secret_free(record->arena);
    free(record);
}

const char *record_name(const struct record *record)
{
    return record->name;
}

const char *record_text(const struct record *record, enum fob_text which)
{
    return which == FOB_TEXT_NAME ? record->name : bytes_at(record, record->texts[which]);
}

int record_set_text(struct record *record, enum fob_text which, const char *text)
{
    size_t size = strlen(text);

    if (which == FOB_TEXT_NAME || (unsigned)which >= FOB_TEXT_COUNT)
        return error_set(FOB_INVALID, "%s: this text can not be set", record->name);
    /* What is longer is somebody's message: its beginning is enough. */
    if (size > TEXT_MAX_BYTES) {
        size = TEXT_MAX_BYTES;
        while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
            size--;
    }
    return store_bytes(record, text, size, &record->texts[which]);
}

int64_t record_time(const struct record *record, enum fob_time which)
{
    return record->times[which];
}

void record_set_time(struct record *record, enum fob_time which, int64_t when)
{
    record->times[which] = when;
}

enum fob_status record_status(const struct record *record)
{
    return record->status;
}

void record_set_status(struct record *record, enum fob_status status)
{
    record->status = status;
}

enum fob_status record_resume_status(const struct record *record)
{
    return record->resume;
}

void record_set_resume_status(struct record *record, enum fob_status status)
{
    record->resume = status;
}

uint64_t record_version(const struct record *record)
{
    return record->version;
}

void record_set_version(struct record *record, uint64_t version)
{
    record->version = version;
}

uint64_t record_generation(const struct record *record)
{
    return record->generation;
}

void record_set_generation(struct record *record, uint64_t generation)
{
    record->generation = generation;
}

size_t record_field_count(const struct record *record)
{
    return record->field_count;
}

void record_field_at(const struct record *record, size_t index, struct record_field *field)
{
    const struct field *found = &record->fields[index];

    *field = (struct record_field){
        .name = bytes_at(record, found->name),
        .value = bytes_at(record, found->value),
        .size = found->value.size,
        .secret = found->secret,
    };
}

static struct field *find_field(struct record *record, const char *name)
{
    for (size_t i = 0; i < record->field_count; i++) {
        if (strcmp(bytes_at(record, record->fields[i].name), name) == 0)
            return &record->fields[i];
    }
    return NULL;
}

int record_find_field(const struct record *record, const char *name, struct record_field *field)
{
    for (size_t i = 0; i < record->field_count; i++) {
        record_field_at(record, i, field);
        if (strcmp(field->name, name) == 0)
            return FOB_SUCCESS;
    }
    return FOB_NOT_FOUND;
}

int record_set_field(struct record *record, const char *name, const void *value, size_t size,
                     bool secret)
{
    struct field *old = find_field(record, name);
    struct field new = { .secret = secret };
    int code;

    if (!text_is_identifier(name))
        return error_set(FOB_INVALID, "a field's name is not usable");
    if (size > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "%s: more than %d bytes", name, FOB_VALUE_MAX);
    if (old == NULL && record->field_count == RECORD_FIELDS_MAX)
        return error_set(FOB_INVALID, "%s: more than %d fields", name, RECORD_FIELDS_MAX);
    code = store_bytes(record, name, strlen(name), &new.name);
    if (code == FOB_SUCCESS)
        code = store_bytes(record, value, size, &new.value);
    if (code != FOB_SUCCESS)
        return code;
    if (old == NULL)
        old = &record->fields[record->field_count++];
    *old = new;
    return FOB_SUCCESS;
}

int record_copy(const struct record *record, struct record **copy)
{
    struct record *new = NULL;
    int code = record_new(record->name, &new);

    if (code != FOB_SUCCESS)
        return code;
    memcpy(new->texts, record->texts, sizeof new->texts);
    memcpy(new->times, record->times, sizeof new->times);
    memcpy(new->fields, record->fields, sizeof new->fields);
    new->field_count = record->field_count;
    new->status = record->status;
    new->resume = record->resume;
    new->version = record->version;
    new->generation = record->generation;
    secret_truncate(new->arena, 0);
    code = secret_append(new->arena, fob_secret_data(record->arena),
                         fob_secret_size(record->arena));
    if (code != FOB_SUCCESS) {
        record_free(new);
        return code;
    }
    *copy = new;
    return FOB_SUCCESS;
}

/* Append one item: tag, length, bytes. */
static int put_item(struct fob_secret *out, unsigned tag, const void *data, size_t size)
{
    unsigned char head[5] = { (unsigned char)tag };
    int code;

    bytes_put32(head + 1, (uint32_t)size);
    code = secret_append(out, head, sizeof head);
    return code == FOB_SUCCESS ? secret_append(out, data, size) : code;
}

static int put_number(struct fob_secret *out, unsigned tag, uint64_t number)
{
    unsigned char data[8];

    bytes_put64(data, number);
    return put_item(out, tag, data, sizeof data);
}

static int put_field(struct fob_secret *out, const struct record *record, size_t index)
{
    struct record_field field;
    unsigned char head[6] = { TAG_FIELD };
    size_t name_size;
    int code;

    record_field_at(record, index, &field);
    name_size = strlen(field.name) + 1;
    bytes_put32(head + 1, (uint32_t)(1 + name_size + field.size));
    head[5] = field.secret ? FIELD_SECRET : 0;
    code = secret_append(out, head, sizeof head);
    if (code == FOB_SUCCESS)
        code = secret_append(out, field.name, name_size);
    return code == FOB_SUCCESS ? secret_append(out, field.value, field.size) : code;
}

int record_encode(const struct record *record, struct fob_secret **plaintext)
{
    struct fob_secret *out = NULL;
    int code = secret_alloc(0, &out);

    if (code == FOB_SUCCESS)
        code = put_number(out, TAG_STATUS, (uint64_t)record->status);
    if (code == FOB_SUCCESS)
        code = put_number(out, TAG_RESUME, (uint64_t)record->resume);
    if (code == FOB_SUCCESS)
        code = put_number(out, TAG_GENERATION, record->generation);
    for (unsigned i = 0; i < FOB_TEXT_COUNT && code == FOB_SUCCESS; i++) {
        if (i != FOB_TEXT_NAME && record->texts[i].size > 0)
            code = put_item(out, TAG_TEXT + i, bytes_at(record, record->texts[i]),
                            record->texts[i].size);
    }
    for (unsigned i = 0; i < FOB_TIME_COUNT && code == FOB_SUCCESS; i++) {
        if (record->times[i] != 0)
            code = put_number(out, TAG_TIME + i, (uint64_t)record->times[i]);
    }
    for (size_t i = 0; i < record->field_count && code == FOB_SUCCESS; i++)
        code = put_field(out, record, i);
    if (code != FOB_SUCCESS) {
        fob_secret_free(out);
        return code;
    }
    *plaintext = out;
    return FOB_SUCCESS;
}

struct item {
    unsigned tag;
    const char *data;
    size_t size;
};

static bool take_status(const struct item *item, enum fob_status *status)
{
    uint64_t number = item->size == 8 ? bytes_get64(item->data) : FOB_STATUS_COUNT;

    *status = (enum fob_status)number;
    return number < FOB_STATUS_COUNT;
}

static bool take_field(struct record *record, const struct item *item)
{
    const char *name = item->data + 1;
    const char *end = item->size > 1 ? memchr(name, '\0', item->size - 1) : NULL;
    size_t used;

    if (end == NULL || find_field(record, name) != NULL)
        return false;
    used = 1 + (size_t)(end - name) + 1;
    return record_set_field(record, name, item->data + used, item->size - used,
                            (item->data[0] & FIELD_SECRET) != 0) == FOB_SUCCESS;
}

static bool take_text(struct record *record, const struct item *item)
{
    unsigned which = item->tag - TAG_TEXT;

    return which != FOB_TEXT_NAME && memchr(item->data, '\0', item->size) == NULL &&
           store_bytes(record, item->data, item->size, &record->texts[which]) == FOB_SUCCESS;
}

/* Put one item into RECORD.  False when it is not as it should be. */
static bool take_item(struct record *record, const struct item *item)
{
    if (item->tag >= TAG_SKIP)
        return true;
    if (item->tag == TAG_FIELD)
        return take_field(record, item);
    if (item->tag >= TAG_TEXT && item->tag < TAG_TEXT + FOB_TEXT_COUNT)
        return take_text(record, item);
    if (item->tag == TAG_STATUS)
        return take_status(item, &record->status);
    if (item->tag == TAG_RESUME)
        return take_status(item, &record->resume);
    if (item->size != 8)
        return false;
    if (item->tag == TAG_GENERATION) {
        record->generation = bytes_get64(item->data);
        return true;
    }
    if (item->tag < TAG_TIME || item->tag >= TAG_TIME + FOB_TIME_COUNT)
        return false;
    record->times[item->tag - TAG_TIME] = (int64_t)bytes_get64(item->data);
    return true;
}

/* Walk the items.  False when they do not end where the plaintext does. */
static bool take_items(struct record *record, const char *data, size_t size)
{
    while (size > 0) {
        struct item item;

        if (size < 5)
            return false;
        item.tag = (unsigned char)data[0];
        item.size = bytes_get32(data + 1);
        item.data = data + 5;
        if (item.size > size - 5 || !take_item(record, &item))
            return false;
        data += 5 + item.size;
        size -= 5 + item.size;
    }
    return true;
}

int record_decode(const char *name, const struct fob_secret *plaintext, struct record **record)
{
    struct record *new = NULL;
    int code = record_new(name, &new);

    if (code != FOB_SUCCESS)
        return code;
    if (!take_items(new, fob_secret_data(plaintext), fob_secret_size(plaintext))) {
        record_free(new);
        return error_set(FOB_CORRUPT, "%s: its record is not understood", name);
    }
    *record = new;
    return FOB_SUCCESS;
}
