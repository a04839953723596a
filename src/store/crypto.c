/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Wraps libgcrypt, which is initialized once in a process, and only when the application has not
 * done so. */
#include "config.h"

#include "store/crypto.h"

#include "util/array.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/process.h"
#include "util/secret.h"
#include "util/wait.h"

#include <gcrypt.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define NONCE_SIZE 12
#define GCRYPT_WANTED "1.10.0" /* the first with Argon2 */

static struct process_lock starting = PROCESS_LOCK_INIT;
static atomic_bool usable;

/* libgcrypt aborts the process when it cannot open this file, unless the file is not there or is
 * not for this user: when there are too many open files, say. */
static int crypto_check_mode(void)
{
    static const char mode[] = "/proc/sys/crypto/fips_enabled";
    int fd = open(mode, O_RDONLY | O_CLOEXEC);

    if (fd < 0 && errno != ENOENT && errno != EACCES)
        return error_system("libgcrypt: %s", mode);
    if (fd >= 0)
        close(fd);
    return FOB_SUCCESS;
}

static int crypto_start(void)
{
    int code = crypto_check_mode();

    if (code != FOB_SUCCESS)
        return code;
    if (gcry_check_version(GCRYPT_WANTED) == NULL)
        return error_set(FOB_SYSTEM, "libgcrypt: older than " GCRYPT_WANTED);
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0)
        return FOB_SUCCESS;
    /* Not libgcrypt's secure memory: that pool is small and shared, and aborts the process when it
     * is full.  Keys lie in struct fob_secret; libgcrypt wipes its handles, which are closed at
     * once. */
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return FOB_SUCCESS;
}

static int crypto_fail(gcry_error_t error)
{
    if (gcry_err_code(error) == GPG_ERR_NO_ERROR)
        return FOB_SUCCESS;
    if (gcry_err_code(error) == GPG_ERR_ENOMEM)
        return error_nomem();
    return error_set(FOB_SYSTEM, "libgcrypt: %s", gcry_strerror(error));
}

int crypto_ready(void)
{
    int code = FOB_SUCCESS;

    if (atomic_load_explicit(&usable, memory_order_acquire))
        return FOB_SUCCESS;
    process_lock(&starting);
    if (!atomic_load(&usable)) {
        code = crypto_start();
        atomic_store(&usable, code == FOB_SUCCESS);
    }
    process_unlock(&starting);
    return code;
}

int crypto_random(void *data, size_t size)
{
    ssize_t got;

    /* getrandom() returns up to 256 bytes at once.  Not libgcrypt's generator: it has a lock that
     * may stay locked for ever in a forked child. */
    do
        got = getrandom(data, size, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)size ? FOB_SUCCESS : error_system("random bytes");
}

void crypto_sha256(struct span data, unsigned char hash[static CRYPTO_HASH])
{
    gcry_md_hash_buffer(GCRY_MD_SHA256, hash, data.data, data.size);
}

struct span crypto_key(const struct fob_secret *key)
{
    return (struct span){ fob_secret_data(key), fob_secret_size(key) };
}

static int crypto_fail_no_key(void)
{
    return error_set(FOB_LOCKED, "a key or secret of the parent process is gone after a fork");
}

/* Open a MAC, which the caller closes. */
static int crypto_mac_open(gcry_md_hd_t *mac)
{
    int code = crypto_ready();

    return code == FOB_SUCCESS ? crypto_fail(gcry_md_open(mac, GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC))
                               : code;
}

static int crypto_mac_make(gcry_md_hd_t mac, struct span key, const struct span *parts,
                           size_t count, unsigned char hash[static CRYPTO_HASH])
{
    int code = crypto_fail(gcry_md_setkey(mac, key.data, key.size));

    if (code != FOB_SUCCESS)
        return code;
    for (size_t i = 0; i < count; i++)
        gcry_md_write(mac, parts[i].data, parts[i].size);
    memcpy(hash, gcry_md_read(mac, GCRY_MD_SHA256), CRYPTO_HASH);
    return FOB_SUCCESS;
}

int crypto_hmac(struct span key, const struct span *parts, size_t count,
                unsigned char hash[static CRYPTO_HASH])
{
    gcry_md_hd_t mac = NULL;
    /* HMAC treats an empty key as zeros; a key that a fork wiped must not be used like that. */
    int code = key.size > 0 ? crypto_mac_open(&mac) : crypto_fail_no_key();

    if (code == FOB_SUCCESS)
        code = crypto_mac_make(mac, key, parts, count, hash);
    gcry_md_close(mac);
    return code;
}

int crypto_hkdf(const struct crypto_input *input, void *out, size_t size)
{
    static const unsigned char zeros[CRYPTO_HASH]; /* the default salt of RFC 5869 */
    const struct span salt =
        input->salt.size > 0 ? input->salt : (struct span){ zeros, sizeof zeros };
    unsigned char *to = out;
    unsigned char hash[CRYPTO_HASH];
    gcry_md_hd_t mac = NULL;
    int code = input->key.size > 0 ? crypto_mac_open(&mac) : crypto_fail_no_key();

    if (code == FOB_SUCCESS)
        code = crypto_mac_make(mac, salt, &input->key, 1, hash);
    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_md_setkey(mac, hash, sizeof hash));
    for (unsigned char block = 1; code == FOB_SUCCESS && size > 0; block++) {
        size_t part = size < sizeof hash ? size : sizeof hash;

        gcry_md_reset(mac);
        if (block > 1)
            gcry_md_write(mac, hash, sizeof hash);
        gcry_md_write(mac, input->info.data, input->info.size);
        gcry_md_write(mac, &block, 1);
        memcpy(hash, gcry_md_read(mac, GCRY_MD_SHA256), sizeof hash);
        memcpy(to, hash, part);
        to += part;
        size -= part;
    }
    gcry_md_close(mac);
    secret_wipe(hash, sizeof hash);
    return code;
}

