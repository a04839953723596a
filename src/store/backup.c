/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes and reads backups: a header like a store's, then frames; the last frame counts the
 * others. */
#include "config.h"

#include "store/backup.h"

#include "store/codec.h"
#include "store/file.h"
#include "store/keyring.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static const char magic[8] = { 'F', 'O', 'B', 'E', 'X', 'P', 'R', 'T' };

#define FORMAT_VERSION 1

/* Offsets in the head of the stream, before the header. */
enum {
    AT_FORMAT = sizeof magic,
    AT_FLAGS = AT_FORMAT + 2,
    AT_HEADER_SIZE = AT_FLAGS + 2,
    AT_HEADER = AT_HEADER_SIZE + 4,
};

enum frame_kind { FRAME_RECORD = 1, FRAME_END = 2 };

/* Offsets in the head of a frame. */
enum {
    AT_KIND = 0,
    AT_SIZE = AT_KIND + 4,
    AT_INDEX = AT_SIZE + 4,
    AT_SALT = AT_INDEX + 8,
    FRAME_HEAD = AT_SALT + CRYPTO_SALT,
};

/* A frame's plaintext begins with the account's name: its length, its bytes, zeros. */
#define NAME_ROOM 72

struct backup {
    FILE *file;
    const char *what;
    struct keyring *keyring;
    struct fob_secret *key; /* for the frames; NULL while locked */
    uint64_t index;         /* of the next frame */
    long first;             /* the offset of the first frame, when reading */
};

static int backup_fail_damaged(const struct backup *backup, const char *why)
{
    error_set(FOB_CORRUPT, "%s: %s", backup->what, why);
    error_hint("nothing was taken from it; use another copy");
    return FOB_CORRUPT;
}

static int backup_fail_newer(const struct backup *backup)
{
    error_set(FOB_CONFIG, "%s: written by a newer fob", backup->what);
    error_hint("update fob on this machine");
    return FOB_CONFIG;
}

void backup_free(struct backup *backup)
{
    if (backup == NULL)
        return;
    fob_secret_free(backup->key);
    keyring_free(backup->keyring);
    free(backup);
}

static int backup_new(FILE *file, const char *what, struct backup **backup)
{
    struct backup *new = calloc(1, sizeof *new);

    if (new == NULL)
        return error_nomem();
    new->file = file;
    new->what = what;
    *backup = new;
    return FOB_SUCCESS;
}

static int backup_put(struct backup *backup, const void *data, size_t size)
{
    return fwrite(data, 1, size, backup->file) == size ? FOB_SUCCESS
                                                       : error_system("%s", backup->what);
}

/* Unlock HEADER with MATERIAL. */
static int backup_unlock_header(struct backup *backup, struct span header, enum slot_kind kind,
                                const struct fob_secret *material)
{
    int code = keyring_decode(header, backup->what, &backup->keyring);

    if (code == FOB_SUCCESS)
        code = keyring_unlock(backup->keyring, kind, material, backup->what);
    if (code == FOB_SUCCESS)
        code = keyring_derive(backup->keyring, "export", &backup->key);
    return code;
}

int backup_create(FILE *file, const char *what, enum slot_kind kind,
                  const struct fob_secret *material, struct backup **backup)
{
    const struct new_slot slot = { .kind = kind, .material = material, .label = "" };
    struct blob header = { NULL, 0 };
    unsigned char head[AT_HEADER] = { 0 };
    struct backup *new = NULL;
    int code = backup_new(file, what, &new);

    if (code == FOB_SUCCESS)
        code = keyring_create(&slot, &header);
    if (code == FOB_SUCCESS)
        code = backup_unlock_header(new, (struct span){ header.data, header.size }, kind, material);
    if (code == FOB_SUCCESS) {
        memcpy(head, magic, sizeof magic);
        wire_put(head + AT_FORMAT, FORMAT_VERSION, 2);
        wire_put(head + AT_HEADER_SIZE, header.size, 4);
        code = backup_put(new, head, sizeof head);
    }
    if (code == FOB_SUCCESS)
        code = backup_put(new, header.data, header.size);
    blob_free(&header);
    if (code == FOB_SUCCESS)
        *backup = new;
    else
        backup_free(new);
    return code;
}

static struct crypto_box backup_box(const struct backup *backup, const unsigned char *head)
{
    static const char info[] = "fob export frame";

