/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Claims, whose names are hidden, and whose notes say which machine has them. */
#include "config.h"

#include "store/machines_impl.h"

#include "store/driver_names.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A claim on its way to the engine. */
struct machines_asked {
    struct engine_claim claim;
    struct engine_holder holder;
    unsigned char note[DRIVER_NAME_BOX];
};

/* Who has CLAIM here.  If it is the machine, a lock of the machine keeps its processes apart, and
 * who comes after one that was killed has its claim. */
static int machines_make_holder(struct store *store, const struct machines_claim *claim,
                                unsigned char holder[static ENGINE_STAMP])
{
    char text[FOB_NAME_MAX + 32];
    unsigned char id[ENGINE_ID];
    int code;

    snprintf(text, sizeof text, "%s %ld", machines_own_name(store),
             claim->alone ? (long)getpid() : 0L);
    code = driver_names_id(store, "holder", text, id);
    if (code == FOB_SUCCESS)
        memcpy(holder, id, ENGINE_STAMP);
    return code;
}

static int machines_prepare(struct store *store, const struct machines_claim *claim,
                            struct machines_asked *asked)
{
    int code;

    if (!machines_are_several(store))
        return FOB_NOT_FOUND;
    code = driver_names_id(store, claim->what, claim->name, asked->claim.id);
    if (code == FOB_SUCCESS)
        code = machines_make_holder(store, claim, asked->claim.holder);
    if (code == FOB_SUCCESS)
        code = driver_names_seal(store, machines_own_name(store), asked->note);
    asked->claim.note = (struct span){ asked->note, sizeof asked->note };
    return code;
}

static int machines_convert(struct store *store, const struct engine_holder *from,
                            struct machines_holder *to)
{
    const struct span note = { from->note, from->note_size };
    char name[FOB_NAME_MAX + 1];
    int code;

    *to = (struct machines_holder){ .age_ms = from->age_ms, .left_ms = from->left_ms };
    code = driver_names_open(store, note, NULL, name);
    if (code == FOB_SUCCESS && text_is_name(name))
        memcpy(to->machine, name, strlen(name) + 1);
    return code == FOB_CORRUPT ? FOB_SUCCESS : code;
}

static int machines_ask_claim(const struct engine_class *class, struct engine *engine, void *data)
{
    struct machines_asked *asked = data;

    return class->claim(engine, &asked->claim, &asked->holder);
}

int machines_claim(struct store *store, const struct machines_claim *claim, unsigned seconds,
                   struct machines_holder *holder)
{
    struct machines_asked asked = { .claim = { .seconds = seconds } };
    int code = machines_prepare(store, claim, &asked);

    if (code == FOB_SUCCESS)
        code = machines_with_engine(store, machines_ask_claim, &asked);
    if (code != FOB_IGNORE)
        return code;
    code = machines_convert(store, &asked.holder, holder);
    return code == FOB_SUCCESS ? FOB_IGNORE : code;
}

static int machines_ask_end(const struct engine_class *class, struct engine *engine, void *data)
{
    const struct machines_asked *asked = data;

    return class->unclaim(engine, &asked->claim, false);
}

int machines_end_claim(struct store *store, const struct machines_claim *claim)
{
    struct machines_asked asked = { .claim = { .seconds = 0 } };
    int code = machines_prepare(store, claim, &asked);

    return code == FOB_SUCCESS ? machines_with_engine(store, machines_ask_end, &asked) : code;
}

static int machines_ask_look(const struct engine_class *class, struct engine *engine, void *data)
{
    struct machines_asked *asked = data;

    return class->look(engine, asked->claim.id, &asked->holder);
}

int machines_look(struct store *store, const struct machines_claim *claim,
                  struct machines_holder *holder)
{
    struct machines_asked asked = { .claim = { .seconds = 0 } };
    int code = machines_prepare(store, claim, &asked);

    if (code == FOB_SUCCESS)
        code = machines_with_engine(store, machines_ask_look, &asked);
    return code == FOB_SUCCESS ? machines_convert(store, &asked.holder, holder) : code;
}
