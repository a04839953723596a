/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The inbox: what persons send becomes accounts, or a page that says why not. */
#include "config.h"

#include "world.h"

#include "spool/drop.h"
#include "spool/spool_file.h"
#include "util/base64.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* An invitation, as the person and the hub know it. */
struct guest {
    unsigned char token[SPOOL_TOKEN];
    unsigned char key[HPKE_KEY];
    struct drop_name name;
    char id[SPOOL_ID_TEXT + 1];
    char pin[7];
    unsigned char browser; /* each byte of the nonce */
};

/* A file of the spool, borrowed until the next call; "" if there is none. */
static const char *read_spool(const struct world *world, const char *folder, const char *name)
{
    static char text[8192];
    char path[128];
    FILE *file;
    size_t size = 0;

    snprintf(path, sizeof path, "spool/%s/%s", folder, name);
    file = fopen(folder_path(world->folder, path), "r");
    if (file != NULL) {
        size = fread(text, 1, sizeof text - 1, file);
        fclose(file);
    }
    text[size] = '\0';
    return text;
}

static void invite(struct world *world, const char *account, const struct fob_invite *how,
                   struct fob_handle *handle, struct guest *guest)
{
    struct fob_secret *link = NULL;
    struct fob_secret *pin = NULL;
    unsigned char hash[SPOOL_HASH];
    const char *key;

    if (handle == NULL)
        handle = world_start(world, account);
    *guest = (struct guest){ .browser = 1 };
    expect(fob_invite(handle, how, &link, &pin), FOB_SUCCESS, "");
    fob_end(handle);
    assert_true(base64_url_read(strstr(fob_secret_data(link), "/i/") + 3, SPOOL_TOKEN_TEXT,
                                guest->token, sizeof guest->token));
    if (pin != NULL)
        strcpy(guest->pin, fob_secret_data(pin));
    fob_secret_free(link);
    fob_secret_free(pin);
    spool_name_hash(guest->token, hash);
    memcpy(guest->name.invitation, hash, SPOOL_ID);
    text_hex(hash, SPOOL_ID, guest->id);
    key = strstr(read_spool(world, "cards", guest->id), "\"key\":\"");
    assert_non_null(key);
    assert_true(base64_url_read(key + 7, BASE64URL_SIZE(HPKE_KEY), guest->key, HPKE_KEY));
}

static const struct fob_invite plain = { .size = sizeof plain, .to = "Jane" };

/* Put a drop of KIND into the inbox, with PAIRS of an entry's name and its value, which end with
 * NULL; without a value there is no entry. */
static void send_drop(const struct world *world, struct guest *guest, const char *kind,
                      const char *const *pairs)
{
    static unsigned count;
    unsigned char nonce[SPOOL_NONCE];
    struct drop_entries entries;
    struct strbuf file = STRBUF_INIT;
    char path[64] = "spool/inbox/";

    memset(nonce, guest->browser, sizeof nonce);
    memset(guest->name.drop, 0, sizeof guest->name.drop);
    guest->name.drop[0] = (unsigned char)++count;
    assert_int_equal(drop_begin(&entries), FOB_SUCCESS);
    assert_int_equal(
        drop_add(&entries, "token", (struct span){ guest->token, sizeof guest->token }), 0);
    assert_int_equal(drop_add(&entries, "nonce", (struct span){ nonce, sizeof nonce }), 0);
    assert_int_equal(drop_add(&entries, "kind", wire_text(kind)), 0);
    assert_int_equal(drop_add(&entries, "from", wire_text("192.0.2.7")), 0);
    for (; *pairs != NULL; pairs += 2) {
        if (pairs[1] != NULL)
            assert_int_equal(drop_add(&entries, pairs[0], wire_text(pairs[1])), 0);
    }
    assert_int_equal(drop_seal(&entries, guest->key, &guest->name, &file), FOB_SUCCESS);
    text_hex(guest->name.drop, SPOOL_ID, path + strlen(path));
    folder_write_bytes(world->folder, path, file.data, file.size);
    strbuf_free(&file);
    drop_end(&entries);
}

/* A form with the fields id and token, unless NULL. */
static void send_form(const struct world *world, struct guest *guest, const char *id,
                      const char *token)
{
    const char *const pairs[] = {
        "f.id", id, "pin", guest->pin[0] != '\0' ? guest->pin : NULL, "f.token", token, NULL
    };

    send_drop(world, guest, "form", pairs);
}

