/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The inbox: what persons send becomes accounts, or a page that says why not. */
#include "config.h"

#include "guest.h"

#include "core/session/context.h"
#include "spool/spool_file.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The record of an invitation must have no secret any more. */
static void assert_erased(const struct world *world, const struct guest *guest)
{
    char name[64];
    struct record *record = NULL;
    struct record_field field;
    struct store *store;
    size_t secrets = 0;

    snprintf(name, sizeof name, "invitation:%s", guest->id);
    assert_int_equal(context_store(world->context, &store), FOB_SUCCESS);
    assert_int_equal(store_read_any(store, name, &record), FOB_SUCCESS);
    for (size_t i = 0; i < record_field_count(record); i++) {
        record_field_at(record, i, &field);
        secrets += field.secret;
        assert_int_equal(field.secret ? field.size : 0, 0);
    }
    assert_true(secrets > 0);
    record_free(record);
}

static void keys_that_are_good_become_an_account(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;

    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    guest_send_form(world, &guest, "the-id", "the-token");
    assert_int_equal(guest_run(world, "done success\n"), 0);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_field(world, "acme", "token", "the-token");
    world_assert_text(world, "acme", FOB_TEXT_INVITATION, guest.id);
    guest_assert_shown(world, &guest, "\"state\":\"done\"");
    guest_assert_shown(world, &guest, "\"identity\":\"company \\\"Acme Ltd\\\"\"");
    assert_non_null(strstr(guest_read(world, "cards", guest.id), "\"end\":\"done\""));
    assert_int_equal(guest_count_files(world, "spool/inbox"), 0);
    assert_int_equal(guest_count_files(world, "spool/work"), 0);
    assert_non_null(strstr(world_last_log(world), "link account=acme"));
    assert_non_null(strstr(world_last_log(world), guest.id));
    assert_erased(world, &guest);
    guest_send_form(world, &guest, "other", "other");
    (void)guest_run(world, "");
    world_assert_field(world, "acme", "token", "the-token");
    assert_int_equal(guest_count_files(world, "spool/work"), 0);
}

static void refused_keys_count_until_the_invitation_is_blocked(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .attempts = 2 };
    struct guest guest;

    world_tell(world, &(struct told){ .link = "result: rejected, message: No such keys" });
    guest_invite(world, "acme", &how, NULL, &guest);
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "retry rejected\n");
    guest_assert_shown(world, &guest, "\"state\":\"retry\"");
    guest_assert_shown(world, &guest, "\"left\":1");
    guest_assert_shown(world, &guest, "Told does not accept these keys.");
    guest_assert_shown(world, &guest, "No such keys");
    guest_assert_shown(world, &guest, "\"echo\":{\"id\":\"the-id\"}");
    assert_null(strstr(guest_read(world, "results", guest.id), "the-token"));
    assert_null(strstr(guest_read(world, "results", guest.id), "acme"));
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "blocked rejected\n");
    guest_assert_shown(world, &guest, "\"state\":\"blocked\"");
    assert_false(world_has(world, "acme"));
}

static void keys_wait_for_a_provider_that_is_down(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;
    int64_t next;

    world_tell(world, &(struct told){ .link = "result: unavailable" });
    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    guest_send_form(world, &guest, "the-id", "the-token");
    next = guest_run(world, "received unavailable\n");
    guest_assert_shown(world, &guest, "\"state\":\"received\"");
    assert_int_equal(guest_count_files(world, "spool/work"), 1);
    /* Not before its time. */
    assert_int_equal(guest_run(world, ""), next);
    world_wait(6);
    (void)guest_run(world, "received unavailable\n");
    world_tell(world, &(struct told){ 0 });
    world_wait(31);
    assert_int_equal(guest_run(world, "done success\n"), 0);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void what_was_sent_later_replaces_what_waits(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;

    world_tell(world, &(struct told){ .link = "result: unavailable" });
    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    guest_send_form(world, &guest, "old", "old");
    (void)guest_run(world, "received unavailable\n");
    world_tell(world, &(struct told){ 0 });
    guest_send_form(world, &guest, "new", "new");
    (void)guest_run(world, "done success\n");
    world_assert_field(world, "acme", "token", "new");
    assert_int_equal(guest_count_files(world, "spool/work"), 0);
}

static void a_pin_must_be_known(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .pin = true };
    struct guest guest;
    char pin[7];

    guest_invite(world, "acme", &how, NULL, &guest);
    strcpy(pin, guest.pin);
    guest.pin[0] = guest.pin[0] == '1' ? '2' : '1';
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "retry denied\n");
    guest_assert_shown(world, &guest, "This is not the PIN.");
    guest_assert_shown(world, &guest, "\"says\":\"\"");
    guest_assert_shown(world, &guest, "\"left\":4");
    guest.pin[0] = '\0';
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "retry denied\n");
    strcpy(guest.pin, pin);
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "done success\n");
}

