/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Seals messages to an X25519 key, over libgcrypt. */
#include "config.h"

#include "spool/hpke.h"

#include "util/array.h"
#include "util/error.h"
#include "util/secret.h"

#include <gcrypt.h>

#include <sys/random.h>

#define HASH_SIZE 32
#define LABEL_VERSION "HPKE-v1"
#define KEM_SUITE "KEM\x00\x20"

/* The pieces of a text that is hashed; see hpke_hmac(). */
#define PIECES_MAX 8

int hpke_ready(void)
{
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0)
        return FOB_SUCCESS;
    if (gcry_check_version("1.10.0") == NULL)
        return error_set(FOB_SYSTEM, "libgcrypt: older than 1.10.0");
    /* Keys lie in struct fob_secret, or on the stack and are wiped. */
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return FOB_SUCCESS;
}

static int hpke_fail(gcry_error_t error)
{
    if (gcry_err_code(error) == GPG_ERR_NO_ERROR)
        return FOB_SUCCESS;
    if (gcry_err_code(error) == GPG_ERR_ENOMEM)
        return error_nomem();
    return error_set(FOB_SYSTEM, "libgcrypt: %s", gcry_strerror(error));
}

/* HMAC-SHA256 of COUNT pieces, concatenated. */
static void hpke_hmac(struct span key, const struct span *pieces, size_t count,
                      unsigned char hash[static HASH_SIZE])
{
    gcry_buffer_t buffers[1 + PIECES_MAX] = { { .data = (void *)(uintptr_t)key.data,
                                                .len = key.size } };

    for (size_t i = 0; i < count; i++)
        buffers[1 + i] =
            (gcry_buffer_t){ .data = (void *)(uintptr_t)pieces[i].data, .len = pieces[i].size };
    gcry_md_hash_buffers(GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC, hash, buffers, (int)count + 1);
}

/* LabeledExtract() of section 4. */
static void hpke_extract(struct span salt, struct span suite, const char *label, struct span from,
                         unsigned char out[static HASH_SIZE])
{
    static const unsigned char zeros[HASH_SIZE];
    const struct span pieces[] = { wire_text(LABEL_VERSION), suite, wire_text(label), from };

    hpke_hmac(salt.size > 0 ? salt : (struct span){ zeros, sizeof zeros }, pieces,
              ARRAY_SIZE(pieces), out);
}

/* What LabeledExpand() of section 4 makes its output from. */
struct hpke_labels {
    struct span suite;
    const char *label;
    struct span context[3];
};

/* LabeledExpand() of SIZE bytes, at most one hash. */
static void hpke_expand(const unsigned char secret[static HASH_SIZE],
                        const struct hpke_labels *labels, unsigned char *out, size_t size)
{
    const unsigned char length[2] = { 0, (unsigned char)size };
    const unsigned char first = 1;
    const struct span pieces[PIECES_MAX] = {
        { length, sizeof length },
        wire_text(LABEL_VERSION),
        labels->suite,
        wire_text(labels->label),
        labels->context[0],
        labels->context[1],
        labels->context[2],
        { &first, 1 },
    };
    unsigned char hash[HASH_SIZE];

    hpke_hmac((struct span){ secret, HASH_SIZE }, pieces, PIECES_MAX, hash);
    memcpy(out, hash, size);
    secret_wipe(hash, sizeof hash);
}

static int hpke_public(const unsigned char private_key[static HPKE_KEY],
                       unsigned char public_key[static HPKE_KEY])
{
    return hpke_fail(gcry_ecc_mul_point(GCRY_ECC_CURVE25519, public_key, private_key, NULL));
}

/* Diffie-Hellman.  libgcrypt accepts points of a low order, whose result is zero whatever the key
 * (section 7.1.4). */
static int hpke_agree(const unsigned char private_key[static HPKE_KEY],
                      const unsigned char public_key[static HPKE_KEY],
                      unsigned char result[static HPKE_KEY])
{
    static const unsigned char zero[HPKE_KEY];
    int code = hpke_fail(gcry_ecc_mul_point(GCRY_ECC_CURVE25519, result, private_key, public_key));

    if (code == FOB_SUCCESS && secret_equal(result, HPKE_KEY, zero, HPKE_KEY))
        return error_set(FOB_CORRUPT, "not a public key of X25519");
    return code;
}

