/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Files, items and cryptography for the second reader.
 */
#ifndef FOB_TESTS_READER_BYTES_H
#define FOB_TESTS_READER_BYTES_H

#include <gcrypt.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned char byte;

struct bytes {
    byte *at;
    size_t size;
};

/* End the program with STATUS, and say why. */
void end(int status, const char *what, const char *why) __attribute__((noreturn));
void crypto_must(gcry_error_t error);
void refuse_unless(bool good, const char *what, const char *why);
/* The SIZE bytes at AT, the highest first. */
uint64_t number(const byte *at, size_t size);
/* The whole file, followed by a NUL. */
struct bytes read_file(const char *path, size_t max);
void hmac(const byte *key, size_t key_size, struct bytes data, byte mac[static 32]);
/* HKDF(KEY, SALT, INFO, SIZE), at most 64 bytes. */
void hkdf(const byte key[static 32], struct bytes salt, const char *info, byte *out, size_t size);
/* Open SEALED, whose last 16 bytes are the tag, in place.  False when the tag is wrong. */
bool gcm_open(const byte key_and_nonce[static 44], const struct bytes *aad, size_t aad_count,
              struct bytes sealed);
/* Cut an item off REST; false at its end. */
bool next_item(struct bytes *rest, unsigned *tag, struct bytes *value, const char *what);

#endif