static void only_the_link_makes_drops(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;
    struct guest other;
    struct guest forged;

    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    guest_invite(world, "other", &guest_plain, NULL, &other);
    /* Without the token; with the key of another invitation; with the token of another one. */
    forged = guest;
    forged.token[0] ^= 1;
    guest_send_form(world, &forged, "x", "x");
    forged = guest;
    memcpy(forged.key, other.key, sizeof forged.key);
    guest_send_form(world, &forged, "x", "x");
    forged = guest;
    memcpy(forged.token, other.token, sizeof forged.token);
    guest_send_form(world, &forged, "x", "x");
    folder_write(world->folder, "spool/inbox/0123456789abcdef0123456789abcdef", "short");
    folder_write(world->folder, "spool/inbox/junk", "junk");
    folder_add(world->folder, "spool/inbox/fedcba9876543210fedcba9876543210");
    (void)guest_run(world, "");
    assert_false(world_has(world, "acme"));
    assert_int_equal(guest_count_files(world, "spool/work"), 0);
    assert_int_equal(guest_count_files(world, "spool/inbox"), 1); /* junk, for an hour */
    assert_non_null(strstr(world->trace, "a drop that does not open"));
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "done success\n");
}

static void a_field_that_is_known_cannot_be_sent(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");
    struct guest guest;

    world_field(handle, "id", "known");
    guest_invite(world, "acme", &guest_plain, handle, &guest);
    guest_send_form(world, &guest, "forged", "the-token");
    (void)guest_run(world, "retry invalid\n");
    guest_assert_shown(world, &guest, "\"says\":\"\"");
    guest_send_form(world, &guest, NULL, "the-token");
    (void)guest_run(world, "done success\n");
    world_assert_field(world, "acme", "id", "known");
}

static void new_keys_must_be_of_the_same_company(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .link = "identity: c2, name: Other" });
    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    assert_non_null(strstr(guest_read(world, "cards", guest.id), "\"kind\":\"relink\""));
    guest_send_form(world, &guest, "new-id", "new-token");
    (void)guest_run(world, "retry mismatched\n");
    guest_assert_shown(world, &guest,
                       "they belong to the company \\\"Other\\\". Expected was \\\"Acme");
    world_assert_field(world, "acme", "id", "id");
    world_tell(world, &(struct told){ 0 });
    guest_send_form(world, &guest, "new-id", "new-token");
    (void)guest_run(world, "done success\n");
    world_assert_field(world, "acme", "token", "new-token");
    world_assert_text(world, "acme", FOB_TEXT_INVITATION, guest.id);
}

static void an_account_can_be_expected_and_held(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .flags = FOB_HOLD };
    struct fob_handle *handle = world_start(world, "acme");
    struct guest guest;

    expect(fob_set_item(handle, FOB_ITEM_EXPECT, "c1"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_OWNER_NAME, "Jo"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_EXPIRES, "2100-01-01"), FOB_SUCCESS, "");
    guest_invite(world, "acme", &how, handle, &guest);
    world_tell(world, &(struct told){ .link = "identity: c2, name: Other" });
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "retry mismatched\n");
    world_tell(world, &(struct told){ 0 });
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "done success\n");
    guest_assert_shown(world, &guest, "\"hold\":true");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    world_assert_text(world, "acme", FOB_TEXT_OWNER_NAME, "Jo");
    assert_int_equal(world_time(world, "acme", FOB_TIME_EXPIRES), 4102444800);
}

