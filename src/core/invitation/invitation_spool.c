/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens the spool for its owner, and writes the site and results into it. */
#include "config.h"

#include "core/invitation/invitation_spool.h"

#include "spool/hpke.h"
#include "spool/spool_users.h"
#include "util/error.h"
#include "util/path.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What results repeat of the drops that were seen: the latest. */
#define SEEN_MAX 500

static int spool_make(const char *path)
{
    char *copy = strdup(path);
    int code;

    if (copy == NULL)
        return error_nomem();
    code = path_make_folders(dirname(copy), 0755);
    free(copy);
    return code == FOB_SUCCESS ? spool_create(path, spool_users_group()) : code;
}

/* Write the file unless it has this content already. */
static int spool_update(const struct spool *files, enum spool_folder place, const char *name,
                        struct span content)
{
    struct strbuf old = STRBUF_INIT;
    int code = spool_file_read(files, place, name, SPOOL_FILE_LOGO_MAX, &old);
    const bool same = code == FOB_SUCCESS && old.size == content.size && content.size > 0 &&
                      memcmp(old.data, content.data, content.size) == 0;

    strbuf_free(&old);
    return same ? FOB_SUCCESS : spool_file_write(files, place, name, content);
}

/* Append the picture at PATH to CONTENT. */
static int spool_read_logo(const char *path, struct strbuf *content)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    char *at;
    ssize_t size = -1;

    if (fd < 0)
        return error_set(FOB_CONFIG, "logo: %s: %s", path, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0 ||
        st.st_size > SPOOL_FILE_LOGO_MAX) {
        close(fd);
        return error_set(FOB_CONFIG, "logo: %s: must be a file of at most %d bytes", path,
                         SPOOL_FILE_LOGO_MAX);
    }
    at = strbuf_extend(content, (size_t)st.st_size);
    if (at != NULL)
        size = read(fd, at, (size_t)st.st_size);
    close(fd);
    if (at == NULL)
        return error_nomem();
    return size == st.st_size ? FOB_SUCCESS : error_set(FOB_CONFIG, "logo: %s: unreadable", path);
}

static int spool_write_logo(const struct spool *files, const char *path, const char *name)
{
    struct strbuf content = STRBUF_INIT;
    int code;

    if (path == NULL)
        return FOB_SUCCESS;
    code = spool_read_logo(path, &content);
    if (code == FOB_SUCCESS)
        code = spool_update(files, SPOOL_SITE, name, (struct span){ content.data, content.size });
    strbuf_free(&content);
    return code;
}

static int spool_write_site(const struct settings_hub *hub, const struct spool *files)
{
    const char *host = strstr(hub->url, "://") + 3;
    const char *dot = hub->logo != NULL ? strrchr(hub->logo, '.') : NULL;
    const struct card_site site = {
        .url = hub->url,
        .name = hub->name[0] != '\0' ? hub->name : host,
        .color = hub->color,
        .contact = hub->contact,
        .privacy = hub->privacy,
        .logo = dot == NULL                ? ""
                : strcmp(dot, ".svg") == 0 ? "logo.svg"
                                           : "logo.png",
    };
    struct strbuf text = STRBUF_INIT;
    int code = spool_write_logo(files, hub->logo, site.logo);

    card_write_site(&text, &site);
    if (code == FOB_SUCCESS)
        code = text.failed ? error_nomem()
                           : spool_update(files, SPOOL_SITE, "site.json",
                                          (struct span){ text.data, text.size });
    strbuf_free(&text);
    return code;
}

int invitation_spool_open(struct fob_context *context, struct invitation_spool *spool)
{
    const struct settings_hub *hub = &context->settings->hub;
    struct invitation_spool new;
    int code = hpke_ready();

    if (code != FOB_SUCCESS)
        return code;
    if (hub->url[0] == '\0') {
        error_set(FOB_CONFIG, "nobody can be invited: fob.yaml has no hub");
        error_hint("set \"hub: { url: https://... }\"; see fob-invite(1)");
        return FOB_CONFIG;
    }
    code = spool_file_open(hub->spool, &new.files);
    if (code == FOB_NOT_FOUND) {
        code = spool_make(hub->spool);
        if (code == FOB_SUCCESS)
            code = spool_file_open(hub->spool, &new.files);
    }
    if (code != FOB_SUCCESS)
        return code;
    new.hub = spool_users_of(new.files.folders[SPOOL_INBOX]).hub;
    code = spool_write_site(hub, &new.files);
    if (code == FOB_SUCCESS)
        *spool = new;
    else
        spool_file_close(&new.files);
    return code;
}

