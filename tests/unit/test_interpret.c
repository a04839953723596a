/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The interpreter of stacks: what each control makes of each code, and that it fails closed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/stack/interpret.h"
#include "util/array.h"

#include <string.h>

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
    { "empty", { { NULL, 0 } }, VERDICT_MUST_FAIL, 0 },
    { "one success", { { "required", FOB_SUCCESS } }, FOB_SUCCESS, 1 },
    { "required goes on after a failure, the first failure stands",
      { { "required", FOB_REJECTED }, { "required", FOB_UNAVAILABLE } },
      FOB_REJECTED,
      2 },
    { "a success does not mend a failure",
      { { "required", FOB_REJECTED }, { "required", FOB_SUCCESS } },
      FOB_REJECTED,
      2 },
    { "requisite ends at once",
      { { "requisite", FOB_DENIED }, { "required", FOB_SUCCESS } },
      FOB_DENIED,
      1 },
    { "requisite that succeeds goes on",
      { { "requisite", FOB_SUCCESS }, { "required", FOB_REJECTED } },
      FOB_REJECTED,
      2 },
    { "sufficient ends with success",
      { { "sufficient", FOB_SUCCESS }, { "required", FOB_REJECTED } },
      FOB_SUCCESS,
      1 },
    { "sufficient that fails is ignored",
      { { "sufficient", FOB_REJECTED }, { "required", FOB_SUCCESS } },
      FOB_SUCCESS,
      2 },
    { "sufficient after a failed required does not end and does not help",
      { { "required", FOB_REJECTED }, { "sufficient", FOB_SUCCESS }, { "required", FOB_SUCCESS } },
      FOB_REJECTED,
      3 },
    { "optional that fails is ignored",
      { { "required", FOB_SUCCESS }, { "optional", FOB_REJECTED } },
      FOB_SUCCESS,
      2 },
    { "optional alone decides", { { "optional", FOB_SUCCESS } }, FOB_SUCCESS, 1 },
    { "optional alone that fails is no success",
      { { "optional", FOB_REJECTED } },
      VERDICT_MUST_FAIL,
      1 },
    { "nothing but ignore is no success",
      { { "required", FOB_IGNORE }, { "optional", FOB_IGNORE } },
      VERDICT_MUST_FAIL,
      2 },
    { "ignore does not count",
      { { "required", FOB_IGNORE }, { "required", FOB_SUCCESS } },
      FOB_SUCCESS,
      2 },
    { "manual is handed on",
      { { "required", FOB_MANUAL }, { "optional", FOB_SUCCESS } },
      FOB_MANUAL,
      2 },
    { "a code below the range must fail",
      { { "optional", -1 }, { "required", FOB_SUCCESS } },
      VERDICT_MUST_FAIL,
      2 },
    { "a code above the range must fail",
      { { "sufficient", FOB_CODE_COUNT }, { "required", FOB_SUCCESS } },
      VERDICT_MUST_FAIL,
      2 },
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

/* The entries of a case; returns how many. */
static size_t fill(const struct told *told, struct stack_entry *entries)
{
    size_t count = 0;

    for (; count < ENTRIES_MAX && told[count].keyword != NULL; count++)
        assert_true(control_from_keyword(told[count].keyword, &entries[count].control));
    return count;
}

static void interpreter_gives_pams_verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct stack_entry entries[ENTRIES_MAX] = { 0 };
        struct recorder recorder = { cases[i].entries, 0 };
        const struct interpreter interpreter = { run_told, NULL, &recorder };
        size_t count = fill(cases[i].entries, entries);
        int verdict;

        verdict = interpret(entries, count, &interpreter);
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
    const struct interpreter interpreter = { run_told, NULL, &recorder };

    (void)state;
    control_from_keyword("required", &entries[0].control);
    control_from_keyword("required", &entries[1].control);
    entries[1].control.actions[FOB_IGNORE] = ACTION_RESET;
    assert_int_equal(interpret(entries, 2, &interpreter), VERDICT_MUST_FAIL);
}

struct level_case {
    const char *name;
    struct {
        unsigned level;
        int action; /* of every code; ACTION_RESET - 1 for a substack */
        int code;
    } entries[6];
    size_t count;
    int verdict;
    const char *run; /* the entries that were reached */
};

