/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads, finds and shows invitations. */
#include "config.h"

#include "fob/invited.h"

#include "cli/exit.h"
#include "cli/output.h"
#include "util/array.h"

#include <string.h>

/* Fewer digits are no ID. */
#define WORD_MIN 4

bool invited_is_over(const struct fob_invitation *invitation)
{
    return fob_invitation_state(invitation) >= FOB_INVITATION_DONE;
}

int invited_each(struct cli *cli, invited_fn *fn, void *data)
{
    struct fob_invitations *invitations = NULL;
    struct fob_invitation *invitation = NULL;
    int result = FOB_SUCCESS;
    int code = fob_invitations_open(cli->context, &invitations);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    while ((code = fob_invitations_next(invitations, &invitation)) != FOB_NOT_FOUND) {
        if (code == FOB_SUCCESS) {
            if (!fn(invitation, data))
                fob_invitation_free(invitation);
            continue;
        }
        result = exit_graver(cli_fail(cli, code), result);
        if (code != FOB_CORRUPT && code != FOB_NOT_ALLOWED)
            break;
    }
    fob_invitations_close(invitations);
    return result;
}

/* The better a word fits an invitation, the higher. */
enum invited_fit { FITS_NOT, FITS_BEGINNING, FITS_ACCOUNT, FITS_ID };

struct invited_search {
    const char *word;
    enum invited_fit fit; /* of FOUND */
    bool several;
    struct fob_invitation *found;
};

static enum invited_fit invited_compare(const struct fob_invitation *invitation, const char *word)
{
    const char *id = fob_invitation_text(invitation, FOB_INVITATION_ID);

    if (strcmp(id, word) == 0)
        return FITS_ID;
    if (strcmp(fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT), word) == 0 &&
        !invited_is_over(invitation))
        return FITS_ACCOUNT;
    return strlen(word) >= WORD_MIN && strncmp(id, word, strlen(word)) == 0 ? FITS_BEGINNING
                                                                            : FITS_NOT;
}

static bool invited_consider(struct fob_invitation *invitation, void *data)
{
    struct invited_search *search = data;
    const enum invited_fit fit = invited_compare(invitation, search->word);

    if (fit == FITS_NOT || fit < search->fit)
        return false;
    search->several = fit == search->fit;
    search->fit = fit;
    fob_invitation_free(search->found);
    search->found = invitation;
    return true;
}

int invited_find(struct cli *cli, const char *word, struct fob_invitation **invitation)
{
    struct invited_search search = { .word = word };
    int code = invited_each(cli, invited_consider, &search);

    if (search.found != NULL && !search.several) {
        *invitation = search.found;
        return FOB_SUCCESS;
    }
    fob_invitation_free(search.found);
    if (code != FOB_SUCCESS)
        return code;
    if (search.several)
        return output_fail(FOB_INVALID, "give more of its digits",
                           "%.64s: several invitations begin with that", word);
    return output_fail(FOB_NOT_FOUND, "\"fob invitations\" shows them", "%.64s: no such invitation",
                       word);
}

void invited_json(struct strbuf *buf, const struct fob_invitation *invitation)
{
    static const struct {
        const char *name;
        enum fob_invitation_text which;
    } texts[] = {
        { "id", FOB_INVITATION_ID },
        { "account", FOB_INVITATION_ACCOUNT },
        { "provider", FOB_INVITATION_PROVIDER },
        { "to", FOB_INVITATION_TO },
        { "from", FOB_INVITATION_FROM },
        { "label", FOB_INVITATION_LABEL },
        { "reason", FOB_INVITATION_REASON },
    };
    static const struct {
        const char *name;
        enum fob_invitation_number which;
    } numbers[] = {
        { "attempts", FOB_INVITATION_ATTEMPTS },
        { "left", FOB_INVITATION_LEFT },
        { "sign_ins", FOB_INVITATION_SIGN_INS },
    };
    static const struct {
        const char *name;
        enum fob_invitation_number which;
    } times[] = {
        { "made", FOB_INVITATION_MADE },
        { "since", FOB_INVITATION_SINCE },
        { "expires", FOB_INVITATION_EXPIRES },
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        output_json_text(buf, texts[i].name, fob_invitation_text(invitation, texts[i].which));
    output_json_text(buf, "state",
                     fob_invitation_state_name((int)fob_invitation_state(invitation)));
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        output_json_number(buf, numbers[i].name,
                           fob_invitation_number(invitation, numbers[i].which));
    for (size_t i = 0; i < ARRAY_SIZE(times); i++)
        output_json_time(buf, times[i].name, fob_invitation_number(invitation, times[i].which));
}