/* ExtractAndExpand() of section 4.1. */
static void hpke_share(const unsigned char agreed[static HPKE_KEY],
                       const unsigned char enc[static HPKE_KEY],
                       const unsigned char public_key[static HPKE_KEY],
                       unsigned char shared[static HPKE_KEY])
{
    const struct span suite = { KEM_SUITE, sizeof KEM_SUITE - 1 };
    const struct hpke_labels labels = { suite,
                                        "shared_secret",
                                        { { enc, HPKE_KEY }, { public_key, HPKE_KEY } } };
    unsigned char secret[HASH_SIZE];

    hpke_extract((struct span){ NULL, 0 }, suite, "eae_prk", (struct span){ agreed, HPKE_KEY },
                 secret);
    hpke_expand(secret, &labels, shared, HPKE_KEY);
    secret_wipe(secret, sizeof secret);
}

int hpke_encapsulate(const unsigned char ephemeral[static HPKE_KEY],
                     const unsigned char public_key[static HPKE_KEY],
                     unsigned char enc[static HPKE_KEY], unsigned char shared[static HPKE_KEY])
{
    unsigned char agreed[HPKE_KEY];
    int code = hpke_public(ephemeral, enc);

    if (code == FOB_SUCCESS)
        code = hpke_agree(ephemeral, public_key, agreed);
    if (code == FOB_SUCCESS)
        hpke_share(agreed, enc, public_key, shared);
    secret_wipe(agreed, sizeof agreed);
    return code;
}

int hpke_decapsulate(const unsigned char private_key[static HPKE_KEY],
                     const unsigned char enc[static HPKE_KEY],
                     unsigned char shared[static HPKE_KEY])
{
    unsigned char public_key[HPKE_KEY];
    unsigned char agreed[HPKE_KEY];
    int code = hpke_public(private_key, public_key);

    if (code == FOB_SUCCESS)
        code = hpke_agree(private_key, enc, agreed);
    if (code == FOB_SUCCESS)
        hpke_share(agreed, enc, public_key, shared);
    secret_wipe(agreed, sizeof agreed);
    return code;
}

void hpke_derive(const unsigned char shared[static HPKE_KEY], struct span info, enum hpke_aead aead,
                 struct hpke_schedule *schedule)
{
    static const unsigned char mode; /* base */
    const unsigned char name[10] = { 'H', 'P', 'K', 'E', 0, 0x20, 0, 1, 0, (unsigned char)aead };
    const struct span suite = { name, sizeof name };
    const struct span nothing = { NULL, 0 };
    const struct span salt = { shared, HPKE_KEY };
    unsigned char psk_id[HASH_SIZE];
    unsigned char hash[HASH_SIZE];
    unsigned char secret[HASH_SIZE];
    struct hpke_labels labels = {
        suite, "key", { { &mode, 1 }, { psk_id, sizeof psk_id }, { hash, sizeof hash } }
    };

    hpke_extract(nothing, suite, "psk_id_hash", nothing, psk_id);
    hpke_extract(nothing, suite, "info_hash", info, hash);
    hpke_extract(salt, suite, "secret", nothing, secret);
    hpke_expand(secret, &labels, schedule->key, 16 * (size_t)aead);
    labels.label = "base_nonce";
    hpke_expand(secret, &labels, schedule->nonce, HPKE_NONCE);
    secret_wipe(secret, sizeof secret);
}

/* Open a cipher for the one message of SHARED; the caller closes it. */
static int hpke_cipher(const unsigned char shared[static HPKE_KEY], const struct hpke_terms *terms,
                       gcry_cipher_hd_t *cipher)
{
    struct hpke_schedule schedule;
    int code = hpke_fail(gcry_cipher_open(cipher, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, 0));

    if (code != FOB_SUCCESS)
        return code;
    hpke_derive(shared, terms->info, HPKE_AES256, &schedule);
    code = hpke_fail(gcry_cipher_setkey(*cipher, schedule.key, sizeof schedule.key));
    if (code == FOB_SUCCESS)
        code = hpke_fail(gcry_cipher_setiv(*cipher, schedule.nonce, sizeof schedule.nonce));
    if (code == FOB_SUCCESS)
        code = hpke_fail(gcry_cipher_authenticate(*cipher, terms->aad.data, terms->aad.size));
    secret_wipe(&schedule, sizeof schedule);
    return code;
}

