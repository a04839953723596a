/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The interpreter of stacks: what each control makes of each code, and that it fails closed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/dispatch.h"

#define ENTRIES_MAX 4

struct told {
    const char *keyword;
    int code;
};

struct stack_case {
    const char *name;
    struct told entries[ENTRIES_MAX]; /* ends with a keyword of NULL */
    int verdict;
    size_t run; /* how many entries are reached */
};

static const struct stack_case cases[] = {
    { "empty", { { NULL, 0 } }, DISPATCH_MUST_FAIL, 0 },
    { "one success", { { "required", FOB_SUCCESS } }, FOB_SUCCESS, 1 },
    { "required goes on after a failure, the first failure stands",
      { { "required", FOB_REJECTED }, { "required", FOB_UNAVAILABLE } }, FOB_REJECTED, 2 },
    { "a success does not mend a failure",
      { { "required", FOB_REJECTED }, { "required", FOB_SUCCESS } }, FOB_REJECTED, 2 },
    { "requisite ends at once",
      { { "requisite", FOB_DENIED }, { "required", FOB_SUCCESS } }, FOB_DENIED, 1 },
    { "requisite that succeeds goes on",
      { { "requisite", FOB_SUCCESS }, { "required", FOB_REJECTED } }, FOB_REJECTED, 2 },
    { "sufficient ends with success",
      { { "sufficient", FOB_SUCCESS }, { "required", FOB_REJECTED } }, FOB_SUCCESS, 1 },
    { "sufficient that fails is ignored",
      { { "sufficient", FOB_REJECTED }, { "required", FOB_SUCCESS } }, FOB_SUCCESS, 2 },
    { "sufficient after a failed required does not end and does not help",
      { { "required", FOB_REJECTED }, { "sufficient", FOB_SUCCESS }, { "required", FOB_SUCCESS } },
      FOB_REJECTED, 3 },
    { "optional that fails is ignored",
      { { "required", FOB_SUCCESS }, { "optional", FOB_REJECTED } }, FOB_SUCCESS, 2 },
    { "optional alone decides", { { "optional", FOB_SUCCESS } }, FOB_SUCCESS, 1 },
    { "optional alone that fails is no success",
      { { "optional", FOB_REJECTED } }, DISPATCH_MUST_FAIL, 1 },
    { "nothing but ignore is no success",
      { { "required", FOB_IGNORE }, { "optional", FOB_IGNORE } }, DISPATCH_MUST_FAIL, 2 },
    { "ignore does not count",
      { { "required", FOB_IGNORE }, { "required", FOB_SUCCESS } }, FOB_SUCCESS, 2 },
    { "manual is handed on", { { "required", FOB_MANUAL }, { "optional", FOB_SUCCESS } },
      FOB_MANUAL, 2 },
    { "a code below the range must fail",
      { { "optional", -1 }, { "required", FOB_SUCCESS } }, DISPATCH_MUST_FAIL, 2 },
    { "a code above the range must fail",
      { { "sufficient", FOB_CODE_COUNT }, { "required", FOB_SUCCESS } }, DISPATCH_MUST_FAIL, 2 },
};

struct recorder {
    const struct told *entries;
    size_t run;
};

static int run_told(size_t index, void *data)
{
    struct recorder *recorder = data;

    assert_int_equal(index, recorder->run);
    recorder->run++;
    return recorder->entries[index].code;
}

static void interpreter_gives_pams_verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stack_entry entries[ENTRIES_MAX] = { 0 };
        struct recorder recorder = { cases[i].entries, 0 };
        const struct dispatch_steps steps = { run_told, NULL, &recorder };
        size_t count = 0;
        int verdict;

        while (count < ENTRIES_MAX && cases[i].entries[count].keyword != NULL) {
            assert_true(control_from_keyword(cases[i].entries[count].keyword,
                                             &entries[count].control));
            count++;
        }
        verdict = dispatch_interpret(entries, count, &steps);
        if (verdict != cases[i].verdict || recorder.run != cases[i].run)
            fail_msg("%s: verdict %s after %zu entries, expected %s after %zu", cases[i].name,
                     fob_code_name(verdict), recorder.run, fob_code_name(cases[i].verdict),
                     cases[i].run);
    }
}

static void interpreter_forgets_on_reset(void **state)
{
    struct stack_entry entries[2] = { 0 };
    static const struct told told[] = { { "required", FOB_REJECTED }, { "required", FOB_IGNORE } };
    struct recorder recorder = { told, 0 };
    const struct dispatch_steps steps = { run_told, NULL, &recorder };

    (void)state;
    control_from_keyword("required", &entries[0].control);
    control_from_keyword("required", &entries[1].control);
    entries[1].control.actions[FOB_IGNORE] = ACTION_RESET;
    assert_int_equal(dispatch_interpret(entries, 2, &steps), DISPATCH_MUST_FAIL);
}

static void an_unknown_keyword_is_no_control(void **state)
{
    struct control control;

    (void)state;
    assert_false(control_from_keyword("binding", &control));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interpreter_gives_pams_verdicts),
        cmocka_unit_test(interpreter_forgets_on_reset),
        cmocka_unit_test(an_unknown_keyword_is_no_control),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