    return (struct crypto_box){
        .input = {
            crypto_key(backup->key),
            { head + AT_SALT, CRYPTO_SALT },
            { info, sizeof info - 1 },
        },
        .parts = {
            { head, FRAME_HEAD },
            { backup->keyring->store_id, STORE_ID },
        },
    };
}

static int backup_put_frame(struct backup *backup, enum frame_kind kind, struct span plain)
{
    unsigned char *frame = calloc(1, FRAME_HEAD + plain.size + CRYPTO_TAG);
    struct crypto_box box;
    int code;

    if (frame == NULL)
        return error_nomem();
    wire_put(frame + AT_KIND, kind, 4);
    wire_put(frame + AT_SIZE, plain.size, 4);
    wire_put(frame + AT_INDEX, backup->index++, 8);
    code = crypto_random(frame + AT_SALT, CRYPTO_SALT);
    box = backup_box(backup, frame);
    if (code == FOB_SUCCESS)
        code = crypto_seal(&box, plain, frame + FRAME_HEAD);
    if (code == FOB_SUCCESS)
        code = backup_put(backup, frame, FRAME_HEAD + plain.size + CRYPTO_TAG);
    free(frame);
    return code;
}

int backup_add(struct backup *backup, const struct record *record)
{
    const char *name = record_name(record);
    struct fob_secret *encoded = NULL;
    struct fob_secret *plain = NULL;
    char *at;
    int code = codec_encode(record, &encoded);

    if (code == FOB_SUCCESS && fob_secret_size(encoded) > SECRET_MAX - NAME_ROOM)
        code = error_set(FOB_INVALID, "%s: too large for a backup", name);
    if (code == FOB_SUCCESS)
        code = secret_alloc(NAME_ROOM + fob_secret_size(encoded), &plain);
    if (code != FOB_SUCCESS)
        goto out;
    at = secret_buffer(plain);
    at[0] = (char)strlen(name);
    memcpy(at + 1, name, strlen(name));
    memcpy(at + NAME_ROOM, fob_secret_data(encoded), fob_secret_size(encoded));
    code = backup_put_frame(backup, FRAME_RECORD, (struct span){ at, fob_secret_size(plain) });
out:
    fob_secret_free(encoded);
    fob_secret_free(plain);
    return code;
}

int backup_finish(struct backup *backup)
{
    unsigned char count[8];
    int code;

    wire_put(count, backup->index, sizeof count);
    code = backup_put_frame(backup, FRAME_END, (struct span){ count, sizeof count });
    if (code == FOB_SUCCESS && fflush(backup->file) != 0)
        code = error_system("%s", backup->what);
    return code;
}

/* Read SIZE bytes; WHY is the error when the file has fewer. */
static int backup_get(struct backup *backup, void *data, size_t size, const char *why)
{
    if (fread(data, 1, size, backup->file) == size)
        return FOB_SUCCESS;
    return ferror(backup->file) ? error_system("%s", backup->what)
                                : backup_fail_damaged(backup, why);
}

static int backup_read_header(struct backup *backup)
{
    unsigned char head[AT_HEADER];
    unsigned char *header = NULL;
    size_t size;
    int code = backup_get(backup, head, sizeof head, "not a backup of fob");

    if (code != FOB_SUCCESS)
        return code;
    if (memcmp(head, magic, sizeof magic) != 0)
        return backup_fail_damaged(backup, "not a backup of fob");
    if (wire_get(head + AT_FORMAT, 2) != FORMAT_VERSION || wire_get(head + AT_FLAGS, 2) != 0)
        return backup_fail_newer(backup);
    size = (size_t)wire_get(head + AT_HEADER_SIZE, 4);
    if (size > KEYRING_HEADER_MAX)
        return backup_fail_damaged(backup, "damaged: its header is too large");
    header = malloc(size);
    if (header == NULL)
        return error_nomem();
    code = backup_get(backup, header, size, "cut short");
    if (code == FOB_SUCCESS)
        code = keyring_decode((struct span){ header, size }, backup->what, &backup->keyring);
    if (code == FOB_SUCCESS && backup->keyring->slot_count == 0)
        code = backup_fail_damaged(backup, "damaged: nothing can open it");
    free(header);
    return code;
}

int backup_open(FILE *file, const char *what, struct backup **backup)
{
    struct backup *new = NULL;
    int code = backup_new(file, what, &new);

    if (code == FOB_SUCCESS)
        code = backup_read_header(new);
    if (code == FOB_SUCCESS) {
        new->first = ftell(file);
        *backup = new;
    } else {
        backup_free(new);
    }
    return code;
}

