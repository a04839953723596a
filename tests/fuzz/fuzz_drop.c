/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what the owner of a spool opens and reads: drops, and names in links and cookies. */
#include "config.h"

#include "spool/drop.h"
#include "util/base64.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct drop_name name = { "an invitation..", "a drop.........." };

/* What was read can be written, and is read as the same again. */
static void write_again(const struct drop_content *content)
{
    static struct drop_content again;
    struct drop_entries entries;

    if (drop_begin(&entries) != FOB_SUCCESS)
        abort();
    if (drop_add(&entries, "kind", wire_text(content->kind == DROP_FORM ? "form" : "callback")) ||
        drop_add(&entries, "token", content->token) || drop_add(&entries, "nonce", content->nonce))
        abort();
    if (content->kind == DROP_CALLBACK && (drop_add(&entries, "provider", content->provider) ||
                                           drop_add(&entries, "query", content->query)))
        abort();
    for (size_t i = 0; i < content->field_count; i++) {
        char field[2 + DROP_FIELD_NAME + 1] = "f.";

        strcat(field, content->fields[i].name);
        if (drop_add(&entries, field, content->fields[i].value))
            abort();
    }
    secret_truncate(entries.plain, (entries.size + DROP_BLOCK - 1) / DROP_BLOCK * DROP_BLOCK);
    if (!drop_read(entries.plain, &again) || again.kind != content->kind ||
        again.field_count != content->field_count)
        abort();
    drop_end(&entries);
}

/* DATA as the entries, which a hub that was broken into seals rightly. */
static void read_entries(const uint8_t *data, size_t size)
{
    static struct drop_content content;
    struct fob_secret *plain = NULL;

    if (secret_alloc((size / DROP_BLOCK + 1) * DROP_BLOCK, &plain) != FOB_SUCCESS)
        abort();
    if (size > 0)
        memcpy(secret_buffer(plain), data, size);
    if (drop_read(plain, &content))
        write_again(&content);
    fob_secret_free(plain);
}

static void open_file(const uint8_t *data, size_t size)
{
    struct fob_secret *key = NULL;
    struct fob_secret *plain = NULL;
    unsigned char *file = calloc(1, DROP_HEADER + size + DROP_BLOCK);

    if (file == NULL || secret_alloc(HPKE_KEY, &key) != FOB_SUCCESS)
        abort();
    memset(secret_buffer(key), 7, HPKE_KEY);
    memcpy(file, "fobdrop1", 8);
    memcpy(file + 8, name.invitation, SPOOL_ID);
    if (size > 0)
        memcpy(file + DROP_HEADER, data, size);
    /* Nobody makes a tag by chance. */
    if (drop_open(key, &name, (struct span){ file, DROP_HEADER + size + DROP_BLOCK }, &plain) ==
        FOB_SUCCESS)
        abort();
    fob_secret_free(key);
    free(file);
}

/* A text that is read is the only one for its bytes. */
static void read_names(const char *text, size_t size)
{
    unsigned char token[SPOOL_TOKEN];
    unsigned char id[SPOOL_ID];
    char again[SPOOL_TOKEN_TEXT + 1];

    if (base64_url_read(text, size, token, sizeof token)) {
        base64_url_write(token, sizeof token, again);
        if (memcmp(text, again, size) != 0)
            abort();
    }
    (void)spool_name_read(text, size, id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (hpke_ready() != FOB_SUCCESS)
        abort();
    read_entries(data, size);
    open_file(data, size);
    read_names((const char *)data, size);
    return 0;
}
