/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the answer to each request. */
#include "config.h"

#include "hub/hub_route.h"

#include <fob/fob.h>

#include "hub/hub_answer.h"
#include "hub/hub_drop.h"
#include "util/array.h"
#include "util/embedded.h"
#include "util/json_write.h"
#include "util/secret.h"
#include "util/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A drop that nobody has taken for longer is late. */
#define LATE 30
#define SEGMENTS_MAX 5

/* A path, cut at its slashes. */
struct hub_route_path {
    struct span segments[SEGMENTS_MAX];
    size_t count; /* SEGMENTS_MAX + 1 for more */
};

bool hub_route_refresh(struct hub *hub)
{
    struct hub_site site = { .json = NULL };
    struct stat st;

    if (fstatat(hub->spool.folders[SPOOL_SITE], "site.json", &st, AT_SYMLINK_NOFOLLOW) < 0)
        return hub->site.json != NULL;
    if (hub->site.json != NULL && st.st_mtim.tv_sec == hub->site_time.tv_sec &&
        st.st_mtim.tv_nsec == hub->site_time.tv_nsec)
        return true;
    if (hub_card_read_site(&hub->spool, &site) == FOB_SUCCESS) {
        hub_card_free_site(&hub->site);
        hub->site = site;
        hub->site_time = st.st_mtim;
    }
    return hub->site.json != NULL;
}

/* GET /i/TOKEN: the token leaves the address bar by a redirect and a cookie. */
static void hub_route_enter(struct hub *hub, struct hub_request *request, struct span token,
                            struct hub_answer *answer)
{
    struct hub_session session = { .mine = false };
    enum hub_session_found found;

    request->route = "/i/TOKEN";
    if (!hub_limit_allows(hub->limits, request->address, HUB_LIMIT_UNKNOWN)) {
        answer->retry = 60;
        hub_answer_refuse(hub, request, 429, answer);
        return;
    }
    found = hub_session_enter(hub, request, token, &session, answer->cookie);
    if (found == HUB_SESSION_GOOD) {
        hub_answer_redirect(answer, &session, NULL);
    } else if (found == HUB_SESSION_TROUBLE) {
        hub_answer_refuse(hub, request, 500, answer);
    } else {
        hub_limit_count(hub->limits, request->address, HUB_LIMIT_UNKNOWN);
        hub_answer_message(hub, 404, TEXT_NO_LINK, answer);
    }
    hub_session_end(&session);
}

/* GET /s/ID */
static void hub_route_show(struct hub *hub, struct hub_session *session, struct hub_answer *answer)
{
    const struct card_result *result = &session->result.result;
    struct hub_page_fill fill = { .once = NULL };

    if (hub_answer_end(hub, session, 0, answer))
        return;
    /* Only the browser that sent a drop is led to the page that waits for it. */
    if (session->mine && result->drop[0] != '\0' &&
        (result->state == CARD_RECEIVED || result->state == CARD_CHECKING ||
         (result->state == CARD_SIGNIN && result->until > time(NULL)))) {
        hub_answer_redirect(answer, session, result->drop);
        return;
    }
    answer->status = 200;
    hub_answer_form(hub, session, &fill, answer);
}

/* Where a drop is. */
struct hub_route_drop {
    enum card_state state;
    bool late;
    bool handled; /* and its outcome was replaced by a later one */
};

static bool hub_route_is_seen(const struct hub_session *session, const char *drop)
{
    const char *const *seen = session->result.result.seen;

    for (; session->result.json != NULL && *seen != NULL; seen++) {
        if (strcmp(*seen, drop) == 0)
            return true;
    }
    return false;
}

static struct hub_route_drop hub_route_find(struct hub *hub, const struct hub_session *session,
                                            const char *drop)
{
    const struct card_result *result = &session->result.result;
    struct hub_route_drop found = { .state = hub_answer_ended(session, 900) };
    int64_t age = 0;

    if (found.state != CARD_STATES)
        return found;
    found.state = CARD_CHECKING;
    if (session->mine && strcmp(result->drop, drop) == 0) {
        found.state = result->state;
    } else if (spool_file_exists(&hub->spool, SPOOL_INBOX, drop, &age)) {
        found.state = CARD_RECEIVED;
        found.late = age > LATE;
    } else {
        found.handled = hub_route_is_seen(session, drop);
    }
    return found;
}

/* GET /s/ID/w/DROP.json */
static void hub_route_wait_json(struct hub *hub, struct hub_session *session, const char *drop,
                                struct hub_answer *answer)
{
    const struct hub_route_drop found = hub_route_find(hub, session, drop);
    struct strbuf text = STRBUF_INIT;
    struct hub_page page;