/* Open a cipher for sealing or unsealing BOX once; the caller closes it. */
static int crypto_box_open(const struct crypto_box *box, gcry_cipher_hd_t *cipher)
{
    unsigned char derived[CRYPTO_KEY + NONCE_SIZE];
    int code = crypto_hkdf(&box->input, derived, sizeof derived);

    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_cipher_open(cipher, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, 0));
    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_cipher_setkey(*cipher, derived, CRYPTO_KEY));
    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_cipher_setiv(*cipher, derived + CRYPTO_KEY, NONCE_SIZE));
    secret_wipe(derived, sizeof derived);
    for (size_t i = 0; code == FOB_SUCCESS && i < ARRAY_SIZE(box->parts); i++) {
        if (box->parts[i].size > 0)
            code = crypto_fail(
                gcry_cipher_authenticate(*cipher, box->parts[i].data, box->parts[i].size));
    }
    return code;
}

int crypto_seal(const struct crypto_box *box, struct span plain, void *sealed)
{
    gcry_cipher_hd_t cipher = NULL;
    int code = plain.size > 0 ? crypto_box_open(box, &cipher) : crypto_fail_no_key();

    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_cipher_encrypt(cipher, sealed, plain.size, plain.data, plain.size));
    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_cipher_gettag(cipher, (char *)sealed + plain.size, CRYPTO_TAG));
    gcry_cipher_close(cipher);
    return code;
}

int crypto_unseal(const struct crypto_box *box, struct span sealed, void *plain)
{
    size_t size = sealed.size - CRYPTO_TAG;
    gcry_cipher_hd_t cipher = NULL;
    gcry_error_t error;
    int code;

    if (sealed.size < CRYPTO_TAG)
        return FOB_CORRUPT;
    code = crypto_box_open(box, &cipher);
    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_cipher_decrypt(cipher, plain, size, sealed.data, size));
    if (code == FOB_SUCCESS) {
        error = gcry_cipher_checktag(cipher, (const char *)sealed.data + size, CRYPTO_TAG);
        code = gcry_err_code(error) == GPG_ERR_CHECKSUM ? FOB_CORRUPT : crypto_fail(error);
    }
    gcry_cipher_close(cipher);
    if (code != FOB_SUCCESS)
        secret_wipe(plain, size);
    return code;
}

int crypto_stretch(const struct fob_secret *passphrase, struct span salt,
                   const struct crypto_cost *cost, struct fob_secret **key)
{
    const unsigned long parameters[] = { CRYPTO_KEY, cost->passes, cost->memory, cost->lanes };
    struct fob_secret *new = NULL;
    gcry_kdf_hd_t kdf = NULL;
    int code = crypto_ready();

    if (code == FOB_SUCCESS)
        code = secret_alloc(CRYPTO_KEY, &new);
    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_kdf_open(&kdf, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, parameters, 4,
                                         fob_secret_data(passphrase), fob_secret_size(passphrase),
                                         salt.data, salt.size, NULL, 0, NULL, 0));
    if (code == FOB_SUCCESS) {
        wait_begin(0, "making a key of the passphrase");
        code = crypto_fail(gcry_kdf_compute(kdf, NULL));
        wait_end();
    }
    if (code == FOB_SUCCESS)
        code = crypto_fail(gcry_kdf_final(kdf, CRYPTO_KEY, secret_buffer(new)));
    if (kdf != NULL)
        gcry_kdf_close(kdf);
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *key = new;
    return FOB_SUCCESS;
}

#define CALIBRATE_US 500000.0

/* Processor time, so that a busy machine does not make weaker slots. */
static double crypto_used_us(void)
{
    return (double)clock_ns(CLOCK_THREAD_CPUTIME_ID) / 1e3;
}

static int crypto_time_stretch(const struct crypto_cost *cost, double *took)
{
    const unsigned char salt[CRYPTO_SALT] = { 0 };
    struct fob_secret *sample = NULL;
    struct fob_secret *key = NULL;
    double begin;
    int code = secret_alloc(CRYPTO_KEY, &sample);

    if (code == FOB_SUCCESS) {
        begin = crypto_used_us();
        code = crypto_stretch(sample, (struct span){ salt, sizeof salt }, cost, &key);
        *took = crypto_used_us() - begin;
    }
    fob_secret_free(sample);
    fob_secret_free(key);
    return code;
}

int crypto_calibrate(struct crypto_cost *cost)
{
    const struct crypto_cost one = { 64 * 1024, 1, 1 };
    const struct crypto_cost three = { 64 * 1024, 3, 1 };
    double first = 0;
    double all = 0;
    double more;
    int code = crypto_time_stretch(&one, &first);

    if (code == FOB_SUCCESS && first < CALIBRATE_US)
        code = crypto_time_stretch(&three, &all);
    if (code != FOB_SUCCESS)
        return code;
    /* The first pass takes longer, because it allocates the memory. */
    more = (all - first) / 2;
    *cost = one;
    if (more > 0)
        cost->passes += (uint32_t)((CALIBRATE_US - first) / more);
    return FOB_SUCCESS;
}