static void send_callback(const struct world *world, struct guest *guest, const char *provider,
                          const char *query)
{
    const char *const pairs[] = { "provider", provider, "query", query, NULL };

    send_drop(world, guest, "callback", pairs);
}

/* What TELL heard, a line "STATE CODE" each. */
static void hear(const struct fob_inbox_result *result, void *data)
{
    struct strbuf *heard = data;

    strbuf_printf(heard, "%s %s\n", fob_invitation_state_name((int)result->state),
                  fob_code_name(result->code));
}

/* Run the inbox, which must say WORDS. */
static int64_t run(struct world *world, const char *words)
{
    struct strbuf heard = STRBUF_INIT;
    const struct fob_inbox plan = { .size = sizeof plan, .tell = hear, .data = &heard };
    int64_t next = 0;

    expect(fob_inbox(world->context, &plan, &next), FOB_SUCCESS, "");
    assert_string_equal(heard.data != NULL ? heard.data : "", words);
    strbuf_free(&heard);
    return next;
}

static size_t count_files(const struct world *world, const char *folder)
{
    DIR *dir = opendir(folder_path(world->folder, folder));
    size_t count = 0;
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/* The state of the invitation that was made last. */
static const char *list_state(const struct world *world)
{
    struct fob_invitations *list = NULL;
    struct fob_invitation *invitation = NULL;
    enum fob_invitation_state state = FOB_INVITATION_OPEN;

    assert_int_equal(fob_invitations_open(world->context, &list), FOB_SUCCESS);
    while (fob_invitations_next(list, &invitation) == FOB_SUCCESS) {
        if (fob_invitation_state(invitation) < FOB_INVITATION_DONE)
            state = fob_invitation_state(invitation);
        fob_invitation_free(invitation);
    }
    fob_invitations_close(list);
    return fob_invitation_state_name((int)state);
}

static void assert_shown(const struct world *world, const struct guest *guest, const char *text)
{
    const char *result = read_spool(world, "results", guest->id);

    if (strstr(result, text) == NULL)
        fail_msg("no %s in %s", text, result);
}

static void keys_that_are_good_become_an_account(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;

    invite(world, "acme", &plain, NULL, &guest);
    send_form(world, &guest, "the-id", "the-token");
    assert_int_equal(run(world, "done success\n"), 0);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_field(world, "acme", "token", "the-token");
    world_assert_text(world, "acme", FOB_TEXT_INVITATION, guest.id);
    assert_shown(world, &guest, "\"state\":\"done\"");
    assert_shown(world, &guest, "\"identity\":\"company \\\"Acme Ltd\\\"\"");
    assert_non_null(strstr(read_spool(world, "cards", guest.id), "\"end\":\"done\""));
    assert_int_equal(count_files(world, "spool/inbox"), 0);
    assert_int_equal(count_files(world, "spool/work"), 0);
    assert_non_null(strstr(world_last_log(world), "link account=acme"));
    assert_non_null(strstr(world_last_log(world), guest.id));
    /* The key went with the end. */
    send_form(world, &guest, "other", "other");
    (void)run(world, "");
    world_assert_field(world, "acme", "token", "the-token");
    assert_int_equal(count_files(world, "spool/work"), 0);
}

static void refused_keys_count_until_the_invitation_is_blocked(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .attempts = 2 };
    struct guest guest;

    world_tell(world, &(struct told){ .link = "result: rejected, message: No such keys" });
    invite(world, "acme", &how, NULL, &guest);
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "retry rejected\n");
    assert_shown(world, &guest, "\"state\":\"retry\"");
    assert_shown(world, &guest, "\"left\":1");
    assert_shown(world, &guest, "Told does not accept these keys.");
    assert_shown(world, &guest, "No such keys");
    assert_shown(world, &guest, "\"echo\":{\"id\":\"the-id\"}");
    assert_null(strstr(read_spool(world, "results", guest.id), "the-token"));
    assert_null(strstr(read_spool(world, "results", guest.id), "acme"));
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "blocked rejected\n");
    assert_shown(world, &guest, "\"state\":\"blocked\"");
    assert_false(world_has(world, "acme"));
}

