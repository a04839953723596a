/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Seals what a person sent, and puts it into the inbox. */
#include "config.h"

#include "hub/hub_drop.h"

#include <fob/fob.h>

#include "hub/hub_answer.h"
#include "spool/drop.h"
#include "util/base64.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* A drop is taken until this number of seconds after the invitation expired. */
#define GRACE 900
#define ROOM_MIN (16ULL * 1024 * 1024)
#define STATE_SIZE (SPOOL_ID_TEXT + 1 + SPOOL_NONCE_TEXT)

/* The whole disk must not be filled by drops. */
static bool hub_drop_has_room(const struct hub *hub)
{
    struct statvfs st;

    if (fstatvfs(hub->spool.folders[SPOOL_INBOX], &st) < 0)
        return false;
    return (unsigned long long)st.f_bavail * st.f_frsize >= ROOM_MIN &&
           st.f_favail >= st.f_files / 100;
}

/* The entries that each drop has. */
static int hub_drop_begin(const struct hub_request *request, const struct hub_session *session,
                          const char *kind, struct drop_entries *entries)
{
    int code = drop_begin(entries);

    if (code == FOB_SUCCESS)
        code = drop_add(entries, "kind", wire_text(kind));
    if (code == FOB_SUCCESS)
        code = drop_add(entries, "token", (struct span){ session->token, SPOOL_TOKEN });
    if (code == FOB_SUCCESS)
        code = drop_add(entries, "nonce", (struct span){ session->nonce, SPOOL_NONCE });
    if (code == FOB_SUCCESS)
        code = drop_add(entries, "from", wire_text(request->from));
    return code;
}

/* Seal ENTRIES under the name DROP.  Returns FOB_SUCCESS, also for a drop that is there already. */
static int hub_drop_put(struct hub *hub, const struct hub_session *session,
                        struct drop_entries *entries, const unsigned char drop[static SPOOL_ID])
{
    struct strbuf file = STRBUF_INIT;
    char text[SPOOL_ID_TEXT + 1];
    struct drop_name name;
    int code;

    memcpy(name.invitation, session->id, SPOOL_ID);
    memcpy(name.drop, drop, SPOOL_ID);
    text_hex(drop, SPOOL_ID, text);
    code = drop_seal(entries, session->card.key, &name, &file);
    if (code == FOB_SUCCESS)
        code = spool_file_put(&hub->spool, text, (struct span){ file.data, file.size });
    strbuf_free(&file);
    return code == FOB_EXISTS ? FOB_SUCCESS : code;
}

/* Whether the owner has handled the drop already. */
static bool hub_drop_is_seen(const struct hub_session *session, const char *drop)
{
    const char *const *seen = session->result.result.seen;

    if (session->result.json == NULL)
        return false;
    while (*seen != NULL && strcmp(*seen, drop) != 0)
        seen++;
    return *seen != NULL || strcmp(session->result.result.drop, drop) == 0;
}

static int hub_drop_put_form(struct hub *hub, const struct hub_request *request,
                             const struct hub_session *session, const struct hub_form *form,
                             const unsigned char drop[static SPOOL_ID])
{
    const struct card *card = &session->card.card;
    struct drop_entries entries = { NULL, 0 };
    int code = hub_drop_begin(request, session, "form", &entries);

    if (code == FOB_SUCCESS && card->pin)
        code = drop_add(&entries, "pin", hub_form_value(form, "pin"));
    for (size_t i = 0; code == FOB_SUCCESS && i < card->field_count; i++) {
        const struct span value = hub_form_field(form, card->fields[i].name);
        char name[DROP_FIELD_NAME + 3];

        snprintf(name, sizeof name, "f.%s", card->fields[i].name);
        if (value.size > 0)
            code = drop_add(&entries, name, value);
    }
    if (code == FOB_SUCCESS)
        code = hub_drop_put(hub, session, &entries, drop);
    drop_end(&entries);
    return code;
}

/* Show the form again with what was typed, secrets too: some are shown only once by the provider.
 */
static void hub_drop_return(struct hub *hub, const struct hub_request *request,
                            struct hub_session *session, const struct hub_form *form,
                            struct hub_answer *answer)
{
    struct hub_page_fill fill = { .form = form, .secrets = true, .lost = true };

    /* Room for all of it at once: a buffer that grows would leave copies behind. */
    if (strbuf_extend(&answer->body, 6 * request->size + 1024 * 1024) == NULL) {
        answer->status = 500;
        return;
    }
    strbuf_reset(&answer->body);
    answer->status = 503;
    hub_answer_form(hub, session, &fill, answer);
}

/* Refuse a form that is not from a page of this hub for this browser. */
static bool hub_drop_is_own(const struct hub *hub, const struct hub_request *request,
                            const struct hub_session *session, const struct hub_form *form)
{
    const struct span sent = hub_form_value(form, "check");
    char check[2 * SPOOL_HASH + 1];
    bool own;

    hub_session_check(session, check);
    own = sent.data != NULL && secret_equal(check, strlen(check), sent.data, sent.size) &&
          hub_session_is_own(hub, request);
    secret_wipe(check, sizeof check);
    return own;
}

void hub_drop_form(struct hub *hub, struct hub_request *request, struct hub_session *session,
                   struct hub_answer *answer)
{
    const struct card *card = &session->card.card;
    unsigned char drop[SPOOL_ID];
    char text[SPOOL_ID_TEXT + 1];
    struct hub_form_faults faults;
    struct hub_form form;

