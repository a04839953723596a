/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Invitations: what is made, shown and erased. */
#include "config.h"

#include "world.h"

#include <stdio.h>
#include <string.h>

#define LINK "https://connect.example/i/"

/* Invite to ACCOUNT; the ID goes to ID, of 33 bytes. */
static int invite(struct world *world, const char *account, const struct fob_invite *how, char *id)
{
    struct fob_handle *handle = world_start(world, account);
    struct fob_secret *link = NULL;
    struct fob_secret *pin = NULL;
    struct fob_invitation *invitation = NULL;
    int code = fob_invite(handle, how, &link, &pin, &invitation);

    fob_end(handle);
    if (code == FOB_SUCCESS) {
        assert_int_equal(strlen(fob_secret_data(link)), sizeof LINK - 1 + 43);
        assert_memory_equal(fob_secret_data(link), LINK, sizeof LINK - 1);
        assert_int_equal(pin != NULL ? fob_secret_size(pin) : 0, how->pin ? 6 : 0);
        assert_string_equal(fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT), account);
        strcpy(id, fob_invitation_text(invitation, FOB_INVITATION_ID));
        fob_invitation_free(invitation);
    }
    fob_secret_free(link);
    fob_secret_free(pin);
    return code;
}

/* The last invitation that is listed. */
static struct fob_invitation *last(struct world *world)
{
    struct fob_invitations *list = NULL;
    struct fob_invitation *invitation = NULL;
    struct fob_invitation *next = NULL;

    assert_int_equal(fob_invitations_open(world->context, &list), FOB_SUCCESS);
    while (fob_invitations_next(list, &next) == FOB_SUCCESS) {
        fob_invitation_free(invitation);
        invitation = next;
    }
    fob_invitations_close(list);
    return invitation;
}

/* The card of the invitation ID, borrowed until the next call. */
static const char *card(const struct world *world, const char *id)
{
    static char text[8192];
    char name[64];
    FILE *file;
    size_t size;

    snprintf(name, sizeof name, "spool/cards/%s", id);
    file = fopen(folder_path(world->folder, name), "r");
    assert_non_null(file);
    size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    return text;
}

static void the_page_shows_the_provider_and_never_the_account(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how,
                                    .to = "Jane Doe",
                                    .label = "Acme Ltd",
                                    .note = "Please\nsoon",
                                    .pin = true };
    struct fob_invitation *invitation;
    char id[64];
    const char *text;

    expect(invite(world, "secret-name", &how, id), FOB_SUCCESS, "");
    text = card(world, id);
    assert_non_null(strstr(text, "\"title\":\"Told\""));
    assert_non_null(strstr(text, "\"from\":\"Bureau\""));
    assert_non_null(strstr(text, "\"to\":\"Jane Doe\""));
    assert_non_null(strstr(text, "\"note\":\"Please\\nsoon\""));
    assert_non_null(strstr(text, "\"guide\":\"Look in the drawer\""));
    assert_non_null(strstr(text, "\"pin\":true"));
    assert_non_null(strstr(text, "\"name\":\"id\""));
    assert_non_null(strstr(text, "\"name\":\"token\""));
    assert_null(strstr(text, "secret-name"));
    invitation = last(world);
    assert_int_equal(fob_invitation_state(invitation), FOB_INVITATION_OPEN);
    assert_string_equal(fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT), "secret-name");
    assert_string_equal(fob_invitation_text(invitation, FOB_INVITATION_TO), "Jane Doe");
    assert_int_equal(fob_invitation_number(invitation, FOB_INVITATION_LEFT), 5);
    fob_invitation_free(invitation);
    assert_non_null(strstr(world_last_log(world), "invite account=secret-name"));
    assert_non_null(strstr(world_last_log(world), id));
}

static void a_field_that_is_known_is_not_asked_for(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how };
    struct fob_handle *handle = world_start(world, "acme");
    struct fob_secret *link = NULL;
    struct fob_invitation *invitation;
    const char *text;

    world_field(handle, "id", "the-id");
    expect(fob_invite(handle, &how, &link, NULL, NULL), FOB_SUCCESS, "");
    fob_secret_free(link);
    fob_end(handle);
    invitation = last(world);
    text = card(world, fob_invitation_text(invitation, FOB_INVITATION_ID));
    assert_null(strstr(text, "\"name\":\"id\""));
    assert_null(strstr(text, "the-id"));
    assert_non_null(strstr(text, "\"name\":\"token\""));
    fob_invitation_free(invitation);
}