static void keys_wait_for_a_provider_that_is_down(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;
    int64_t next;

    world_tell(world, &(struct told){ .link = "result: unavailable" });
    invite(world, "acme", &plain, NULL, &guest);
    send_form(world, &guest, "the-id", "the-token");
    next = run(world, "received unavailable\n");
    assert_shown(world, &guest, "\"state\":\"received\"");
    assert_int_equal(count_files(world, "spool/work"), 1);
    /* Not before its time. */
    assert_int_equal(run(world, ""), next);
    world_wait(6);
    (void)run(world, "received unavailable\n");
    world_tell(world, &(struct told){ 0 });
    world_wait(31);
    assert_int_equal(run(world, "done success\n"), 0);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void what_was_sent_later_replaces_what_waits(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;

    world_tell(world, &(struct told){ .link = "result: unavailable" });
    invite(world, "acme", &plain, NULL, &guest);
    send_form(world, &guest, "old", "old");
    (void)run(world, "received unavailable\n");
    world_tell(world, &(struct told){ 0 });
    send_form(world, &guest, "new", "new");
    (void)run(world, "done success\n");
    world_assert_field(world, "acme", "token", "new");
    assert_int_equal(count_files(world, "spool/work"), 0);
}

static void a_pin_must_be_known(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .pin = true };
    struct guest guest;
    char pin[7];

    invite(world, "acme", &how, NULL, &guest);
    strcpy(pin, guest.pin);
    guest.pin[0] = guest.pin[0] == '1' ? '2' : '1';
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "retry denied\n");
    assert_shown(world, &guest, "This is not the PIN.");
    assert_shown(world, &guest, "\"says\":\"\"");
    assert_shown(world, &guest, "\"left\":4");
    guest.pin[0] = '\0';
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "retry denied\n");
    strcpy(guest.pin, pin);
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "done success\n");
}

static void only_the_link_makes_drops(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;
    struct guest other;
    struct guest forged;

    invite(world, "acme", &plain, NULL, &guest);
    invite(world, "other", &plain, NULL, &other);
    /* Without the token; with the key of another invitation; with the token of another one. */
    forged = guest;
    forged.token[0] ^= 1;
    send_form(world, &forged, "x", "x");
    forged = guest;
    memcpy(forged.key, other.key, sizeof forged.key);
    send_form(world, &forged, "x", "x");
    forged = guest;
    memcpy(forged.token, other.token, sizeof forged.token);
    send_form(world, &forged, "x", "x");
    folder_write(world->folder, "spool/inbox/0123456789abcdef0123456789abcdef", "short");
    folder_write(world->folder, "spool/inbox/junk", "junk");
    folder_add(world->folder, "spool/inbox/fedcba9876543210fedcba9876543210");
    (void)run(world, "");
    assert_false(world_has(world, "acme"));
    assert_int_equal(count_files(world, "spool/work"), 0);
    assert_int_equal(count_files(world, "spool/inbox"), 1); /* junk, for an hour */
    assert_non_null(strstr(world->trace, "a drop that does not open"));
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "done success\n");
}

static void a_field_that_is_known_cannot_be_sent(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");
    struct guest guest;

    world_field(handle, "id", "known");
    invite(world, "acme", &plain, handle, &guest);
    send_form(world, &guest, "forged", "the-token");
    (void)run(world, "retry invalid\n");
    assert_shown(world, &guest, "\"says\":\"\"");
    send_form(world, &guest, NULL, "the-token");
    (void)run(world, "done success\n");
    world_assert_field(world, "acme", "id", "known");
}