static int hpke_random(unsigned char key[static HPKE_KEY])
{
    return getrandom(key, HPKE_KEY, 0) == HPKE_KEY ? FOB_SUCCESS : error_system("random bytes");
}

int hpke_make_keys(struct fob_secret **private_key, unsigned char public_key[static HPKE_KEY])
{
    struct fob_secret *new = NULL;
    unsigned char made[HPKE_KEY];
    int code = hpke_ready();

    if (code == FOB_SUCCESS)
        code = secret_alloc(HPKE_KEY, &new);
    if (code == FOB_SUCCESS)
        code = hpke_random((unsigned char *)secret_buffer(new));
    if (code == FOB_SUCCESS)
        code = hpke_public((const unsigned char *)fob_secret_data(new), made);
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    memcpy(public_key, made, sizeof made);
    *private_key = new;
    return FOB_SUCCESS;
}

int hpke_seal(const unsigned char public_key[static HPKE_KEY], const struct hpke_terms *terms,
              struct span plain, unsigned char *sealed)
{
    unsigned char *text = sealed + HPKE_KEY;
    unsigned char ephemeral[HPKE_KEY];
    unsigned char shared[HPKE_KEY];
    gcry_cipher_hd_t cipher = NULL;
    int code = hpke_ready();

    if (code == FOB_SUCCESS)
        code = hpke_random(ephemeral);
    if (code == FOB_SUCCESS)
        code = hpke_encapsulate(ephemeral, public_key, sealed, shared);
    if (code == FOB_SUCCESS)
        code = hpke_cipher(shared, terms, &cipher);
    if (code == FOB_SUCCESS)
        code = hpke_fail(gcry_cipher_encrypt(cipher, text, plain.size, plain.data, plain.size));
    if (code == FOB_SUCCESS)
        code = hpke_fail(gcry_cipher_gettag(cipher, text + plain.size, HPKE_TAG));
    gcry_cipher_close(cipher);
    secret_wipe(ephemeral, sizeof ephemeral);
    secret_wipe(shared, sizeof shared);
    return code;
}

static int hpke_decrypt(gcry_cipher_hd_t cipher, struct span text, unsigned char *plain)
{
    const size_t size = text.size - HPKE_TAG;
    int code = hpke_fail(gcry_cipher_decrypt(cipher, plain, size, text.data, size));
    gcry_error_t error;

    if (code != FOB_SUCCESS)
        return code;
    error = gcry_cipher_checktag(cipher, (const unsigned char *)text.data + size, HPKE_TAG);
    code = gcry_err_code(error) == GPG_ERR_CHECKSUM ? FOB_CORRUPT : hpke_fail(error);
    if (code != FOB_SUCCESS)
        secret_wipe(plain, size);
    return code;
}

int hpke_open(const struct fob_secret *private_key, const struct hpke_terms *terms,
              struct span sealed, unsigned char *plain)
{
    const unsigned char *enc = sealed.data;
    unsigned char shared[HPKE_KEY];
    gcry_cipher_hd_t cipher = NULL;
    int code = hpke_ready();

    if (sealed.size < HPKE_EXTRA)
        return FOB_CORRUPT;
    if (code == FOB_SUCCESS && fob_secret_size(private_key) != HPKE_KEY)
        code = error_set(FOB_LOCKED, "the key of an invitation is not there");
    if (code == FOB_SUCCESS)
        code = hpke_decapsulate((const unsigned char *)fob_secret_data(private_key), enc, shared);
    if (code == FOB_SUCCESS)
        code = hpke_cipher(shared, terms, &cipher);
    if (code == FOB_SUCCESS)
        code = hpke_decrypt(cipher, (struct span){ enc + HPKE_KEY, sealed.size - HPKE_KEY }, plain);
    gcry_cipher_close(cipher);
    secret_wipe(shared, sizeof shared);
    return code;
}
