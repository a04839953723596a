/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* HPKE: the vectors of RFC 9180, appendix A.1.1, and what must not open. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spool/hpke.h"
#include "util/array.h"
#include "util/secret.h"

#include <gcrypt.h>

#include <stdio.h>
#include <string.h>

#define EPHEMERAL "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"
#define ENC "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
#define RECIPIENT "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"
#define RECIPIENT_PUBLIC "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"
#define SHARED "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"
#define SCHEDULE_KEY "4531685d41d65f03dc48f6b8302c05b0"
#define SCHEDULE_NONCE "56d890e5accaaf011cff4b7d"
#define SCHEDULE_INFO "Ode on a Grecian Urn"

/* The bytes of the hexadecimal TEXT. */
static const unsigned char *bytes(const char *text)
{
    static unsigned char buffers[4][64];
    static unsigned turn;
    unsigned char *buffer = buffers[turn++ % ARRAY_SIZE(buffers)];

    for (size_t i = 0; text[2 * i] != '\0'; i++) {
        unsigned byte;

        assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
        buffer[i] = (unsigned char)byte;
    }
    return buffer;
}

static void the_kem_is_that_of_the_rfc(void **state)
{
    unsigned char enc[HPKE_KEY];
    unsigned char shared[HPKE_KEY] = { 0 };

    (void)state;
    assert_int_equal(hpke_encapsulate(bytes(EPHEMERAL), bytes(RECIPIENT_PUBLIC), enc, shared),
                     FOB_SUCCESS);
    assert_memory_equal(enc, bytes(ENC), sizeof enc);
    assert_memory_equal(shared, bytes(SHARED), sizeof shared);
    memset(shared, 0, sizeof shared);
    assert_int_equal(hpke_decapsulate(bytes(RECIPIENT), bytes(ENC), shared), FOB_SUCCESS);
    assert_memory_equal(shared, bytes(SHARED), sizeof shared);
}

/* With AES-128, which the RFC's vectors have. */
static void the_key_schedule_is_that_of_the_rfc(void **state)
{
    struct hpke_schedule schedule;

    (void)state;
    hpke_derive(bytes(SHARED), wire_text(SCHEDULE_INFO), HPKE_AES128, &schedule);
    assert_memory_equal(schedule.key, bytes(SCHEDULE_KEY), 16);
    assert_memory_equal(schedule.nonce, bytes(SCHEDULE_NONCE), HPKE_NONCE);
}

/* Points of a low order, for which X25519 gives zero (RFC 7748, section 6.1). */
static void an_all_zero_secret_is_refused(void **state)
{
    static const char *const low[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    };
    const struct hpke_terms terms = { { "info", 4 }, { "aad", 3 } };
    unsigned char sealed[HPKE_EXTRA + 4];
    unsigned char shared[HPKE_KEY];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(low); i++) {
        assert_int_equal(hpke_decapsulate(bytes(RECIPIENT), bytes(low[i]), shared), FOB_CORRUPT);
        assert_int_equal(hpke_seal(bytes(low[i]), &terms, wire_text("text"), sealed), FOB_CORRUPT);
    }
}

struct sealing {
    struct fob_secret *key;
    struct hpke_terms terms;
    unsigned char sealed[HPKE_EXTRA + 4];
};

static struct sealing seal_text(void)
{
    struct sealing new = { .terms = { { "info", 4 }, { "aad", 3 } } };
    unsigned char public_key[HPKE_KEY];

    assert_int_equal(hpke_make_keys(&new.key, public_key), FOB_SUCCESS);
    assert_int_equal(hpke_seal(public_key, &new.terms, wire_text("text"), new.sealed), FOB_SUCCESS);
    return new;
}

static int open_text(const struct sealing *sealing, size_t size)
{
    char plain[5] = "";
    int code = hpke_open(sealing->key, &sealing->terms, (struct span){ sealing->sealed, size },
                         (unsigned char *)plain);

    assert_string_equal(plain, code == FOB_SUCCESS ? "text" : "");
    return code;
}

static void what_was_altered_does_not_open(void **state)
{
    struct sealing sealing = seal_text();
    const size_t size = sizeof sealing.sealed;
    struct fob_secret *other = NULL;
    struct fob_secret *mine = sealing.key;
    unsigned char public_key[HPKE_KEY];

    (void)state;
    assert_int_equal(open_text(&sealing, size), FOB_SUCCESS);
    for (size_t i = 0; i < size; i++) {
        /* The highest bit of a point is ignored, but not in what is authenticated. */
        sealing.sealed[i] ^= 0x80;
        assert_int_equal(open_text(&sealing, size), FOB_CORRUPT);
        sealing.sealed[i] ^= 0x80;
    }
    assert_int_equal(open_text(&sealing, size - 1), FOB_CORRUPT);
    assert_int_equal(open_text(&sealing, HPKE_EXTRA - 1), FOB_CORRUPT);
    sealing.terms.info = wire_text("Info");
    assert_int_equal(open_text(&sealing, size), FOB_CORRUPT);
    sealing.terms.info = wire_text("info");
    sealing.terms.aad = wire_text("aae");
    assert_int_equal(open_text(&sealing, size), FOB_CORRUPT);
    sealing.terms.aad = wire_text("aad");
    assert_int_equal(hpke_make_keys(&other, public_key), FOB_SUCCESS);
    sealing.key = other;
    assert_int_equal(open_text(&sealing, size), FOB_CORRUPT);
    sealing.key = NULL;
    assert_int_equal(open_text(&sealing, size), FOB_LOCKED);
    fob_secret_free(other);
    fob_secret_free(mine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kem_is_that_of_the_rfc),
        cmocka_unit_test(the_key_schedule_is_that_of_the_rfc),
        cmocka_unit_test(an_all_zero_secret_is_refused),
        cmocka_unit_test(what_was_altered_does_not_open),
    };

    return hpke_ready() != FOB_SUCCESS || cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
