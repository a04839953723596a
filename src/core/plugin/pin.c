/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Compares a file's digest with the pinned ones. */
#include "config.h"

#include "core/plugin/pin.h"

#include <fob/fob.h>

#include "store/crypto.h"
#include "util/error.h"
#include "util/text.h"

#include <gcrypt.h>

#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DIGEST_SIZE 32
#define HEX_SIZE (2 * DIGEST_SIZE + 1)

static int pin_digest(int fd, const char *path, char hex[static HEX_SIZE])
{
    unsigned char block[16384];
    gcry_md_hd_t hash;
    ssize_t got = 0;
    int code = crypto_ready();

    if (code != FOB_SUCCESS)
        return code;
    if (gcry_md_open(&hash, GCRY_MD_SHA256, 0) != 0)
        return error_nomem();
    for (off_t at = 0; (got = pread(fd, block, sizeof block, at)) > 0; at += got)
        gcry_md_write(hash, block, (size_t)got);
    text_hex(gcry_md_read(hash, GCRY_MD_SHA256), DIGEST_SIZE, hex);
    gcry_md_close(hash);
    return got < 0 ? error_system("%s", path) : FOB_SUCCESS;
}

static bool pin_has(const struct yaml_node *pins, const char *hex)
{
    if (pins->kind == YAML_TEXT)
        return strcasecmp(pins->text, hex) == 0;
    for (size_t i = 0; i < pins->count; i++) {
        if (strcasecmp(pins->values[i]->text, hex) == 0)
            return true;
    }
    return false;
}

int pin_check(const struct yaml_node *pins, int fd, const char *path)
{
    char found[HEX_SIZE];
    int code = pin_digest(fd, path, found);

    if (code != FOB_SUCCESS || pin_has(pins, found))
        return code;
    error_set(FOB_CONFIG, "%s: its SHA-256 is %s, not the one pinned", path, found);
    error_hint("restore the file, or change sha256 if the new file is intended");
    return FOB_CONFIG;
}
