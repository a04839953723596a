/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Random stacks, given to the real libpam with pam_debug.so and to fob with its debug plugin, must
 * end alike.  FOB_TEST_SEED replays a run; with FOB_TEST_LONG there are many more.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <security/pam_appl.h>

#include "core/hook/dispatch.h"
#include "core/session/handle.h"
#include "util/array.h"
#include "util/strbuf.h"

#include "folder.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define UNITS_MAX 8
#define DEPTH_MAX 4

/* The two sides' codes, one to one.  FOB_PLUGIN is what a stack without success gives, as
 * PAM_PERM_DENIED is. */
static const struct {
    int fob;
    int pam;
    const char *pam_name;
} codes[] = {
    { FOB_SUCCESS, PAM_SUCCESS, "success" },
    { FOB_IGNORE, PAM_IGNORE, "ignore" },
    { FOB_REJECTED, PAM_AUTH_ERR, "auth_err" },
    { FOB_EXPIRED, PAM_ACCT_EXPIRED, "acct_expired" },
    { FOB_DENIED, PAM_CRED_INSUFFICIENT, "cred_insufficient" },
    { FOB_UNAVAILABLE, PAM_AUTHINFO_UNAVAIL, "authinfo_unavail" },
    { FOB_RATE_LIMITED, PAM_MAXTRIES, "maxtries" },
    { FOB_UNTRUSTED, PAM_CRED_ERR, "cred_err" },
    { FOB_PROTOCOL, PAM_SERVICE_ERR, "service_err" },
    { FOB_MANUAL, PAM_TRY_AGAIN, "try_again" },
    { FOB_CONVERSATION, PAM_CONV_ERR, "conv_err" },
    { FOB_NOT_FOUND, PAM_USER_UNKNOWN, "user_unknown" },
    { FOB_EXISTS, PAM_AUTHTOK_ERR, "authtok_err" },
    { FOB_LOCKED, PAM_AUTHTOK_LOCK_BUSY, "authtok_lock_busy" },
    { FOB_SUSPENDED, PAM_AUTHTOK_DISABLE_AGING, "authtok_disable_aging" },
    { FOB_CORRUPT, PAM_NO_MODULE_DATA, "no_module_data" },
    { FOB_CONFIG, PAM_OPEN_ERR, "open_err" },
    { FOB_PLUGIN, PAM_PERM_DENIED, "perm_denied" },
    { FOB_INVALID, PAM_BAD_ITEM, "bad_item" },
    { FOB_NOMEM, PAM_BUF_ERR, "buf_err" },
    { FOB_SYSTEM, PAM_SYSTEM_ERR, "system_err" },
    { FOB_ABORT, PAM_ABORT, "abort" },
};
#define CODES ARRAY_SIZE(codes)

/* One stack in both languages, with those that it includes. */
struct world {
    char *folder;
    struct fob_context *context;
    uint64_t random; /* the generator's state */
    unsigned units;  /* still to be spent */
    unsigned files;
    char *shown; /* both texts of all files, for the failure's message */
};

/* xorshift64: a seed gives the same stacks everywhere. */
static unsigned draw(struct world *world, unsigned below)
{
    world->random ^= world->random << 13;
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return (unsigned)(world->random % below);
}

static size_t draw_code(struct world *world)
{
    unsigned kind = draw(world, 10);

    return kind < 4 ? 0 : kind < 5 ? 1 : draw(world, CODES);
}

static void draw_action(struct world *world, char text[static 16])
{
    static const char *const actions[] = { "ignore", "ok", "done", "bad", "die", "reset" };
    unsigned kind = draw(world, 8);

    if (kind < 6)
        snprintf(text, 16, "%s", actions[kind]);
    else
        snprintf(text, 16, "%u", 1 + draw(world, 4));
}

static void draw_long_form(struct world *world, struct strbuf *pam, struct strbuf *fob)
{
    unsigned many = 1 + draw(world, 4);
    bool seen[CODES] = { false };
    char action[16];

    strbuf_add_text(pam, "[");
    strbuf_add_text(fob, "{ ");
    for (unsigned i = 0; i < many; i++) {
        size_t code = draw_code(world);

        if (seen[code])
            continue;
        seen[code] = true;
        draw_action(world, action);
        strbuf_printf(pam, "%s=%s ", codes[code].pam_name, action);
        strbuf_printf(fob, "%s: %s, ", fob_code_name(codes[code].fob), action);
    }
    if (draw(world, 2) == 0) {
        draw_action(world, action);
        strbuf_printf(pam, "default=%s", action);
        strbuf_printf(fob, "default: %s", action);
    }
    strbuf_add_text(pam, "]");
    strbuf_add_text(fob, " }");
}

static void draw_plugin(struct world *world, struct strbuf *pam, struct strbuf *fob)
{
    static const char *const keywords[] = { "required", "requisite", "sufficient", "optional" };
    size_t code = draw_code(world);

    strbuf_add_text(pam, "auth ");
    strbuf_add_text(fob, "  - { control: ");
    if (draw(world, 2) == 0) {
        const char *keyword = keywords[draw(world, 4)];

        strbuf_add_text(pam, keyword);
        strbuf_add_text(fob, keyword);
    } else {
        draw_long_form(world, pam, fob);
    }
    strbuf_printf(pam, " pam_debug.so auth=%s\n", codes[code].pam_name);
    strbuf_printf(fob, ", plugin: debug, options: { validate: %s } }\n",
                  fob_code_name(codes[code].fob));
}

