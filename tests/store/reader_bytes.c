/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Files, items and cryptography for the second reader. */
#include "reader_bytes.h"

#include <gcrypt.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void end(int status, const char *what, const char *why)
{
    fprintf(stderr, "reader: %s: %s\n", what, why);
    exit(status);
}

void refuse_unless(bool good, const char *what, const char *why)
{
    if (!good)
        end(65, what, why);
}

void crypto_must(gcry_error_t error)
{
    if (error != 0)
        end(70, "libgcrypt", gcry_strerror(error));
}

uint64_t number(const byte *at, size_t size)
{
    uint64_t value = 0;

    while (size-- > 0)
        value = value << 8 | *at++;
    return value;
}

struct bytes read_file(const char *path, size_t max)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct bytes file;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        end(74, path, "cannot be read");
    refuse_unless((st.st_mode & 077) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()), path,
                  "not private");
    refuse_unless((size_t)st.st_size <= max, path, "too large");
    file.size = (size_t)st.st_size;
    file.at = calloc(1, file.size + 1);
    if (file.at == NULL || read(fd, file.at, file.size) != (ssize_t)file.size)
        end(74, path, "cannot be read");
    close(fd);
    return file;
}

void hmac(const byte *key, size_t key_size, struct bytes data, byte mac[static 32])
{
    gcry_buffer_t buffers[] = { { .len = key_size, .data = (void *)(uintptr_t)key },
                                { .len = data.size, .data = data.at } };

    crypto_must(gcry_md_hash_buffers(GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC, mac, buffers, 2));
}

void hkdf(const byte key[static 32], struct bytes salt, const char *info, byte *out, size_t size)
{
    byte extracted[32];
    byte blocks[64];
    byte text[32 + 32 + 1];
    size_t info_size = strlen(info);

    hmac(salt.at, salt.size, (struct bytes){ (byte *)(uintptr_t)key, 32 }, extracted);
    memcpy(text, info, info_size);
    text[info_size] = 1;
    hmac(extracted, 32, (struct bytes){ text, info_size + 1 }, blocks);
    memcpy(text, blocks, 32);
    memcpy(text + 32, info, info_size);
    text[32 + info_size] = 2;
    hmac(extracted, 32, (struct bytes){ text, 32 + info_size + 1 }, blocks + 32);
    memcpy(out, blocks, size);
}

bool gcm_open(const byte key_and_nonce[static 44], const struct bytes *aad, size_t aad_count,
              struct bytes sealed)
{
    gcry_cipher_hd_t cipher;
    size_t size = sealed.size - 16;
    bool good;

    crypto_must(gcry_cipher_open(&cipher, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, 0));
    crypto_must(gcry_cipher_setkey(cipher, key_and_nonce, 32));
    crypto_must(gcry_cipher_setiv(cipher, key_and_nonce + 32, 12));
    for (size_t i = 0; i < aad_count; i++)
        crypto_must(gcry_cipher_authenticate(cipher, aad[i].at, aad[i].size));
    crypto_must(gcry_cipher_decrypt(cipher, sealed.at, size, NULL, 0));
    good = gcry_cipher_checktag(cipher, sealed.at + size, 16) == 0;
    gcry_cipher_close(cipher);
    return good;
}

bool next_item(struct bytes *rest, unsigned *tag, struct bytes *value, const char *what)
{
    size_t size;

    if (rest->size == 0)
        return false;
    refuse_unless(rest->size >= 6, what, "an item does not end");
    size = (size_t)number(rest->at + 1, 4);
    refuse_unless(size <= rest->size - 6 && rest->at[5 + size] == 0, what, "an item does not end");
    *tag = rest->at[0];
    *value = (struct bytes){ rest->at + 5, size };
    rest->at += size + 6;
    rest->size -= size + 6;
    return true;
}