enum slot_kind backup_kind(const struct backup *backup)
{
    return backup->keyring->slots[0].kind;
}

int backup_unlock(struct backup *backup, const struct fob_secret *material)
{
    int code = keyring_unlock(backup->keyring, backup_kind(backup), material, backup->what);

    return code == FOB_SUCCESS ? keyring_derive(backup->keyring, "export", &backup->key) : code;
}

int backup_rewind(struct backup *backup)
{
    backup->index = 0;
    return backup->first >= 0 && fseek(backup->file, backup->first, SEEK_SET) == 0
               ? FOB_SUCCESS
               : error_system("%s", backup->what);
}

/* Read and unseal the next frame. */
static int backup_get_frame(struct backup *backup, uint32_t *kind, struct fob_secret **plain)
{
    static const char altered[] = "damaged or altered";
    unsigned char head[FRAME_HEAD];
    struct fob_secret *opened = NULL;
    unsigned char *sealed = NULL;
    struct crypto_box box;
    size_t size;
    int code = backup_get(backup, head, sizeof head, "cut short");

    if (code != FOB_SUCCESS)
        return code;
    size = (size_t)wire_get(head + AT_SIZE, 4);
    if (size == 0 || size > SECRET_MAX || wire_get(head + AT_INDEX, 8) != backup->index)
        return backup_fail_damaged(backup, altered);
    sealed = malloc(size + CRYPTO_TAG);
    if (sealed == NULL)
        return error_nomem();
    code = backup_get(backup, sealed, size + CRYPTO_TAG, "cut short");
    if (code == FOB_SUCCESS)
        code = secret_alloc(size, &opened);
    if (code != FOB_SUCCESS)
        goto out;
    box = backup_box(backup, head);
    code = crypto_unseal(&box, (struct span){ sealed, size + CRYPTO_TAG }, secret_buffer(opened));
    if (code == FOB_CORRUPT)
        backup_fail_damaged(backup, altered);
    if (code != FOB_SUCCESS)
        goto out;
    backup->index++;
    *kind = (uint32_t)wire_get(head + AT_KIND, 4);
    *plain = opened;
    opened = NULL;
out:
    free(sealed);
    fob_secret_free(opened);
    return code;
}

static int backup_check_end(const struct backup *backup, const struct fob_secret *plain)
{
    if (fob_secret_size(plain) != 8 ||
        wire_get((const unsigned char *)fob_secret_data(plain), 8) != backup->index - 1)
        return backup_fail_damaged(backup, "damaged: records are missing");
    if (getc(backup->file) != EOF)
        return backup_fail_damaged(backup, "damaged: something follows its end");
    return FOB_NOT_FOUND;
}

static int backup_decode_record(const struct backup *backup, const struct fob_secret *plain,
                                struct record **record)
{
    const char *at = fob_secret_data(plain);
    size_t size = fob_secret_size(plain);
    char name[FOB_NAME_MAX + 1] = { 0 };
    struct fob_secret *encoded = NULL;
    int code;

    if (size <= NAME_ROOM || (unsigned char)at[0] > FOB_NAME_MAX)
        return backup_fail_damaged(backup, "damaged: a record does not fit");
    memcpy(name, at + 1, (unsigned char)at[0]);
    if (!record_is_name(name) || strlen(name) != (unsigned char)at[0])
        return backup_fail_damaged(backup, "damaged: a record's name is not valid");
    code = secret_alloc(size - NAME_ROOM, &encoded);
    if (code != FOB_SUCCESS)
        return code;
    memcpy(secret_buffer(encoded), at + NAME_ROOM, size - NAME_ROOM);
    code = codec_decode(name, 0, encoded, record);
    /* On success the record owns it. */
    if (code != FOB_SUCCESS)
        fob_secret_free(encoded);
    return code;
}

int backup_next(struct backup *backup, struct record **record)
{
    struct fob_secret *plain = NULL;
    uint32_t kind = 0;
    int code = backup_get_frame(backup, &kind, &plain);

    if (code == FOB_SUCCESS && kind == FRAME_RECORD)
        code = backup_decode_record(backup, plain, record);
    else if (code == FOB_SUCCESS && kind == FRAME_END)
        code = backup_check_end(backup, plain);
    else if (code == FOB_SUCCESS)
        code = backup_fail_newer(backup);
    fob_secret_free(plain);
    return code;
}