static void new_keys_must_be_of_the_same_company(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .link = "identity: c2, name: Other" });
    invite(world, "acme", &plain, NULL, &guest);
    assert_non_null(strstr(read_spool(world, "cards", guest.id), "\"kind\":\"relink\""));
    send_form(world, &guest, "new-id", "new-token");
    (void)run(world, "retry mismatched\n");
    assert_shown(world, &guest, "they belong to the company \\\"Other\\\". Expected was \\\"Acme");
    world_assert_field(world, "acme", "id", "id");
    world_tell(world, &(struct told){ 0 });
    send_form(world, &guest, "new-id", "new-token");
    (void)run(world, "done success\n");
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
    invite(world, "acme", &how, handle, &guest);
    world_tell(world, &(struct told){ .link = "identity: c2, name: Other" });
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "retry mismatched\n");
    world_tell(world, &(struct told){ 0 });
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "done success\n");
    assert_shown(world, &guest, "\"hold\":true");
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

    invite(world, "acme", &plain, NULL, &guest);
    snprintf(before, sizeof before, "%s", read_spool(world, "cards", guest.id));
    snprintf(path, sizeof path, "spool/cards/%s", guest.id);
    assert_int_equal(unlink(folder_path(world->folder, path)), 0);
    (void)run(world, "");
    assert_string_equal(read_spool(world, "cards", guest.id), before);
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "done success\n");
}

static void what_is_over_is_erased(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .valid = 300 };
    struct guest guest;

    invite(world, "acme", &how, NULL, &guest);
    world_wait(300 + 899);
    (void)run(world, "");
    assert_string_equal(read_spool(world, "results", guest.id), "");
    world_wait(2);
    (void)run(world, "expired expired\n");
    assert_shown(world, &guest, "\"state\":\"expired\"");
    world_wait(7 * 24 * 3600 + 1);
    (void)run(world, "");
    assert_string_equal(read_spool(world, "cards", guest.id), "");
    assert_string_equal(read_spool(world, "results", guest.id), "");
    world_wait(84 * 24 * 3600);
    (void)run(world, "");
    expect(fob_cancel_invitation(world->context, guest.id), FOB_NOT_FOUND, "no such invitation");
}