void invitation_spool_close(struct invitation_spool *spool)
{
    spool_file_close(&spool->files);
}

/* The states of a result; an open invitation has none. */
static enum card_state spool_state(enum fob_invitation_state state)
{
    static const enum card_state states[FOB_INVITATION_STATES] = {
        [FOB_INVITATION_OPEN] = CARD_RECEIVED,       [FOB_INVITATION_RECEIVED] = CARD_RECEIVED,
        [FOB_INVITATION_CHECKING] = CARD_CHECKING,   [FOB_INVITATION_RETRY] = CARD_RETRY,
        [FOB_INVITATION_SIGN_IN] = CARD_SIGNIN,      [FOB_INVITATION_DONE] = CARD_DONE,
        [FOB_INVITATION_BLOCKED] = CARD_BLOCKED,     [FOB_INVITATION_EXPIRED] = CARD_EXPIRED,
        [FOB_INVITATION_CANCELLED] = CARD_CANCELLED,
    };

    return states[state];
}

/* The latest of SEEN, drops of 32 digits with a blank after each, which this cuts up. */
static const char **spool_list_seen(char *seen)
{
    const size_t count = strlen(seen) / (SPOOL_ID_TEXT + 1);
    const size_t first = count > SEEN_MAX ? count - SEEN_MAX : 0;
    const char **list = calloc(count - first + 1, sizeof *list);

    for (size_t i = first; list != NULL && i < count; i++) {
        list[i - first] = seen + i * (SPOOL_ID_TEXT + 1);
        seen[(i + 1) * (SPOOL_ID_TEXT + 1) - 1] = '\0';
    }
    return list;
}

/* Values with many quotes become long; the person then types them again. */
static void spool_print_result(struct strbuf *text, struct card_result *result)
{
    const size_t count = result->echo_count;

    card_write_result(text, result);
    if (text->size <= SPOOL_FILE_JSON_MAX)
        return;
    strbuf_free(text);
    result->echo_count = 0;
    card_write_result(text, result);
    result->echo_count = count;
}

static int spool_write_result(const struct invitation_spool *spool, struct card_result *result,
                              const char *seen)
{
    struct strbuf text = STRBUF_INIT;
    char *copy = strdup(seen);
    const char **list = copy != NULL ? spool_list_seen(copy) : NULL;
    int code = FOB_SUCCESS;

    result->seen = list;
    if (list != NULL)
        spool_print_result(&text, result);
    if (list == NULL || text.failed)
        code = error_nomem();
    else
        code = spool_file_write(&spool->files, SPOOL_RESULTS, result->id,
                                (struct span){ text.data, text.size });
    result->seen = NULL;
    strbuf_free(&text);
    free(list);
    free(copy);
    return code;
}

int invitation_spool_result(const struct invitation_spool *spool, const struct record *record,
                            struct card_result *result)
{
    const int64_t left = invitation_number(record, INVITATION_LEFT);

    result->id = invitation_id(record);
    result->state = spool_state(invitation_state(record));
    if (result->drop == NULL)
        result->drop = invitation_text(record, INVITATION_DROP);
    result->browser = invitation_text(record, INVITATION_BROWSER);
    result->at = invitation_number(record, INVITATION_SINCE);
    result->expires = invitation_number(record, INVITATION_EXPIRES);
    result->left = left > 0 ? (unsigned)left : 0;
    result->hold = (invitation_number(record, INVITATION_FLAGS) & FOB_HOLD) != 0;
    return spool_write_result(spool, result, invitation_text(record, INVITATION_SEEN));
}

int invitation_spool_remove(const struct invitation_spool *spool, const char *id)
{
    int code = spool_file_remove(&spool->files, SPOOL_CARDS, id);

    return code == FOB_SUCCESS ? spool_file_remove(&spool->files, SPOOL_RESULTS, id) : code;
}
