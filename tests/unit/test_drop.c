/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Drops: what is sealed opens, and nothing but what fob-hub-spool(5) describes is read. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spool/drop.h"
#include "util/array.h"
#include "util/base64.h"
#include "util/secret.h"

#include <stdio.h>
#include <string.h>

static const struct drop_name name = { "an invitation..", "a drop.........." };
static const char token[] = "01234567890123456789012345678901";
static const char nonce[] = "0123456789abcdef";

struct entry {
    const char *name;
    const char *value;
};
/* What each drop must have. */
#define REQUIRED        \
    { "token", token }, \
    {                   \
        "nonce", nonce  \
    }

/* The plaintext of ENTRIES, up to one without a name. */
static struct fob_secret *make_plain(const struct entry *entries)
{
    struct drop_entries made;
    struct fob_secret *plain = NULL;

    assert_int_equal(drop_begin(&made), FOB_SUCCESS);
    for (; entries->name != NULL; entries++)
        assert_int_equal(drop_add(&made, entries->name, wire_text(entries->value)), FOB_SUCCESS);
    assert_int_equal(secret_alloc(DROP_BLOCK, &plain), FOB_SUCCESS);
    memcpy(secret_buffer(plain), fob_secret_data(made.plain), DROP_BLOCK);
    drop_end(&made);
    return plain;
}

static bool reads(const struct entry *entries)
{
    struct fob_secret *plain = make_plain(entries);
    struct drop_content content;
    bool read = drop_read(plain, &content);

    fob_secret_free(plain);
    return read;
}

static void assert_span(struct span span, const char *text)
{
    assert_int_equal(span.size, strlen(text));
    assert_memory_equal(span.data, text, span.size);
}

static void what_is_sealed_opens(void **state)
{
    struct drop_entries entries;
    struct strbuf file = STRBUF_INIT;
    struct fob_secret *key = NULL;
    struct fob_secret *plain = NULL;
    struct drop_content content;
    unsigned char public_key[HPKE_KEY];

    (void)state;
    assert_int_equal(hpke_make_keys(&key, public_key), FOB_SUCCESS);
    assert_int_equal(drop_begin(&entries), FOB_SUCCESS);
    drop_add(&entries, "kind", wire_text("form"));
    drop_add(&entries, "token", wire_text(token));
    drop_add(&entries, "nonce", wire_text(nonce));
    drop_add(&entries, "f.client_id", wire_text("id"));
    drop_add(&entries, "f.client_secret", wire_text("hush"));
    assert_int_equal(drop_seal(&entries, public_key, &name, &file), FOB_SUCCESS);
    drop_end(&entries);
    assert_int_equal(file.size, DROP_MIN);
    assert_null(memmem(file.data, file.size, "hush", 4));
    assert_int_equal(drop_open(key, &name, (struct span){ file.data, file.size }, &plain),
                     FOB_SUCCESS);
    assert_true(drop_read(plain, &content));
    assert_int_equal(content.kind, DROP_FORM);
    assert_span(content.token, token);
    assert_span(content.nonce, nonce);
    assert_int_equal(content.field_count, 2);
    assert_string_equal(content.fields[1].name, "client_secret");
    assert_span(content.fields[1].value, "hush");
    fob_secret_free(plain);
    fob_secret_free(key);
    strbuf_free(&file);
}

/* Sizes do not show, up to the block; the largest drop fits. */
static void a_drop_has_whole_blocks(void **state)
{
    static char much[DROP_PLAIN_MAX];
    const size_t extra = 5 + strlen("token");
    const struct {
        size_t value;
        size_t blocks;
    } sizes[] = { { 0, 1 },
                  { DROP_BLOCK - extra, 1 },
                  { DROP_BLOCK - extra + 1, 2 },
                  { DROP_PLAIN_MAX - extra, DROP_PLAIN_MAX / DROP_BLOCK } };
    struct fob_secret *key = NULL;
    unsigned char public_key[HPKE_KEY];

    (void)state;
    assert_int_equal(hpke_make_keys(&key, public_key), FOB_SUCCESS);
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        struct drop_entries entries;
        struct strbuf file = STRBUF_INIT;
        struct fob_secret *plain = NULL;

        drop_begin(&entries);
        assert_int_equal(drop_add(&entries, "token", (struct span){ much, sizes[i].value }),
                         FOB_SUCCESS);
        assert_int_equal(drop_seal(&entries, public_key, &name, &file), FOB_SUCCESS);
        drop_end(&entries);
        assert_int_equal(file.size, DROP_HEADER + HPKE_EXTRA + sizes[i].blocks * DROP_BLOCK);
        assert_true(file.size <= DROP_MAX);
        assert_int_equal(drop_open(key, &name, (struct span){ file.data, file.size }, &plain),
                         FOB_SUCCESS);
        fob_secret_free(plain);
        strbuf_free(&file);
    }
    fob_secret_free(key);
}