static void write_both(struct world *world, unsigned number, const struct strbuf *pam,
                       const struct strbuf *fob)
{
    char name[32];
    char *shown = NULL;

    snprintf(name, sizeof name, "pam/s%u", number);
    folder_write(world->folder, name, pam->data);
    snprintf(name, sizeof name, "fob/s%u.yaml", number);
    folder_write(world->folder, name, fob->data);
    assert_true(asprintf(&shown, "%s\ns%u:\n%s%s", world->shown != NULL ? world->shown : "", number,
                         pam->data, strstr(fob->data, "validate:")) > 0);
    free(world->shown);
    world->shown = shown;
}

/* Make the files of stack NUMBER, and of those below it. */
static void draw_stack(struct world *world, unsigned number, unsigned depth)
{
    struct strbuf pam = STRBUF_INIT;
    struct strbuf fob = STRBUF_INIT;
    unsigned count = 1 + draw(world, depth == 0 ? UNITS_MAX : 4);

    strbuf_printf(&fob,
                  "provider: s%u\nfields: [ { name: key } ]\n"
                  "link: [ { control: required, plugin: debug } ]\nvalidate:\n",
                  number);
    for (unsigned i = 0; i < count && (i == 0 || world->units > 0); i++) {
        unsigned kind = draw(world, 8);

        if (world->units > 0)
            world->units--;
        if (depth < DEPTH_MAX && kind < 3) {
            const char *word = kind == 0 ? "include" : "substack";
            unsigned other = ++world->files;

            /* Not every libpam looks for it beside the file that names it. */
            strbuf_printf(&pam, "auth %s %s/pam/s%u\n", word, world->folder, other);
            strbuf_printf(&fob, "  - { %s: s%u }\n", word, other);
            draw_stack(world, other, depth + 1);
        } else {
            draw_plugin(world, &pam, &fob);
        }
    }
    write_both(world, number, &pam, &fob);
    strbuf_free(&pam);
    strbuf_free(&fob);
}

static int answer_nothing(int count, const struct pam_message **messages,
                          struct pam_response **responses, void *data)
{
    (void)messages;
    (void)data;
    *responses = calloc((size_t)count, sizeof **responses);
    return *responses != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int verdict_of_pam(const struct world *world)
{
    const struct pam_conv conversation = { answer_nothing, NULL };
    char folder[PATH_MAX + 8];
    pam_handle_t *pam = NULL;
    int verdict;

    snprintf(folder, sizeof folder, "%s/pam", world->folder);
    assert_int_equal(pam_start_confdir("s0", "nobody", &conversation, folder, &pam), PAM_SUCCESS);
    verdict = pam_authenticate(pam, 0);
    pam_end(pam, verdict);
    for (size_t i = 0; i < CODES; i++) {
        if (codes[i].pam == verdict)
            return codes[i].fob;
    }
    fail_msg("libpam answered %d, which no module was told to", verdict);
    return -1;
}

static int verdict_of_fob(const struct world *world)
{
    struct fob_handle *handle = NULL;
    int verdict;

    assert_int_equal(handle_new(world->context, "acme", NULL, &handle), FOB_SUCCESS);
    snprintf(handle->provider_name, sizeof handle->provider_name, "s0");
    assert_int_equal(record_new("acme", &handle->candidate), FOB_SUCCESS);
    if (handle_provider(handle) != FOB_SUCCESS)
        fail_msg("%s\n%s", fob_error(), world->shown);
    verdict = dispatch(handle, HOOK_VALIDATE);
    fob_end(handle);
    return verdict;
}

static void compare(struct world *world)
{
    int pam;
    int fob;

    world->units = UNITS_MAX;
    world->files = 0;
    free(world->shown);
    world->shown = NULL;
    draw_stack(world, 0, 0);
    pam = verdict_of_pam(world);
    fob = verdict_of_fob(world);
    if (pam != fob)
        fail_msg("libpam: %s, fob: %s\n%s", fob_code_name(pam), fob_code_name(fob), world->shown);
}

static uint64_t choose_seed(void)
{
    const char *given = getenv("FOB_TEST_SEED");
    uint64_t seed = 0;

    if (given != NULL)
        seed = strtoull(given, NULL, 0);
    else if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        abort();
    return seed != 0 ? seed : 1;
}

static void open_world(struct world *world)
{
    char *text = NULL;

    world->folder = folder_make(NULL);
    folder_add(world->folder, "pam");
    folder_add(world->folder, "fob");
    folder_write(world->folder, "pam/other", "auth required pam_debug.so auth=auth_err\n");
    assert_true(asprintf(&text,
                         "store: { path: %s/store }\nkey_file: %s/key\n"
                         "plugins: [ %s/.libs ]\nproviders: [ %s/fob ]\n",
                         world->folder, world->folder, getenv("abs_top_builddir"),
                         world->folder) > 0);
    if (fob_open(folder_write(world->folder, "fob.yaml", text), &world->context) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    free(text);
}

/* A sanitizer takes long for each. */
#ifdef __SANITIZE_ADDRESS__
#define STACKS 1500
#else
#define STACKS 5000
#endif

static void stacks_end_as_in_libpam(void **state)
{
    struct world world = { .random = choose_seed() };
    const char *lengthy = getenv("FOB_TEST_LONG");
    unsigned count = lengthy != NULL && lengthy[0] != '\0' ? 200000 : STACKS;

    (void)state;
    if (getenv("abs_top_builddir") == NULL)
        skip(); /* nobody said where the debug plugin is */
    print_message("FOB_TEST_SEED=%#llx, %u stacks\n", (unsigned long long)world.random, count);
    open_world(&world);
    for (unsigned i = 0; i < count; i++)
        compare(&world);
    fob_close(world.context);
    free(world.shown);
    folder_remove(world.folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacks_end_as_in_libpam),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
