/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps a record in memory: an arena of secret bytes, and the position of each text and field in
 * it. */
#include "config.h"

#include "store/record_impl.h"

#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"
#include "util/wire.h"

#include <stdlib.h>
#include <string.h>

int record_check_name(const char *name)
{
    if (text_is_name(name))
        return FOB_SUCCESS;
    error_set(FOB_INVALID, "%s: not an account's name", name);
    error_hint(TEXT_NAME_HINT, FOB_NAME_MAX);
    return FOB_INVALID;
}

bool record_is_name(const char *name)
{
    const char *colon = strchr(name, ':');
    char kind[FOB_NAME_MAX + 1] = "";

    if (colon == NULL)
        return text_is_name(name);
    if (strlen(name) > FOB_NAME_MAX)
        return false;
    memcpy(kind, name, (size_t)(colon - name));
    return text_is_name(kind) && text_is_name(colon + 1);
}

int record_new(const char *name, struct record **record)
{
    struct record *new;
    int code = record_is_name(name) ? FOB_SUCCESS : record_check_name(name);

    if (code != FOB_SUCCESS)
        return code;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    /* One NUL, which is the text of everything that is not set. */
    code = secret_alloc(1, &new->arena);
    if (code != FOB_SUCCESS) {
        record_free(new);
        return code;
    }
    memcpy(new->name, name, strlen(name) + 1);
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

char *record_bytes_of(const struct record *record, struct piece piece)
{
    return secret_buffer(record->arena) + piece.offset;
}

static void record_forget(struct record *record, struct piece *piece)
{
    secret_wipe(record_bytes_of(record, *piece), piece->size);
    *piece = (struct piece){ 0, 0 };
}

int record_put_bytes(struct record *record, const void *data, size_t size, struct piece *piece)
{
    size_t end = fob_secret_size(record->arena);
    struct piece old = *piece;
    char *at;
    int code;

    if (size <= old.size) {
        at = record_bytes_of(record, old);
        if (size > 0)
            memmove(at, data, size);
        secret_wipe(at + size, old.size - size);
        *piece = (struct piece){ size > 0 ? old.offset : 0, (uint32_t)size };
        return FOB_SUCCESS;
    }
    code = secret_append(record->arena, data, size);
    if (code != FOB_SUCCESS)
        return code;
    code = secret_append(record->arena, "", 1);
    if (code != FOB_SUCCESS) {
        secret_truncate(record->arena, end);
        return code;
    }
    record_forget(record, &old);
    *piece = (struct piece){ (uint32_t)end, (uint32_t)size };
    return FOB_SUCCESS;
}

const char *record_name(const struct record *record)
{
    return record->name;
}

const char *record_text(const struct record *record, enum fob_text which)
{
    return which == FOB_TEXT_NAME ? record->name : record_bytes_of(record, record->texts[which]);
}

int record_set_text(struct record *record, enum fob_text which, const char *text)
{
    size_t size = strlen(text);

    if (which == FOB_TEXT_NAME)
        return error_set(FOB_INVALID, "%s: an account keeps its name", record->name);
    if (size > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "%s: a text of %zu bytes is too large", record->name, size);
    return record_put_bytes(record, text, size, &record->texts[which]);
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

int record_unreported(const struct record *record)
{
    return record->unreported - 1;
}

void record_set_unreported(struct record *record, int status)
{
    record->unreported = status + 1;
}

enum fob_status record_resume_status(const struct record *record)
{
    return record->resume_status;
}

void record_set_resume_status(struct record *record, enum fob_status status)
{
    record->resume_status = status;
}

uint64_t record_version(const struct record *record)
{
    return record->version;
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
    const struct record_entry *entry = &record->fields[index];

    *field = (struct record_field){
        .name = record_bytes_of(record, entry->name),
        .value = record_bytes_of(record, entry->value),
        .size = entry->value.size,
        .secret = entry->secret,
    };
}

/* The field's index, or the number of fields when there is none. */
static size_t record_find_entry(const struct record *record, const char *name)
{
    size_t i = 0;

    while (i < record->field_count &&
           strcmp(record_bytes_of(record, record->fields[i].name), name) != 0)
        i++;
    return i;
}

int record_find_field(const struct record *record, const char *name, struct record_field *field)
{
    size_t index = record_find_entry(record, name);

    if (index == record->field_count)
        return FOB_NOT_FOUND;
    record_field_at(record, index, field);
    return FOB_SUCCESS;
}

static int record_add_field(struct record *record, const char *name, struct span value, bool secret)
{
    struct record_entry entry = { { 0, 0 }, { 0, 0 }, secret };
    size_t end = fob_secret_size(record->arena);
    int code;

    if (!text_is_identifier(name))
        return error_set(FOB_INVALID, "%s: not a field's name", name);
    if (record->field_count == RECORD_FIELDS_MAX)
        return error_set(FOB_INVALID, "%s: more than %d fields", record->name, RECORD_FIELDS_MAX);
    code = record_put_bytes(record, value.data, value.size, &entry.value);
    if (code == FOB_SUCCESS)
        code = record_put_bytes(record, name, strlen(name), &entry.name);
    if (code == FOB_SUCCESS)
        record->fields[record->field_count++] = entry;
    else
        secret_truncate(record->arena, end);
    return code;
}

int record_set_field(struct record *record, const char *name, const void *value, size_t size,
                     bool secret)
{
    size_t index = record_find_entry(record, name);
    int code;

    if (size > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "%s: a value of %zu bytes is too large (at most %d)", name,
                         size, FOB_VALUE_MAX);
    if (index == record->field_count)
        return record_add_field(record, name, (struct span){ value, size }, secret);
    code = record_put_bytes(record, value, size, &record->fields[index].value);
    if (code == FOB_SUCCESS)
        record->fields[index].secret = secret;
    return code;
}

int record_copy(const struct record *record, struct record **copy)
{
    struct record *new = malloc(sizeof *new);
    int code;

    if (new == NULL)
        return error_nomem();
    *new = *record;
    new->arena = NULL;
    code = secret_alloc(fob_secret_size(record->arena), &new->arena);
    if (code != FOB_SUCCESS) {
        record_free(new);
        return code;
    }
    memcpy(secret_buffer(new->arena), fob_secret_data(record->arena),
           fob_secret_size(record->arena));
    *copy = new;
    return FOB_SUCCESS;
}

int record_assign(struct record *record, const struct record *from)
{
    struct record *copy = NULL;
    int code = record_copy(from, &copy);

    if (code != FOB_SUCCESS)
        return code;
    memcpy(copy->name, record->name, sizeof copy->name);
    copy->version = record->version;
    copy->stamp = record->stamp;
    if (copy->generation <= record->generation)
        copy->generation = record->generation + 1;
    fob_secret_free(record->arena);
    *record = *copy;
    free(copy);
    return FOB_SUCCESS;
}