#define SUBSTACK (ACTION_RESET - 1)

static const struct level_case level_cases[] = {
    { "a jump goes over entries",
      { { 0, 1, FOB_SUCCESS }, { 0, ACTION_BAD, FOB_REJECTED }, { 0, ACTION_OK, FOB_SUCCESS } },
      3,
      FOB_SUCCESS,
      "02" },
    { "a jump may end right after the last entry",
      { { 0, ACTION_OK, FOB_SUCCESS }, { 0, 1, FOB_SUCCESS }, { 0, ACTION_OK, FOB_REJECTED } },
      3,
      FOB_SUCCESS,
      "01" },
    { "a jump further than that fails the stack",
      { { 0, ACTION_OK, FOB_SUCCESS }, { 0, 2, FOB_SUCCESS }, { 0, ACTION_OK, FOB_SUCCESS } },
      3,
      VERDICT_MUST_FAIL,
      "01" },
    { "a substack is one entry to a jump",
      { { 0, 1, FOB_SUCCESS },
        { 0, SUBSTACK, 0 },
        { 1, ACTION_BAD, FOB_REJECTED },
        { 1, ACTION_BAD, FOB_REJECTED },
        { 0, ACTION_OK, FOB_SUCCESS } },
      5,
      FOB_SUCCESS,
      "04" },
    { "a jump does not leave its substack",
      { { 0, SUBSTACK, 0 }, { 1, 1, FOB_SUCCESS }, { 0, ACTION_OK, FOB_SUCCESS } },
      3,
      VERDICT_MUST_FAIL,
      "12" },
    { "die in a substack ends only that",
      { { 0, SUBSTACK, 0 },
        { 1, ACTION_DIE, FOB_DENIED },
        { 1, ACTION_OK, FOB_SUCCESS },
        { 0, ACTION_OK, FOB_SUCCESS } },
      4,
      FOB_DENIED,
      "13" },
    { "done in a substack ends only that",
      { { 0, SUBSTACK, 0 },
        { 1, ACTION_DONE, FOB_SUCCESS },
        { 1, ACTION_BAD, FOB_REJECTED },
        { 0, ACTION_OK, FOB_SUCCESS } },
      4,
      FOB_SUCCESS,
      "13" },
    { "reset in a substack goes back to its beginning",
      { { 0, ACTION_OK, FOB_SUCCESS },
        { 0, SUBSTACK, 0 },
        { 1, ACTION_BAD, FOB_REJECTED },
        { 1, ACTION_RESET, FOB_REJECTED } },
      4,
      FOB_SUCCESS,
      "023" },
    { "ok hands on a code that is no success",
      { { 0, ACTION_OK, FOB_MANUAL }, { 0, ACTION_OK, FOB_SUCCESS } },
      2,
      FOB_MANUAL,
      "01" },
};

struct level_run {
    const struct level_case *level;
    char run[8];
};

static int run_level(size_t index, void *data)
{
    struct level_run *run = data;
    size_t size = strlen(run->run);

    run->run[size] = (char)('0' + index);
    run->run[size + 1] = '\0';
    return run->level->entries[index].code;
}

static void fill_level(const struct level_case *level, struct stack_entry *entries)
{
    for (size_t i = 0; i < level->count; i++) {
        entries[i].level = level->entries[i].level;
        entries[i].substack = level->entries[i].action == SUBSTACK ? "sub" : NULL;
        for (size_t code = 0; code < FOB_CODE_COUNT; code++)
            entries[i].control.actions[code] = level->entries[i].action;
    }
}

static void jumps_and_substacks_are_pams(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(level_cases); i++) {
        struct stack_entry entries[6] = { 0 };
        struct level_run run = { &level_cases[i], "" };
        const struct interpreter interpreter = { run_level, NULL, &run };
        int verdict;

        fill_level(&level_cases[i], entries);
        verdict = interpret(entries, level_cases[i].count, &interpreter);
        if (verdict != level_cases[i].verdict || strcmp(run.run, level_cases[i].run) != 0)
            fail_msg("%s: %s after %s, expected %s after %s", level_cases[i].name,
                     fob_code_name(verdict), run.run, fob_code_name(level_cases[i].verdict),
                     level_cases[i].run);
    }
}

