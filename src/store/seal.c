/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Cryptography of the store by libgcrypt; key material is wiped on every way out. */
#include "config.h"

#include "store/seal.h"

#include "util/error.h"
#include "util/secret.h"

#include <gcrypt.h>

#include <pthread.h>
#include <string.h>

#define HASH 32
#define NONCE 12

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready;

static void init_gcrypt(void)
{
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
        ready = true;
        return;
    }
    if (gcry_check_version("1.10.0") == NULL)
        return;
    /* Keys and secrets lie in locked pages of our own. */
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    ready = true;
}

int seal_init(void)
{
    pthread_once(&once, init_gcrypt);
    return ready ? FOB_SUCCESS : error_set(FOB_SYSTEM, "libgcrypt: older than 1.10");
}

static int failed(gcry_error_t error)
{
    if (gcry_err_code(error) == GPG_ERR_ENOMEM)
        return error_nomem();
    return error_set(FOB_SYSTEM, "libgcrypt: %s", gcry_strerror(error));
}

int seal_mac(struct seal_bytes key, struct seal_bytes data, void *mac)
{
    size_t size = HASH;
    gcry_mac_hd_t handle;
    gcry_error_t error = gcry_mac_open(&handle, GCRY_MAC_HMAC_SHA256, 0, NULL);

    if (error != 0)
        return failed(error);
    error = gcry_mac_setkey(handle, key.data, key.size);
    if (error == 0)
        error = gcry_mac_write(handle, data.data, data.size);
    if (error == 0)
        error = gcry_mac_read(handle, mac, &size);
    gcry_mac_close(handle);
    return error == 0 ? FOB_SUCCESS : failed(error);
}

/* Blocks T(1), T(2), ... of HKDF-Expand. */
static gcry_error_t expand(gcry_mac_hd_t handle, const char *info, unsigned char *out, size_t size)
{
    unsigned char block[HASH];
    unsigned char counter = 0;
    gcry_error_t error = 0;

    while (size > 0 && error == 0) {
        size_t part = size < HASH ? size : HASH;
        size_t got = HASH;

        error = gcry_mac_reset(handle);
        if (error == 0 && counter > 0)
            error = gcry_mac_write(handle, block, sizeof block);
        counter++;
        if (error == 0)
            error = gcry_mac_write(handle, info, strlen(info));
        if (error == 0)
            error = gcry_mac_write(handle, &counter, 1);
        if (error == 0)
            error = gcry_mac_read(handle, block, &got);
        if (error == 0)
            memcpy(out, block, part);
        out += part;
        size -= part;
    }
    secret_wipe(block, sizeof block);
    return error;
}

int seal_hkdf(struct seal_bytes secret, struct seal_bytes salt, const char *info, void *out,
              size_t size)
{
    unsigned char prk[HASH];
    gcry_mac_hd_t handle;
    gcry_error_t error;
    int code = seal_mac(salt, secret, prk); /* HKDF-Extract */

    if (code != FOB_SUCCESS)
        return code;
    error = gcry_mac_open(&handle, GCRY_MAC_HMAC_SHA256, 0, NULL);
    if (error == 0) {
        error = gcry_mac_setkey(handle, prk, sizeof prk);
        if (error == 0)
            error = expand(handle, info, out, size);
        gcry_mac_close(handle);
    }
    secret_wipe(prk, sizeof prk);
    return error == 0 ? FOB_SUCCESS : failed(error);
}

void seal_random(void *out, size_t size)
{
    gcry_randomize(out, size, GCRY_STRONG_RANDOM);
}

/* A cipher with key, nonce and authenticated data set. */
static int start_cipher(const struct seal *seal, gcry_cipher_hd_t *handle)
{
    unsigned char derived[SEAL_KEY + NONCE];
    gcry_error_t error;
    int code = seal_hkdf(seal->key, seal->salt, seal->info, derived, sizeof derived);

    if (code != FOB_SUCCESS)
        return code;
    error = gcry_cipher_open(handle, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, 0);
    if (error == 0) {
        error = gcry_cipher_setkey(*handle, derived, SEAL_KEY);
        if (error == 0)
            error = gcry_cipher_setiv(*handle, derived + SEAL_KEY, NONCE);
        for (size_t i = 0; i < 2 && error == 0; i++) {
            if (seal->aad[i].size > 0)
                error = gcry_cipher_authenticate(*handle, seal->aad[i].data, seal->aad[i].size);
        }
        if (error != 0)
            gcry_cipher_close(*handle);
    }
    secret_wipe(derived, sizeof derived);
    return error == 0 ? FOB_SUCCESS : failed(error);
}

int seal_close(const struct seal *seal, const void *plaintext, size_t size, void *out)
{
    gcry_cipher_hd_t handle;
    gcry_error_t error;
    int code = start_cipher(seal, &handle);

    if (code != FOB_SUCCESS)
        return code;
    gcry_cipher_final(handle);
    error = gcry_cipher_encrypt(handle, out, size, plaintext, size);
    if (error == 0)
        error = gcry_cipher_gettag(handle, (char *)out + size, SEAL_TAG);
    gcry_cipher_close(handle);
    return error == 0 ? FOB_SUCCESS : failed(error);
}

int seal_open(const struct seal *seal, const void *in, size_t size, void *out)
{
    gcry_cipher_hd_t handle;
    gcry_error_t error;
    int code = start_cipher(seal, &handle);

    if (code != FOB_SUCCESS)
        return code;
    gcry_cipher_final(handle);
    error = gcry_cipher_decrypt(handle, out, size, in, size);
    if (error == 0)
        error = gcry_cipher_checktag(handle, (const char *)in + size, SEAL_TAG);
    gcry_cipher_close(handle);
    if (error == 0)
        return FOB_SUCCESS;
    secret_wipe(out, size);
    return gcry_err_code(error) == GPG_ERR_CHECKSUM ? FOB_CORRUPT : failed(error);
}

int seal_argon2id(struct seal_bytes passphrase, struct seal_bytes salt,
                  const struct seal_cost *cost, void *out)
{
    const unsigned long parameters[] = { SEAL_KEY, cost->passes, cost->memory, cost->lanes };
    gcry_kdf_hd_t handle;
    gcry_error_t error =
        gcry_kdf_open(&handle, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, parameters, 4, passphrase.data,
                      passphrase.size, salt.data, salt.size, NULL, 0, NULL, 0);

    if (error != 0)
        return failed(error);
    error = gcry_kdf_compute(handle, NULL);
    if (error == 0)
        error = gcry_kdf_final(handle, SEAL_KEY, out);
    gcry_kdf_close(handle);
    return error == 0 ? FOB_SUCCESS : failed(error);
}