static void what_came_in_time_outlives_the_invitation(void **state)
{
    struct world *world = world_of(state);
    const struct fob_invite how = { .size = sizeof how, .valid = 300 };
    struct guest guest;

    /* Nobody ran the inbox meanwhile. */
    invite(world, "acme", &how, NULL, &guest);
    send_form(world, &guest, "the-id", "the-token");
    world_wait(300 + 900 + 3600);
    (void)run(world, "done success\n");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void a_flood_hides_no_drop(void **state)
{
    struct world *world = world_of(state);
    char path[64];
    struct guest guest;

    invite(world, "acme", &plain, NULL, &guest);
    for (unsigned i = 0; i <= 1000; i++) {
        snprintf(path, sizeof path, "spool/inbox/%032x", i);
        folder_write(world->folder, path, "short");
    }
    send_form(world, &guest, "the-id", "the-token");
    (void)run(world, "done success\n");
    assert_int_equal(count_files(world, "spool/inbox"), 0);
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
    invite(world, "acme", &plain, NULL, &guest);
    send_form(world, &guest, quotes, "the-token");
    (void)run(world, "retry rejected\n");
    assert_shown(world, &guest, "\"state\":\"retry\"");
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

    invite(world, "acme", &plain, NULL, &guest);
    send_form(world, &guest, "the-id", "the-token");
    snprintf(key, sizeof key, "%s", folder_path(world->folder, "key"));
    assert_int_equal(rename(key, folder_path(world->folder, "away")), 0);
    expect(fob_open(folder_path(world->folder, "fob.yaml"), &locked), FOB_SUCCESS, "");
    expect(fob_inbox(locked, &plan, &next), FOB_LOCKED, "");
    fob_close(locked);
    assert_int_equal(count_files(world, "spool/inbox"), 1);
    assert_int_equal(rename(folder_path(world->folder, "away"), key), 0);
    (void)run(world, "done success\n");
}

#define SIGNS_IN "identity: c1, name: Acme Ltd, sign_in: \"https://hr.example/auth?x=y\""

/* Send the form of a provider with a sign-in page; "code=...&state=..." goes to QUERY. */
static void begin_sign_in(struct world *world, struct guest *guest, char query[static 256])
{
    const char *state;

    send_form(world, guest, "c1", "t0ken");
    (void)run(world, "signin success\n");
    assert_shown(world, guest, "\"state\":\"signin\"");
    assert_shown(world, guest,
                 "\"go\":\"https://hr.example/auth?x=y&redirect_uri=https%3A%2F%2F"
                 "connect.example%2Fcallback%2Ftold&");
    state = strstr(read_spool(world, "results", guest->id), "&state=");
    assert_non_null(state);
    snprintf(query, 256, "code=c0de-of-acme&state=%.*s", SPOOL_ID_TEXT + 1 + 22, state + 7);
    assert_memory_equal(state + 7, guest->id, SPOOL_ID_TEXT);
    assert_int_equal(state[7 + SPOOL_ID_TEXT], '.');
    assert_non_null(
        strstr(read_spool(world, "cards", guest->id), "\"origin\":\"https://hr.example\""));
}

static void a_sign_in_ends_where_it_began(void **state)
{
    struct world *world = world_of(state);
    struct guest guest;
    char query[256];

    world_tell(world, &(struct told){ .link = SIGNS_IN });
    invite(world, "acme", &plain, NULL, &guest);
    begin_sign_in(world, &guest, query);
    /* In another browser; at another provider; with another state. */
    guest.browser = 2;
    send_callback(world, &guest, "told", query);
    (void)run(world, "retry denied\n");
    assert_shown(world, &guest, "This sign-in could not be matched.");
    assert_shown(world, &guest, "\"says\":\"\"");
    guest.browser = 1;
    send_callback(world, &guest, "other", query);
    (void)run(world, "retry denied\n");
    send_callback(world, &guest, "told", "code=c0de-of-acme&state=x");
    (void)run(world, "retry denied\n");
    assert_shown(world, &guest, "\"left\":5");
    send_callback(world, &guest, "told", query);
    (void)run(world, "done success\n");
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
    invite(world, "acme", &plain, NULL, &guest);
    begin_sign_in(world, &guest, query);
    world_wait(601);
    send_callback(world, &guest, "told", query);
    (void)run(world, "retry unavailable\n");
    assert_shown(world, &guest, "The sign-in was interrupted. Please sign in again.");
    send_callback(world, &guest, "told", query);
    (void)run(world, "retry denied\n");
    assert_shown(world, &guest, "This sign-in could not be matched.");
    begin_sign_in(world, &guest, query);
    snprintf(denied, sizeof denied, "error=access_denied%s", strchr(query, '&'));
    send_callback(world, &guest, "told", denied);
    (void)run(world, "retry rejected\n");
    assert_shown(world, &guest, "You did not allow access");
    assert_shown(world, &guest, "\"left\":5");
    assert_false(world_has(world, "acme"));
}

/* A process that runs the inbox is killed while the provider is asked. */
static void kill_while_asked(struct world *world, struct guest *guest)
{
    pid_t child;

    world_tell(world, &(struct told){ .link = "identity: c1, name: Acme Ltd, pause: 60000" });
    send_form(world, guest, "the-id", "the-token");
    child = fork();
    if (child == 0) {
        int64_t next;
        const struct fob_inbox plan = { .size = sizeof plan };

        alarm(60);
        (void)fob_inbox(world->context, &plan, &next);
        _exit(0);
    }
    while (count_files(world, "spool/work") == 0 || strstr(list_state(world), "checking") == NULL)
        usleep(1000);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    world_tell(world, &(struct told){ 0 });
}

static void a_kill_neither_loses_nor_links_twice(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;
    struct guest guest;

    invite(world, "acme", &plain, NULL, &guest);
    kill_while_asked(world, &guest);
    (void)run(world, "done success\n");
    world_assert_field(world, "acme", "token", "the-token");
    /* Killed after the account was stored, which has another name since. */
    invite(world, "other", &plain, NULL, &guest);
    kill_while_asked(world, &guest);
    handle = world_start(world, "other");
    world_keys(handle, "the-id", "stored");
    expect(fob_set_item(handle, FOB_ITEM_INVITATION, guest.id), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    expect(fob_rename(handle, "renamed"), FOB_SUCCESS, "");
    fob_end(handle);
    (void)run(world, "done success\n");
    assert_false(world_has(world, "other"));
    world_assert_field(world, "renamed", "token", "stored");
    assert_shown(world, &guest, "\"identity\":\"company \\\"Acme Ltd\\\"\"");
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
        TEST(an_echo_is_not_too_long_for_the_page),
        TEST(keys_wait_for_a_store_that_is_locked),
        TEST(a_sign_in_ends_where_it_began),
        TEST(a_sign_in_is_used_once_and_in_time),
        TEST(a_kill_neither_loses_nor_links_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