    hub_answer_page(hub, session, answer, &page);
    page.values.plain = true;
    hub_page_wait_text(&page, found.late, &text);
    answer->status = 200;
    answer->type = "application/json";
    strbuf_printf(&answer->body, "{\"state\":\"%s\",\"text\":",
                  found.handled ? "seen" : card_state_name(found.state));
    json_write_string(&answer->body, text.data != NULL ? text.data : "", text.size);
    strbuf_add_text(&answer->body, "}\n");
    strbuf_free(&text);
}

/* GET /s/ID/w/DROP */
static void hub_route_wait(struct hub *hub, struct hub_session *session, const char *drop,
                           struct hub_answer *answer)
{
    const struct hub_route_drop found = hub_route_find(hub, session, drop);
    struct hub_page page;

    if (hub_answer_end(hub, session, 900, answer))
        return;
    if (found.handled || found.state == CARD_RETRY) {
        hub_answer_redirect(answer, session, NULL);
        return;
    }
    answer->status = 200;
    hub_answer_page(hub, session, answer, &page);
    page.drop = drop;
    if (found.state == CARD_SIGNIN)
        hub_page_signin(&page);
    else
        hub_page_wait(&page, found.late);
}

/* Whether GO is an address of the card's sign-in page. */
static bool hub_route_may_go(const struct hub *hub, const struct card *card, const char *go)
{
    const size_t size = strlen(card->origin);

    return size > 0 && hub_html_is_link(card->origin, hub->loopback) &&
           hub_html_is_link(go, hub->loopback) && strncmp(go, card->origin, size) == 0 &&
           (go[size] == '/' || go[size] == '?' || go[size] == '\0');
}

/* GET /s/ID/go/DROP */
static void hub_route_go(struct hub *hub, struct hub_session *session, const char *drop,
                         struct hub_answer *answer)
{
    const struct card_result *result = &session->result.result;

    if (session->mine && hub_answer_ended(session, 900) == CARD_STATES &&
        result->state == CARD_SIGNIN && strcmp(result->drop, drop) == 0 &&
        result->until > time(NULL) && hub_route_may_go(hub, &session->card.card, result->go)) {
        answer->status = 303;
        strbuf_add_text(&answer->location, result->go);
    } else {
        hub_answer_redirect(answer, session, NULL);
    }
}

static bool hub_route_is(struct span segment, const char *text)
{
    return segment.size == strlen(text) && memcmp(segment.data, text, segment.size) == 0;
}

/* /s/ID/... with a session. */
static void hub_route_session(struct hub *hub, struct hub_request *request,
                              const struct hub_route_path *path, struct hub_session *session,
                              struct hub_answer *answer)
{
    const struct span last = path->segments[path->count - 1];
    const bool json = path->count == 4 && last.size == SPOOL_ID_TEXT + 5;
    unsigned char id[SPOOL_ID];
    char drop[SPOOL_ID_TEXT + 1] = "";

    if (path->count == 2) {
        request->route = "/s/ID";
        if (request->method == HUB_POST)
            hub_drop_form(hub, request, session, answer);
        else
            hub_route_show(hub, session, answer);
        return;
    }
    if (path->count != 4 || !spool_name_read(last.data, json ? SPOOL_ID_TEXT : last.size, id) ||
        (json && memcmp((const char *)last.data + SPOOL_ID_TEXT, ".json", 5) != 0)) {
        hub_answer_refuse(hub, request, 404, answer);
        return;
    }
    text_hex(id, sizeof id, drop);
    if (request->method == HUB_POST) {
        answer->allow = "GET, HEAD";
        hub_answer_refuse(hub, request, 405, answer);
    } else if (hub_route_is(path->segments[2], "w")) {
        request->route = json ? "/s/ID/w/DROP.json" : "/s/ID/w/DROP";
        (json ? hub_route_wait_json : hub_route_wait)(hub, session, drop, answer);
    } else if (hub_route_is(path->segments[2], "go") && !json) {
        request->route = "/s/ID/go/DROP";
        hub_route_go(hub, session, drop, answer);
    } else {
        hub_answer_refuse(hub, request, 404, answer);
    }
}

static void hub_route_invitation(struct hub *hub, struct hub_request *request,
                                 const struct hub_route_path *path, struct hub_answer *answer)
{
    struct hub_session session = { .mine = false };
    unsigned char id[SPOOL_ID];

    request->route = "/s/ID/...";
    if (!spool_name_read(path->segments[1].data, path->segments[1].size, id)) {
        hub_answer_refuse(hub, request, 404, answer);
        return;
    }
    switch (hub_session_begin(hub, request, id, &session)) {
    case HUB_SESSION_GOOD:
        hub_route_session(hub, request, path, &session, answer);
        break;
    case HUB_SESSION_NO_COOKIE:
        hub_answer_message(hub, 403, TEXT_NO_COOKIE, answer);
        break;
    case HUB_SESSION_NO_CARD:
        hub_answer_message(hub, 404, TEXT_ENDED, answer);
        break;
    default:
        hub_answer_refuse(hub, request, 500, answer);
        break;
    }
    hub_session_end(&session);
}