static void a_card_that_is_gone_is_shown_again(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;
    char before[8192];
    char path[128];

    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    snprintf(before, sizeof before, "%s", guest_read(world, "cards", guest.id));
    snprintf(path, sizeof path, "spool/cards/%s", guest.id);
    assert_int_equal(unlink(folder_path(world->folder, path)), 0);
    (void)guest_run(world, "");
    assert_string_equal(guest_read(world, "cards", guest.id), before);
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "done success\n");
}

static void what_is_over_is_erased(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .valid = 300 };
    struct guest guest;

    guest_invite(world, "acme", &how, NULL, &guest);
    world_wait(300 + 899);
    (void)guest_run(world, "");
    assert_string_equal(guest_read(world, "results", guest.id), "");
    world_wait(2);
    (void)guest_run(world, "expired expired\n");
    guest_assert_shown(world, &guest, "\"state\":\"expired\"");
    world_wait(7 * 24 * 3600 + 1);
    (void)guest_run(world, "");
    assert_string_equal(guest_read(world, "cards", guest.id), "");
    assert_string_equal(guest_read(world, "results", guest.id), "");
    world_wait(84 * 24 * 3600);
    (void)guest_run(world, "");
    expect(fob_cancel_invitation(world->context, guest.id), FOB_NOT_FOUND, "no such invitation");
}

static void what_came_in_time_outlives_the_invitation(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .valid = 300 };
    struct guest guest;

    /* Nobody ran the inbox meanwhile. */
    guest_invite(world, "acme", &how, NULL, &guest);
    guest_send_form(world, &guest, "the-id", "the-token");
    world_wait(300 + 900 + 3600);
    (void)guest_run(world, "done success\n");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void a_flood_hides_no_drop(void **state)
{
    struct world *world = world_of(state);
    char path[64];
    struct guest guest;

    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    for (unsigned i = 0; i <= 1000; i++) {
        snprintf(path, sizeof path, "spool/inbox/%032x", i);
        folder_write(world->folder, path, "short");
    }
    guest_send_form(world, &guest, "the-id", "the-token");
    (void)guest_run(world, "done success\n");
    assert_int_equal(guest_count_files(world, "spool/inbox"), 0);
}

/* What FOLDER has of the record of GUEST. */
static const char *record_path(const struct world *world, const struct guest *guest)
{
    char path[128];

    snprintf(path, sizeof path, "store/accounts/invitation:%s", guest->id);
    return folder_path(world->folder, path);
}

static void an_invitation_that_cannot_be_read_stops_no_other(void **state)
{
    struct world *world = world_of(state);
    const struct fob_inbox plan = { .size = sizeof plan };
    struct guest guests[3];
    int64_t next = -1;
    int code;

    for (size_t i = 0; i < 3; i++) {
        guest_invite(world, (const char *[]){ "one", "two", "three" }[i], &guest_plain, NULL,
                     &guests[i]);
        guest_send_form(world, &guests[i], "the-id", "the-token");
    }
    assert_int_equal(truncate(record_path(world, &guests[0]), 20), 0);
    assert_int_equal(chmod(record_path(world, &guests[1]), 0644), 0);
    code = fob_inbox(world->context, &plan, &next);
    assert_true(code == FOB_CORRUPT || code == FOB_NOT_ALLOWED);
    assert_int_equal(next, 0);
    assert_true(world_has(world, "three"));
    assert_int_equal(guest_count_files(world, "spool/work"), 2);
    assert_int_equal(chmod(record_path(world, &guests[1]), 0600), 0);
    expect(fob_inbox(world->context, &plan, &next), FOB_CORRUPT, guests[0].id);
    assert_true(world_has(world, "two"));
    assert_int_equal(unlink(record_path(world, &guests[0])), 0);
    (void)guest_run(world, "");
    assert_int_equal(guest_count_files(world, "spool/work"), 0);
}