static void what_does_not_fit_is_not_added(void **state)
{
    static char much[DROP_PLAIN_MAX + 1];
    static char long_name[257];
    struct drop_entries entries;

    (void)state;
    memset(long_name, 'n', sizeof long_name - 1);
    drop_begin(&entries);
    assert_int_equal(drop_add(&entries, "a", (struct span){ much, DROP_PLAIN_MAX - 5 }),
                     FOB_INVALID);
    assert_int_equal(drop_add(&entries, "a", (struct span){ much, sizeof much }), FOB_INVALID);
    assert_int_equal(drop_add(&entries, "", wire_text("x")), FOB_INVALID);
    assert_int_equal(drop_add(&entries, long_name, wire_text("x")), FOB_INVALID);
    assert_int_equal(entries.size, 0);
    assert_int_equal(drop_add(&entries, "a", (struct span){ much, DROP_PLAIN_MAX - 6 }),
                     FOB_SUCCESS);
    assert_int_equal(drop_add(&entries, "b", wire_text("")), FOB_INVALID);
    drop_end(&entries);
}

static void a_drop_opens_only_under_its_names(void **state)
{
    struct drop_entries entries;
    struct drop_name other = name;
    struct strbuf file = STRBUF_INIT;
    struct fob_secret *key = NULL;
    struct fob_secret *plain = NULL;
    unsigned char public_key[HPKE_KEY];
    struct span whole;

    (void)state;
    assert_int_equal(hpke_make_keys(&key, public_key), FOB_SUCCESS);
    drop_begin(&entries);
    drop_add(&entries, "kind", wire_text("form"));
    assert_int_equal(drop_seal(&entries, public_key, &name, &file), FOB_SUCCESS);
    drop_end(&entries);
    whole = (struct span){ file.data, file.size };
    other.drop[15] ^= 1;
    assert_int_equal(drop_open(key, &other, whole, &plain), FOB_CORRUPT);
    other = name;
    other.invitation[0] ^= 1;
    assert_int_equal(drop_open(key, &other, whole, &plain), FOB_CORRUPT);
    /* Moved to another invitation, header and all. */
    file.data[8] ^= 1;
    assert_int_equal(drop_open(key, &other, whole, &plain), FOB_CORRUPT);
    file.data[8] ^= 1;
    file.data[0] ^= 1;
    assert_int_equal(drop_open(key, &name, whole, &plain), FOB_CORRUPT);
    file.data[0] ^= 1;
    whole.size = DROP_MIN - 1;
    assert_int_equal(drop_open(key, &name, whole, &plain), FOB_CORRUPT);
    assert_null(plain);
    fob_secret_free(key);
    strbuf_free(&file);
}