static void wrong_settings_are_refused(void **state)
{
    struct world *world = world_of(state);
    static const struct {
        struct fob_invite how;
        const char *words;
    } wrong[] = {
        { { .valid = 299 }, "valid for 5 minutes to 30 days" },
        { { .valid = 31 * 24 * 3600 }, "valid for 5 minutes to 30 days" },
        { { .attempts = 101 }, "at most 100 attempts" },
        { { .to = "a\nb" }, "the name of the person: must not have control characters" },
        { { .note = "a\033b" }, "the note: must not have control characters" },
        { { .label = "\xe2\x80\xae" }, "the label: must not have control characters" },
        { { .label = "\xff" }, "the label: must be text" },
        { { .return_url = "http://a.example" }, "must begin with https://" },
        { { .return_url = "https://a b" }, "the address to return to: " },
        { { .flags = FOB_NEW_IDENTITY }, "only an account that exists" },
        { { .flags = FOB_FORCE }, "fob_invite" },
    };
    char id[64];

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct fob_invite how = wrong[i].how;

        how.size = sizeof how;
        expect(invite(world, "acme", &how, id), FOB_INVALID, wrong[i].words);
    }
    assert_null(last(world));
}

static void nobody_is_asked_for_the_fields_of_an_app(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how };
    struct fob_invitations *list = NULL;
    struct fob_invitation *invitation = NULL;
    struct fob_handle *handle;
    struct fob_secret *link = NULL;
    struct fob_app *app = NULL;
    const char *text;

    world_provider(world, "signs-in",
                   "provider: signs-in\nfields:\n  - { name: client-id, app: true }\n"
                   "  - { name: company }\n"
                   "link:\n  - { control: required, plugin: told }\n"
                   "validate:\n  - { control: required, plugin: told }\n"
                   "revoke:\n  - { control: required, plugin: told }\n");
    expect(fob_start(world->context, "signs-in", "acme", NULL, &handle), FOB_SUCCESS, "");
    expect(fob_invite(handle, &how, &link, NULL, NULL), FOB_CONFIG,
           "signs-in: its app is not registered here");
    expect(fob_app_open(world->context, "signs-in", NULL, &app), FOB_SUCCESS, "");
    expect(fob_app_set_field(app, "client-id", "app-1", 5), FOB_SUCCESS, "");
    expect(fob_app_store(app, 0), FOB_SUCCESS, "");
    fob_app_close(app);
    expect(fob_invite(handle, &how, &link, NULL, NULL), FOB_SUCCESS, "");
    expect(fob_invitations_open(world->context, &list), FOB_SUCCESS, "");
    expect(fob_invitations_next(list, &invitation), FOB_SUCCESS, "");
    text = card(world, fob_invitation_text(invitation, FOB_INVITATION_ID));
    assert_non_null(strstr(text, "company"));
    assert_null(strstr(text, "client-id"));
    expect(fob_app_open(world->context, "signs-in", NULL, &app), FOB_SUCCESS, "");
    expect(fob_app_remove(app), FOB_EXISTS, "the invitation for acme needs the app of signs-in");
    expect(
        fob_cancel_invitation(world->context, fob_invitation_text(invitation, FOB_INVITATION_ID)),
        FOB_SUCCESS, "");
    expect(fob_app_remove(app), FOB_SUCCESS, "");
    fob_app_close(app);
    fob_invitation_free(invitation);
    fob_invitations_close(list);
    fob_secret_free(link);
    fob_end(handle);
}

static void a_host_is_not_for_a_stranger_to_choose(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how };
    struct fob_handle *handle;
    struct fob_secret *link = NULL;

    world_provider(world, "free",
                   "provider: free\nfields:\n  - { name: host, type: host }\n"
                   "link:\n  - { control: required, plugin: told }\n"
                   "validate:\n  - { control: required, plugin: told }\n"
                   "revoke:\n  - { control: required, plugin: told }\n");
    expect(fob_start(world->context, "free", "acme", NULL, &handle), FOB_SUCCESS, "");
    expect(fob_invite(handle, &how, &link, NULL, NULL), FOB_CONFIG,
           "host: the invited person could choose the host that fob connects to");
    world_field(handle, "host", "hr.example.com");
    expect(fob_invite(handle, &how, &link, NULL, NULL), FOB_SUCCESS, "");
    fob_secret_free(link);
    fob_end(handle);
}