/* What fob-hub reads of a result is limited. */
static void an_echo_is_not_too_long_for_the_page(void **state)
{
    enum { SIZE = 60000 };
    struct world *world = world_of(state);
    char *quotes = test_malloc(SIZE + 1);
    struct guest guest;
    struct stat st;
    char path[64];

    memset(quotes, '"', SIZE);
    quotes[SIZE] = '\0';
    world_tell(world, &(struct told){ .link = "result: rejected" });
    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    guest_send_form(world, &guest, quotes, "the-token");
    (void)guest_run(world, "retry rejected\n");
    guest_assert_shown(world, &guest, "\"state\":\"retry\"");
    snprintf(path, sizeof path, "spool/results/%s", guest.id);
    assert_int_equal(stat(folder_path(world->folder, path), &st), 0);
    assert_in_range(st.st_size, 1, SPOOL_FILE_JSON_MAX);
    test_free(quotes);
}

static void keys_wait_for_a_store_that_is_locked(void **state)
{
    struct world *world = world_of(state);
    const struct fob_inbox plan = { .size = sizeof plan };
    struct fob_context *locked = NULL;
    struct guest guest;
    char key[256];
    int64_t next;

    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    guest_send_form(world, &guest, "the-id", "the-token");
    snprintf(key, sizeof key, "%s", folder_path(world->folder, "key"));
    assert_int_equal(rename(key, folder_path(world->folder, "away")), 0);
    expect(fob_open(folder_path(world->folder, "fob.yaml"), &locked), FOB_SUCCESS, "");
    expect(fob_inbox(locked, &plan, &next), FOB_LOCKED, "");
    fob_close(locked);
    assert_int_equal(guest_count_files(world, "spool/inbox"), 1);
    assert_int_equal(rename(folder_path(world->folder, "away"), key), 0);
    (void)guest_run(world, "done success\n");
}

#define SIGNS_IN "identity: c1, name: Acme Ltd, sign_in: \"https://hr.example/auth?x=y\""

/* Send the form of a provider with a sign-in page; "code=...&state=..." goes to QUERY. */
static void begin_sign_in(struct world *world, struct guest *guest, char query[static 256])
{
    const char *state;

    guest_send_form(world, guest, "c1", "t0ken");
    (void)guest_run(world, "signin success\n");
    guest_assert_shown(world, guest, "\"state\":\"signin\"");
    guest_assert_shown(world, guest,
                       "\"go\":\"https://hr.example/auth?x=y&redirect_uri=https%3A%2F%2F"
                       "connect.example%2Fcallback%2Ftold&");
    state = strstr(guest_read(world, "results", guest->id), "&state=");
    assert_non_null(state);
    snprintf(query, 256, "code=c0de-of-acme&state=%.*s", SPOOL_ID_TEXT + 1 + 22, state + 7);
    assert_memory_equal(state + 7, guest->id, SPOOL_ID_TEXT);
    assert_int_equal(state[7 + SPOOL_ID_TEXT], '.');
    assert_non_null(
        strstr(guest_read(world, "cards", guest->id), "\"origin\":\"https://hr.example\""));
}

static void a_sign_in_ends_where_it_began(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;
    char query[256];

    world_tell(world, &(struct told){ .link = SIGNS_IN });
    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    begin_sign_in(world, &guest, query);
    /* In another browser; at another provider; with another state. */
    guest.browser = 2;
    guest_send_callback(world, &guest, "told", query);
    (void)guest_run(world, "retry denied\n");
    guest_assert_shown(world, &guest, "This sign-in could not be matched.");
    guest_assert_shown(world, &guest, "\"says\":\"\"");
    guest.browser = 1;
    guest_send_callback(world, &guest, "other", query);
    (void)guest_run(world, "retry denied\n");
    guest_send_callback(world, &guest, "told", "code=c0de-of-acme&state=x");
    (void)guest_run(world, "retry denied\n");
    guest_assert_shown(world, &guest, "\"left\":5");
    guest_send_callback(world, &guest, "told", query);
    (void)guest_run(world, "done success\n");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_field(world, "acme", "token", "t0ken");
}

