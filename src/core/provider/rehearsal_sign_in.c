/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Compares the address of a sign-in with that of a rehearsal, and makes the answer. */
#include "config.h"

#include "core/provider/rehearsal.h"

#include "util/error.h"
#include "util/text.h"

#include <string.h>

static int rehearsal_add_encoded(struct fob_secret *to, const char *text)
{
    int code = FOB_SUCCESS;

    for (; *text != '\0' && code == FOB_SUCCESS; text++) {
        char encoded[3];

        code = fob_secret_append(to, encoded, text_put_percent((unsigned char)*text, encoded));
    }
    return code;
}

static int rehearsal_add_answer(const struct yaml_node *answer, struct fob_secret *to)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; answer != NULL && i < answer->count && code == FOB_SUCCESS; i++) {
        code = fob_secret_append(to, "&", 1);
        if (code == FOB_SUCCESS)
            code = rehearsal_add_encoded(to, answer->keys[i]->text);
        if (code == FOB_SUCCESS)
            code = fob_secret_append(to, "=", 1);
        if (code == FOB_SUCCESS)
            code = rehearsal_add_encoded(to, answer->values[i]->text);
    }
    return code;
}

int rehearsal_sign_in(struct rehearsal *rehearsal, const char *address, struct fob_secret *to)
{
    const struct yaml_node *sign_in = yaml_get(rehearsal->step, "sign_in");
    const struct yaml_node *wanted = yaml_get(sign_in, "address");

    if (sign_in == NULL || rehearsal->signed_in) {
        rehearsal_fail(rehearsal, rehearsal->step, "sends a person to %s, which is not expected",
                       address);
        return error_set(FOB_ABORT, "an unexpected sign-in");
    }
    rehearsal->signed_in = true;
    if (strcmp(wanted->text, address) != 0) {
        rehearsal_fail(rehearsal, wanted, "sends a person to %s, not to %s", address, wanted->text);
        return error_set(FOB_ABORT, "another sign-in than the expected one");
    }
    return rehearsal_add_answer(yaml_get(sign_in, "answer"), to);
}