static void a_sign_in_must_come_back_to_the_page(void **state)
{
    static const struct {
        const char *file;
        const char *words; /* NULL: it does */
    } cases[] = {
        { "options: { oauth: { redirect: loopback-any-port } }\n",
          "hr: its sign-in does not come back to https://connect.example/callback/hr" },
        { "options: { oauth: { redirect: \"https://other.example/callback\" } }\n",
          "does not come back" },
        { "options: { oauth: { redirect: https } }\n", NULL },
        { "options: { oauth: { redirect: \"https://connect.example/callback/hr\" } }\n",
          "somebody is invited already" },
    };
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fob_handle *handle = NULL;
        struct fob_secret *link = NULL;
        char file[512];
        int code;

        snprintf(file, sizeof file, "provider: hr\nplugin: told\nfields: [ { name: id } ]\n%s",
                 cases[i].file);
        world_provider(world, "hr", file);
        expect(fob_start(world->context, "hr", "acme", NULL, &handle), FOB_SUCCESS, "");
        code = fob_invite(handle, &how, &link, NULL, NULL);
        if (cases[i].words == NULL)
            expect(code, FOB_SUCCESS, "");
        else
            expect(code, i == 3 ? FOB_EXISTS : FOB_CONFIG, cases[i].words);
        fob_secret_free(link);
        fob_end(handle);
    }
}

static void nobody_is_invited_twice(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .valid = 300 };
    struct fob_secret *links[2] = { NULL, NULL };
    struct fob_secret *pin = NULL;
    struct fob_invitation *invitation;
    char first[64];
    char id[64];
    const char *text;

    expect(invite(world, "acme", &how, first), FOB_SUCCESS, "");
    expect(invite(world, "acme", &how, id), FOB_EXISTS, "acme: somebody is invited already");
    world_wait(1);
    expect(fob_invite_again(world->context, first, &links[0], &pin, NULL), FOB_SUCCESS, "");
    assert_null(pin);
    text = card(world, first);
    assert_non_null(strstr(text, "\"end\":\"cancelled\""));
    assert_null(strstr(text, "\"key\""));
    world_wait(1);
    expect(fob_invite_again(world->context, first, &links[1], &pin, NULL), FOB_SUCCESS, "");
    assert_string_not_equal(fob_secret_data(links[0]), fob_secret_data(links[1]));
    fob_secret_free(links[0]);
    fob_secret_free(links[1]);
    invitation = last(world);
    strcpy(id, fob_invitation_text(invitation, FOB_INVITATION_ID));
    fob_invitation_free(invitation);
    expect(fob_cancel_invitation(world->context, id), FOB_SUCCESS, "");
    expect(fob_cancel_invitation(world->context, id), FOB_EXISTS, "it is cancelled");
    expect(fob_cancel_invitation(world->context, "acme"), FOB_INVALID, "no such invitation");
    expect(fob_cancel_invitation(world->context, "0123456789abcdef0123456789abcdef"), FOB_NOT_FOUND,
           "no such invitation");
}

static void time_ends_an_invitation(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .valid = 300 };
    struct fob_invitation *invitation;
    char id[64];

    expect(invite(world, "acme", &how, id), FOB_SUCCESS, "");
    world_wait(301);
    invitation = last(world);
    assert_int_equal(fob_invitation_state(invitation), FOB_INVITATION_EXPIRED);
    fob_invitation_free(invitation);
    expect(invite(world, "acme", &how, id), FOB_SUCCESS, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_page_shows_the_provider_and_never_the_account),
        TEST(a_field_that_is_known_is_not_asked_for),
        TEST(wrong_settings_are_refused),
        TEST(nobody_is_asked_for_the_fields_of_an_app),
        TEST(a_host_is_not_for_a_stranger_to_choose),
        TEST(a_sign_in_must_come_back_to_the_page),
        TEST(nobody_is_invited_twice),
        TEST(time_ends_an_invitation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
