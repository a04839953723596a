#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# rooms.py, names.py and words.py find what they are for, in a small tree.
bats_require_minimum_version 1.5.0

setup()
{
    cd "$BATS_TEST_TMPDIR"
    mkdir -p src/util src/store src/http src/include/fob plugins tests
    put src/util/low.c 'int low_do(void) { return 1; }'
    put src/store/high.c 'int low_do(void); int high_do(void); int high_do(void) { return low_do(); }'
    echo 'int fob_low(void);' >src/include/fob/fob.h
    echo 'int main(void) { return high_do(); }' >tests/test.c
}

# put FILE TEXT: write a C file, and compile it.
put()
{
    echo "$2" >"$1"
    ${CC:-cc} -c -o "${1%.c}.o" "$1"
}

rooms()
{
    run -"${status:-0}" env abs_top_srcdir="$PWD" abs_top_builddir="$PWD" \
        python3 "$abs_top_srcdir/tests/build/rooms.py"
}

names()
{
    run env abs_top_srcdir="$PWD" python3 "$abs_top_srcdir/tests/build/names.py"
}

@test "a tree whose arrows point down is correct" {
    rooms
    [ "$output" = "2 objects, 0 faults" ]
}

@test "a map without a folder, or with a file that is gone, is a fault" {
    echo 'The map: `src/util/` has `low.c`, `src/store/`, `src/include/fob/`.' >HACKING.md
    rooms
    echo 'The map: `src/util/` has `lower.c`, `src/include/fob/`.' >HACKING.md
    status=1 rooms
    [[ "$output" == *"HACKING.md: lacks src/store/"*"HACKING.md: names lower.c, which does not exist"* ]]
}

@test "an arrow that points up is a fault" {
    put src/util/low.c 'int high_do(void); int low_do(void); int low_do(void) { return high_do(); }'
    status=1 rooms
    [[ "$output" == *"src/util/low.c: uses high_do of src/store/high.c, against the order"* ]]
}

@test "including a header from above is a fault" {
    : >src/store/high.h
    put src/util/low.c '#include "../store/high.h"
int low_do(void) { return 1; }'
    sed -i 's|\.\./store|store|' src/util/low.c
    status=1 rooms
    [[ "$output" == *"src/util/low.c: includes store/high.h, against the order"* ]]
}

@test "programs above libfob use only its public functions" {
    put src/store/public.c 'int fob_low(void) { return 1; }'
    put src/http/use.c 'int fob_low(void); int use(void) { return fob_low(); }'
    echo 'int main(void) { return high_do() + use(); }' >tests/test.c
    rooms
    put src/http/use.c 'int high_do(void); int use(void) { return high_do(); }'
    status=1 rooms
    [[ "$output" == *"src/http/use.c: uses high_do of src/store/high.c, against the order"* ]]
}

@test "files that call each other are a fault" {
    put src/util/low.c 'int low_other(void); int low_do(void) { return low_other(); }'
    put src/util/low_other.c 'int low_do(void); int low_other(void) { return low_do(); }'
    status=1 rooms
    [[ "$output" == *"in a circle: src/util/low.c, src/util/low_other.c"* ]]
}

@test "an exported name begins with its file's name, or is public" {
    put src/util/low.c 'int low_do(void) { return 1; } int other(void) { return 2; } int fob_other(void) { return 3; }'
    status=1 rooms
    [[ "$output" == *"src/util/low.c: exports other, which does not begin as its file"* ]]
    [[ "$output" == *"src/util/low.c: exports fob_other, which no public header has"* ]]
}

@test "a function that only its own file uses is not exported" {
    put src/util/low.c 'int low_do(void) { return 1; } int low_alone(void) { return 2; }'
    status=1 rooms
    [[ "$output" == *"src/util/low.c: exports low_alone, which nothing else uses"* ]]
}

@test "a folder that is not in the table, or a file without an object, is a fault" {
    mkdir src/more
    put src/more/low.c 'int low_more(void) { return 1; }'
    echo 'int low_none(void) { return 1; }' >src/util/low_none.c
    status=1 rooms
    [[ "$output" == *"src/more/low.c: src/more is not in the table of folders"* ]]
    [[ "$output" == *"src/util/low_none.c: has no object"* ]]
}

@test "names are counted, and must keep their limits" {
    for n in 1 2 3 4 5 6 7 8; do
        echo "int number_$n(void) { if (number(1)) { return 0; } } struct tag_$n { int a; };" >"src/util/file_$n.c"
    done
    names
    [ "$status" -eq 0 ]
    [[ "$output" == *"functions named as another: 0.0 %"* ]]
    [[ "$output" == *"10 functions" ]]
    echo 'static int number_1(void) { } static int begin(void) { } static int begin(void) { }' >src/store/file_1.c
    printf '#define X(a) { }\nstatic int one(void) { } struct tag_1 { int a; } tag;\n' >src/http/file_1.c
    names
    [ "$status" -eq 1 ]
    [[ "$output" == *"functions named as another: 28.6 % "*": begin:2 number_1:2"* ]]
    [[ "$output" == *"functions of one word: 21.4 % "*": begin one"* ]]
    [[ "$output" == *"tags defined twice: 1 "*": tag_1"* ]]
    [[ "$output" == *"files named as another: 1 "*": file_1.c"* ]]
}

words()
{
    run -"${status:-0}" env abs_top_srcdir="$PWD" python3 "$abs_top_srcdir/tests/build/words.py" "$@"
}

@test "a word over its limit is a fault, in a page, a comment or a message" {
    mkdir man
    printf 'Write it\n.Ic anew\nto the disk.\n' >man/a.1
    printf 'Put\naside.\n' >README.md
    echo 'int anew; /* can not */ const char *a = "afresh \" whomever"; // crew' >src/util/low.c
    status=1 words
    [[ "$output" == *'"anew" stands 1 times, limit 0: man/a.1:2'* ]]
    [[ "$output" == *'"put aside" stands 1 times, limit 0: README.md:1'* ]]
    for word in 'can not' afresh whomever crew; do
        [[ "$output" == *"\"$word\" stands 1 times, limit 0: src/util/low.c:1"* ]]
    done
}

@test "macros of pages and names of C files do not count as words" {
    mkdir man
    printf '.\\" crew\n.Nm lanes\n' >man/a.1
    echo 'int crew(int lane);' >src/util/low.c
    words
    [[ "$output" != *"stands"*"limit 0"* ]]
    words --list 'lanes?'
    [ "$output" = man/a.1:2 ]
}