static void unreachable_entries_are_found(void **state)
{
    struct stack_entry entries[4] = { 0 };
    bool reached[4];

    (void)state;
    /* requisite, then one that ends the stack whatever happens. */
    control_from_keyword("requisite", &entries[0].control);
    control_from_keyword("sufficient", &entries[1].control);
    for (int code = 0; code < FOB_CODE_COUNT; code++) {
        if (entries[1].control.actions[code] == ACTION_IGNORE)
            entries[1].control.actions[code] = ACTION_DIE;
    }
    control_from_keyword("required", &entries[2].control);
    control_from_keyword("required", &entries[3].control);
    stack_reach(entries, 4, reached);
    assert_true(reached[0] && reached[1]);
    assert_false(reached[2] || reached[3]);
    /* A failure before it keeps "done" from ending. */
    control_from_keyword("required", &entries[0].control);
    stack_reach(entries, 4, reached);
    assert_true(reached[2] && reached[3]);
    /* A jump over it by all codes. */
    for (int code = 0; code < FOB_CODE_COUNT; code++)
        entries[0].control.actions[code] = 2;
    stack_reach(entries, 4, reached);
    assert_false(reached[1] || reached[2]);
    assert_true(reached[3]);
}

static void read_control(const char *text, struct yaml_file **file, struct control *control)
{
    assert_int_equal(yaml_read_text("f", text, strlen(text), file), FOB_SUCCESS);
    control_read(*file, yaml_get((*file)->root, "control"), control);
}

static void the_long_form_is_a_table(void **state)
{
    struct yaml_file *file = NULL;
    struct control control = { 0 };
    struct strbuf text = STRBUF_INIT;

    (void)state;
    read_control("control: { success: done, unavailable: 2, default: die, ignore: ignore }", &file,
                 &control);
    assert_int_equal(file->mistakes.count, 0);
    assert_null(control.keyword);
    assert_int_equal(control.actions[FOB_SUCCESS], ACTION_DONE);
    assert_int_equal(control.actions[FOB_UNAVAILABLE], 2);
    assert_int_equal(control.actions[FOB_IGNORE], ACTION_IGNORE);
    assert_int_equal(control.actions[FOB_REJECTED], ACTION_DIE);
    control_text(&control, &text);
    assert_string_equal(text.data,
                        "{ success: done, ignore: ignore, unavailable: 2, default: die }");
    strbuf_free(&text);
    yaml_file_free(file);
    file = NULL;
    read_control("control: { success: ok }", &file, &control);
    assert_int_equal(control.actions[FOB_IGNORE], ACTION_BAD);
    yaml_file_free(file);
}

static void mistakes_in_a_control_have_their_place(void **state)
{
    static const struct {
        const char *text;
        const char *mistake;
    } table[] = {
        { "control: require",
          "f:1:10: control: must be required, requisite, sufficient or optional; did you mean "
          "required?" },
        { "control: [ required ]",
          "f:1:10: control: must be required, requisite, sufficient or optional" },
        { "control: { succss: ok }", "f:1:12: unknown key succss; did you mean success?" },
        { "control: { success: ignored }",
          "f:1:21: an action: must be ignore, ok, done, bad, die or reset; did you mean ignore?" },
        { "control: { success: 0 }", "f:1:21: a jump over 0 entries: write ignore" },
        { "control: { success: 256 }", "f:1:21: must be a whole number from 1 to 255" },
        { "control: {}", "f:1:10: control: names no return code" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct yaml_file *file = NULL;
        struct control control;

        read_control(table[i].text, &file, &control);
        if (file->mistakes.count != 1 || strcmp(file->mistakes.lines[0], table[i].mistake) != 0)
            fail_msg("%s: %s", table[i].text,
                     file->mistakes.count > 0 ? file->mistakes.lines[0] : "no mistake");
        yaml_file_free(file);
    }
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
        cmocka_unit_test(jumps_and_substacks_are_pams),
        cmocka_unit_test(unreachable_entries_are_found),
        cmocka_unit_test(the_long_form_is_a_table),
        cmocka_unit_test(mistakes_in_a_control_have_their_place),
        cmocka_unit_test(an_unknown_keyword_is_no_control),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