static void only_what_the_page_describes_is_read(void **state)
{
    static const struct entry good[][8] = {
        { REQUIRED, { "kind", "form" } },
        { REQUIRED, { "kind", "form" }, { "from", "192.0.2.1" }, { "pin", "" }, { "f.a", "" } },
        { { "query", "code=1&state=2" }, { "provider", "x" }, { "kind", "callback" }, REQUIRED },
    };
    static const struct entry bad[][8] = {
        { REQUIRED },
        { { "token", token }, { "kind", "form" } },
        { { "nonce", nonce }, { "kind", "form" } },
        { { "token", nonce }, { "nonce", nonce }, { "kind", "form" } },
        { { "token", token }, { "nonce", token }, { "kind", "form" } },
        { REQUIRED, { "kind", "from" } },
        { REQUIRED, { "kind", "form" }, { "kind", "form" } },
        { REQUIRED, { "kind", "form" }, { "pin", "1" }, { "pin", "1" } },
        { REQUIRED, { "kind", "form" }, { "other", "" } },
        { REQUIRED, { "kind", "form" }, { "f.", "" } },
        { REQUIRED, { "kind", "form" }, { "f.A", "" } },
        { REQUIRED, { "kind", "form" }, { "f.a", "" }, { "f.a", "" } },
        { REQUIRED, { "kind", "form" }, { "f.a", "\xff" } },
        { REQUIRED, { "kind", "form" }, { "query", "" } },
        { REQUIRED, { "kind", "form" }, { "provider", "x" } },
        { REQUIRED, { "kind", "callback" }, { "query", "" } },
        { REQUIRED, { "kind", "callback" }, { "provider", "x" } },
        { REQUIRED, { "kind", "callback" }, { "provider", "x" }, { "query", "" }, { "pin", "" } },
        { REQUIRED, { "kind", "callback" }, { "provider", "x" }, { "query", "" }, { "f.a", "" } },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(reads(good[i]));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(reads(bad[i]));
}

static void what_is_no_entry_is_refused(void **state)
{
    static const struct entry form[] = { REQUIRED, { "kind", "form" }, { NULL, NULL } };
    static const size_t used = 3 * 5 + 5 + 32 + 5 + 16 + 4 + 4;
    struct fob_secret *plain = make_plain(form);
    char *data = secret_buffer(plain);
    struct drop_content content;

    (void)state;
    assert_true(drop_read(plain, &content));
    data[DROP_BLOCK - 1] = 1; /* in the padding */
    assert_false(drop_read(plain, &content));
    data[DROP_BLOCK - 1] = 0;
    data[used] = 1; /* a name that is not all there */
    data[used + 1] = 'a';
    wire_put((unsigned char *)data + used + 2, DROP_BLOCK, 4);
    assert_false(drop_read(plain, &content));
    memcpy(data + used, "\3f.a\0\0\0\3a\0b", 11); /* a zero byte in a value */
    assert_false(drop_read(plain, &content));
    data[used + 9] = '0';
    assert_true(drop_read(plain, &content));
    fob_secret_free(plain);
}

static void at_most_forty_fields_are_read(void **state)
{
    struct fob_secret *plain = NULL;
    struct drop_content content;

    (void)state;
    for (int count = DROP_FIELDS_MAX; count <= DROP_FIELDS_MAX + 1; count++) {
        struct entry entries[3 + DROP_FIELDS_MAX + 2] = { REQUIRED, { "kind", "form" } };
        char names[DROP_FIELDS_MAX + 1][16];

        for (int i = 0; i < count; i++) {
            snprintf(names[i], sizeof names[i], "f.n%d", i);
            entries[3 + i] = (struct entry){ names[i], "x" };
        }
        plain = make_plain(entries);
        assert_int_equal(drop_read(plain, &content), count <= DROP_FIELDS_MAX);
        fob_secret_free(plain);
    }
}

static void base64url_has_one_way_to_write(void **state)
{
    unsigned char data[4];
    char text[8];

    (void)state;
    base64_url_write("\xff\xfe\x00\x01", 4, text);
    assert_string_equal(text, "__4AAQ");
    assert_true(base64_url_read(text, 6, data, 4));
    assert_memory_equal(data, "\xff\xfe\x00\x01", 4);
    assert_false(base64_url_read("__4AAR", 6, data, 4)); /* bits that are left over */
    assert_memory_equal(data, "\0\0\0\0", 4);
    assert_false(base64_url_read("__4AAQ=", 7, data, 4));
    assert_false(base64_url_read("//4AAQ", 6, data, 4));
    assert_false(base64_url_read("__4AA", 5, data, 4));
    assert_false(base64_url_read("__4A\0Q", 6, data, 4));
}

static void names_are_hashes(void **state)
{
    unsigned char first[SPOOL_ID];
    unsigned char second[SPOOL_ID];

    (void)state;
    /* printf 'fob callback%s' STATE | sha256sum */
    spool_name_callback(wire_text("STATE"), first);
    assert_true(spool_name_read("dddcc63e9c3d7e34fdd0b58a1f9f68af", 32, second));
    assert_memory_equal(first, second, sizeof first);
    assert_false(spool_name_read("dddcc63e9c3d7e34fdd0b58a1f9f68aF", 32, second));
    assert_false(spool_name_read("dddcc63e9c3d7e34fdd0b58a1f9f68a", 31, second));
    assert_false(spool_name_read("../../../../../../../etc/passwd.", 32, second));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens),
        cmocka_unit_test(a_drop_has_whole_blocks),
        cmocka_unit_test(what_does_not_fit_is_not_added),
        cmocka_unit_test(a_drop_opens_only_under_its_names),
        cmocka_unit_test(only_what_the_page_describes_is_read),
        cmocka_unit_test(what_is_no_entry_is_refused),
        cmocka_unit_test(at_most_forty_fields_are_read),
        cmocka_unit_test(base64url_has_one_way_to_write),
        cmocka_unit_test(names_are_hashes),
    };

    return hpke_ready() != FOB_SUCCESS || cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