/* The site's color, where text on it is white. */
static void hub_route_style(const struct hub *hub, struct strbuf *out)
{
    const char *color = hub->site.site.color;

    if (color[0] == '#' && strlen(color) == 7 && strspn(color + 1, "0123456789abcdefABCDEF") == 6)
        strbuf_printf(out, "@media (prefers-color-scheme: light) { :root { --brand: %s; } }\n",
                      color);
}

static void hub_route_logo(struct hub *hub, struct hub_request *request, struct hub_answer *answer)
{
    const char *name = hub->site.site.logo;
    const bool svg = strcmp(name, "logo.svg") == 0;

    if ((!svg && strcmp(name, "logo.png") != 0) ||
        spool_file_read(&hub->spool, SPOOL_SITE, name, SPOOL_FILE_LOGO_MAX, &answer->body) !=
            FOB_SUCCESS) {
        strbuf_reset(&answer->body);
        hub_answer_refuse(hub, request, 404, answer);
        return;
    }
    answer->status = 200;
    answer->type = svg ? "image/svg+xml" : "image/png";
    answer->cached = true;
    answer->svg = svg;
}

/* A file of src/hub/files, or the logo; false for another name. */
static bool hub_route_static(struct hub *hub, struct hub_request *request, struct span name,
                             struct hub_answer *answer)
{
    static const struct {
        const char *name;
        const char *type;
    } types[] = {
        { "style.css", "text/css; charset=utf-8" },
        { "hub.js", "text/javascript; charset=utf-8" },
        { "robots.txt", "text/plain; charset=utf-8" },
    };

    if (hub_route_is(name, "logo")) {
        request->route = "/logo";
        hub_route_logo(hub, request, answer);
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        const struct embedded_file *file = hub_files;

        if (!hub_route_is(name, types[i].name))
            continue;
        while (strcmp(file->name, types[i].name) != 0)
            file++;
        request->route = types[i].name;
        strbuf_add_text(&answer->body, file->text);
        if (i == 0)
            hub_route_style(hub, &answer->body);
        answer->status = 200;
        answer->type = types[i].type;
        answer->cached = true;
        return true;
    }
    return false;
}

static void hub_route_split(const char *uri, struct hub_route_path *path)
{
    const char *end = uri + strcspn(uri, "?");

    for (path->count = 0; uri < end && path->count <= SEGMENTS_MAX; path->count++) {
        const size_t size = strcspn(uri + 1, "/?");

        if (path->count < SEGMENTS_MAX)
            path->segments[path->count] = (struct span){ uri + 1, size };
        uri += 1 + size;
    }
}

bool hub_route_takes(const struct hub *hub, const struct hub_request *request)
{
    struct hub_session session = { .mine = false };
    struct hub_route_path path;
    unsigned char id[SPOOL_ID];
    bool takes;

    hub_route_split(fob_secret_data(request->uri), &path);
    if (path.count != 2 || !hub_route_is(path.segments[0], "s") ||
        !spool_name_read(path.segments[1].data, path.segments[1].size, id))
        return false;
    takes = hub_session_begin(hub, request, id, &session) == HUB_SESSION_GOOD;
    hub_session_end(&session);
    return takes;
}

void hub_route(struct hub *hub, struct hub_request *request, struct hub_answer *answer)
{
    struct hub_route_path path;
    struct span first;

    hub_route_split(fob_secret_data(request->uri), &path);
    first = path.segments[0];
    request->route = "-";
    if (path.count >= 2 && path.count <= SEGMENTS_MAX && hub_route_is(first, "s")) {
        hub_route_invitation(hub, request, &path, answer);
    } else if (request->method == HUB_POST) {
        answer->allow = "GET, HEAD";
        hub_answer_refuse(hub, request, 405, answer);
    } else if (path.count == 2 && hub_route_is(first, "i")) {
        hub_route_enter(hub, request, path.segments[1], answer);
    } else if (path.count == 2 && hub_route_is(first, "callback")) {
        hub_drop_callback(hub, request, path.segments[1], answer);
    } else if (path.count != 1 || !hub_route_static(hub, request, first, answer)) {
        hub_answer_refuse(hub, request, 404, answer);
    }
}
