/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes a store in an engine. */
#include "config.h"

#include "store/mirror.h"

#include "store/crypto.h"
#include "util/error.h"

#include <string.h>

static int mirror_keep_header(struct span header, void *data)
{
    unsigned char *stamp = data;

    mirror_header_stamp(header, stamp);
    return FOB_IGNORE;
}

static int mirror_ignore_all(void *data)
{
    (void)data;
    return FOB_SUCCESS;
}

static int mirror_ignore_record(const unsigned char id[static ENGINE_ID], struct span name,
                                struct span sealed, void *data)
{
    (void)id;
    (void)name;
    (void)sealed;
    (void)data;
    return FOB_IGNORE;
}

/* There is a store: whether it has the header with STAMP, as after a call that was killed. */
static int mirror_find_same(struct mirror *mirror, const unsigned char *stamp)
{
    const struct engine_tick never = { 0, { 0 } };
    unsigned char there[ENGINE_STAMP] = { 0 };
    const struct engine_sink sink = { .data = there,
                                      .all = mirror_ignore_all,
                                      .header = mirror_keep_header,
                                      .record = mirror_ignore_record };
    struct engine_tick now;
    int code = mirror->class->step(mirror->engine, &never, &sink, &now);

    if (code != FOB_SUCCESS && code != FOB_IGNORE)
        return code;
    if (memcmp(there, stamp, ENGINE_STAMP) == 0) {
        error_clear();
        return FOB_SUCCESS;
    }
    error_set(FOB_EXISTS, "%s: there is a store already", mirror->remote->hosts);
    error_hint("nothing was changed; to use it on this machine, see \"fob store join\"");
    return FOB_EXISTS;
}

int mirror_create(const struct store_settings *settings, struct span header)
{
    struct mirror mirror = { .remote = settings->remote };
    unsigned char stamp[ENGINE_STAMP];
    unsigned char tick[ENGINE_STAMP];
    int code = mirror_engine(&mirror, settings->user);

    if (code == FOB_SUCCESS)
        code = crypto_random(tick, sizeof tick);
    mirror_header_stamp(header, stamp);
    if (code == FOB_SUCCESS)
        code = mirror.class->create(mirror.engine, header, stamp, tick);
    if (code == FOB_EXISTS)
        code = mirror_find_same(&mirror, stamp);
    mirror_engine_close(&mirror);
    return code;
}