static void a_sign_in_is_used_once_and_in_time(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;
    char query[256];
    char denied[300];

    world_tell(world, &(struct told){ .link = SIGNS_IN });
    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    begin_sign_in(world, &guest, query);
    world_wait(601);
    guest_send_callback(world, &guest, "told", query);
    (void)guest_run(world, "retry unavailable\n");
    guest_assert_shown(world, &guest, "The sign-in was interrupted. Please sign in again.");
    guest_send_callback(world, &guest, "told", query);
    (void)guest_run(world, "retry denied\n");
    guest_assert_shown(world, &guest, "This sign-in could not be matched.");
    begin_sign_in(world, &guest, query);
    snprintf(denied, sizeof denied, "error=access_denied%s", strchr(query, '&'));
    guest_send_callback(world, &guest, "told", denied);
    (void)guest_run(world, "retry rejected\n");
    guest_assert_shown(world, &guest, "You did not allow access");
    guest_assert_shown(world, &guest, "\"left\":5");
    assert_false(world_has(world, "acme"));
}

/* A process that runs the inbox is killed while the provider is asked. */
static void kill_while_asked(struct world *world, struct guest *guest)
{
    struct flock held;
    pid_t child;
    int lock;

    world_tell(world, &(struct told){ .link = "identity: c1, name: Acme Ltd, pause: 60000" });
    guest_send_form(world, guest, "the-id", "the-token");
    child = fork();
    if (child == 0) {
        int64_t next;
        const struct fob_inbox plan = { .size = sizeof plan };

        alarm(60);
        (void)fob_inbox(world->context, &plan, &next);
        _exit(0);
    }
    while (guest_count_files(world, "spool/work") == 0 ||
           strstr(guest_state(world), "checking") == NULL)
        usleep(1000);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    /* A worker that had not begun yet has the lock for a moment. */
    lock = open(folder_path(world->folder, "spool/work/.lock"), O_RDWR | O_CLOEXEC);
    assert_true(lock >= 0);
    do
        held = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
    while (fcntl(lock, F_OFD_GETLK, &held) == 0 && held.l_type != F_UNLCK);
    close(lock);
    world_tell(world, &(struct told){ 0 });
}

static void a_kill_neither_loses_nor_links_twice(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;
    struct guest guest;

    guest_invite(world, "acme", &guest_plain, NULL, &guest);
    kill_while_asked(world, &guest);
    (void)guest_run(world, "done success\n");
    world_assert_field(world, "acme", "token", "the-token");
    /* Killed after the account was stored, which has another name since. */
    guest_invite(world, "other", &guest_plain, NULL, &guest);
    kill_while_asked(world, &guest);
    handle = world_start(world, "other");
    world_keys(handle, "the-id", "stored");
    expect(fob_set_item(handle, FOB_ITEM_INVITATION, guest.id), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    expect(fob_rename(handle, "renamed"), FOB_SUCCESS, "");
    fob_end(handle);
    (void)guest_run(world, "done success\n");
    assert_false(world_has(world, "other"));
    world_assert_field(world, "renamed", "token", "stored");
    guest_assert_shown(world, &guest, "\"identity\":\"company \\\"Acme Ltd\\\"\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_that_are_good_become_an_account),
        TEST(refused_keys_count_until_the_invitation_is_blocked),
        TEST(keys_wait_for_a_provider_that_is_down),
        TEST(what_was_sent_later_replaces_what_waits),
        TEST(a_pin_must_be_known),
        TEST(only_the_link_makes_drops),
        TEST(a_field_that_is_known_cannot_be_sent),
        TEST(new_keys_must_be_of_the_same_company),
        TEST(an_account_can_be_expected_and_held),
        TEST(a_card_that_is_gone_is_shown_again),
        TEST(what_is_over_is_erased),
        TEST(what_came_in_time_outlives_the_invitation),
        TEST(a_flood_hides_no_drop),
        TEST(an_invitation_that_cannot_be_read_stops_no_other),
        TEST(an_echo_is_not_too_long_for_the_page),
        TEST(keys_wait_for_a_store_that_is_locked),
        TEST(a_sign_in_ends_where_it_began),
        TEST(a_sign_in_is_used_once_and_in_time),
        TEST(a_kill_neither_loses_nor_links_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