    if (hub_answer_end(hub, session, GRACE, answer))
        return;
    spool_name_form(session->token, (struct span){ fob_secret_data(request->body), request->size },
                    drop);
    text_hex(drop, sizeof drop, text);
    if (request->size == 0 || !hub_form_parse(secret_buffer(request->body), request->size, &form) ||
        !hub_form_fits(&form, card)) {
        hub_answer_refuse(hub, request, 400, answer);
    } else if (!hub_drop_is_own(hub, request, session, &form)) {
        hub_answer_refuse(hub, request, 403, answer);
    } else if (!hub_form_check(&form, card, &faults)) {
        struct hub_page_fill fill = { .form = &form, .faults = &faults };

        answer->status = 422;
        hub_answer_form(hub, session, &fill, answer);
    } else if (hub_drop_is_seen(session, text)) {
        hub_answer_redirect(answer, session, text);
    } else if (!hub_limit_drop(hub->limits, &hub->spool, session->id, drop)) {
        answer->retry = 60;
        hub_answer_refuse(hub, request, 429, answer);
    } else if (!hub_drop_has_room(hub) ||
               hub_drop_put_form(hub, request, session, &form, drop) != FOB_SUCCESS) {
        hub_drop_return(hub, request, session, &form, answer);
    } else {
        hub_answer_redirect(answer, session, text);
    }
}

/* The parameter state in QUERY, which must be there once; its data is NULL otherwise. */
static struct span hub_drop_state(const char *query)
{
    struct span found = { NULL, 0 };
    unsigned count = 0;

    for (; *query != '\0'; query += *query == '&') {
        const size_t size = strcspn(query, "&");

        if (size >= 6 && memcmp(query, "state=", 6) == 0) {
            found = (struct span){ query + 6, size - 6 };
            count++;
        }
        query += size;
    }
    return count == 1 ? found : (struct span){ NULL, 0 };
}

static void hub_drop_put_callback(struct hub *hub, struct hub_request *request,
                                  struct hub_session *session, const struct span parts[static 3],
                                  struct hub_answer *answer)
{
    struct drop_entries entries = { NULL, 0 };
    unsigned char drop[SPOOL_ID];
    char text[SPOOL_ID_TEXT + 1];
    int code;

    if (hub_answer_end(hub, session, GRACE, answer))
        return;
    spool_name_callback(parts[0], drop);
    text_hex(drop, sizeof drop, text);
    if (hub_drop_is_seen(session, text)) {
        hub_answer_redirect(answer, session, text);
        return;
    }
    code = hub_drop_has_room(hub) ? hub_drop_begin(request, session, "callback", &entries)
                                  : FOB_SYSTEM;
    if (code == FOB_SUCCESS)
        code = drop_add(&entries, "provider", parts[1]);
    if (code == FOB_SUCCESS)
        code = drop_add(&entries, "query", parts[2]);
    if (code == FOB_SUCCESS)
        code = hub_drop_put(hub, session, &entries, drop);
    drop_end(&entries);
    if (code == FOB_SUCCESS)
        hub_answer_redirect(answer, session, text);
    else
        hub_answer_refuse(hub, request, 503, answer);
}

/* The page for a browser that did not begin this sign-in; nothing is dropped. */
static void hub_drop_elsewhere(struct hub *hub, const struct hub_request *request,
                               struct hub_answer *answer)
{
    struct strbuf address = STRBUF_INIT;
    struct hub_page page;

    strbuf_printf(&address, "%s%s", hub->site.site.url, fob_secret_data(request->uri));
    hub_answer_page(hub, NULL, answer, &page);
    answer->status = 200;
    hub_page_elsewhere(&page, address.data != NULL ? address.data : "");
    if (address.data != NULL)
        secret_wipe(address.data, address.size);
    strbuf_free(&address);
}

void hub_drop_callback(struct hub *hub, struct hub_request *request, struct span provider,
                       struct hub_answer *answer)
{
    const char *uri = fob_secret_data(request->uri);
    const char *query = uri + strcspn(uri, "?");
    struct hub_session session = { .mine = false };
    struct span state;
    unsigned char id[SPOOL_ID];
    unsigned char nonce[SPOOL_NONCE];
    enum hub_session_found found = HUB_SESSION_NO_COOKIE;

    request->route = "/callback/PROVIDER";
    query += *query == '?';
    state = hub_drop_state(query);
    if (state.size == STATE_SIZE && ((const char *)state.data)[SPOOL_ID_TEXT] == '.' &&
        spool_name_read(state.data, SPOOL_ID_TEXT, id) &&
        base64_url_read((const char *)state.data + SPOOL_ID_TEXT + 1, SPOOL_NONCE_TEXT, nonce,
                        sizeof nonce))
        found = hub_session_begin(hub, request, id, &session);
    if (found == HUB_SESSION_GOOD) {
        const struct span parts[] = { state, provider, wire_text(query) };

        hub_drop_put_callback(hub, request, &session, parts, answer);
    } else if (found == HUB_SESSION_TROUBLE) {
        hub_answer_refuse(hub, request, 500, answer);
    } else {
        hub_drop_elsewhere(hub, request, answer);
    }
    hub_session_end(&session);
}
