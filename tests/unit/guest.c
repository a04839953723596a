/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Invites, sends drops as fob-hub does, and looks at what the inbox made of them. */
#include "config.h"

#include "guest.h"

#include "util/base64.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

const char *guest_read(const struct world *world, const char *folder, const char *name)
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

void guest_invite(struct world *world, const char *account, const struct fob_invite *how,
                  struct fob_handle *handle, struct guest *guest)
{
    struct fob_secret *link = NULL;
    struct fob_secret *pin = NULL;
    unsigned char hash[SPOOL_HASH];
    const char *key;

    if (handle == NULL)
        handle = world_start(world, account);
    *guest = (struct guest){ .browser = 1 };
    expect(fob_invite(handle, how, &link, &pin, NULL), FOB_SUCCESS, "");
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
    key = strstr(guest_read(world, "cards", guest->id), "\"key\":\"");
    assert_non_null(key);
    assert_true(base64_url_read(key + 7, BASE64URL_SIZE(HPKE_KEY), guest->key, HPKE_KEY));
}

const struct fob_invite guest_plain = { .size = sizeof guest_plain, .to = "Jane" };

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

void guest_send_form(const struct world *world, struct guest *guest, const char *id,
                     const char *token)
{
    const char *const pairs[] = {
        "f.id", id, "pin", guest->pin[0] != '\0' ? guest->pin : NULL, "f.token", token, NULL
    };

    send_drop(world, guest, "form", pairs);
}

void guest_send_callback(const struct world *world, struct guest *guest, const char *provider,
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

int64_t guest_run(struct world *world, const char *words)
{
    struct strbuf heard = STRBUF_INIT;
    const struct fob_inbox plan = { .size = sizeof plan, .tell = hear, .data = &heard };
    int64_t next = 0;

    expect(fob_inbox(world->context, &plan, &next), FOB_SUCCESS, "");
    assert_string_equal(heard.data != NULL ? heard.data : "", words);
    strbuf_free(&heard);
    return next;
}

size_t guest_count_files(const struct world *world, const char *folder)
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

const char *guest_state(const struct world *world)
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

void guest_assert_shown(const struct world *world, const struct guest *guest, const char *text)
{
    const char *result = guest_read(world, "results", guest->id);

    if (strstr(result, text) == NULL)
        fail_msg("no %s in %s", text, result);
}
