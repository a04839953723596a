#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures what shells and scripts wait for: fob exec, with the command that it runs, and completion.
# Ends with 1 when a limit is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-400}
bench=$abs_top_builddir/tests/bench
work=$(mktemp -d "$abs_top_builddir/bench-XXXXXX")
export FOB_CONFIG="$work/fob.yaml"
PATH=$abs_top_builddir:$PATH
export PATH
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

cd "$work"
: >input
mkdir -m 700 store-folder
"$bench/many" make "$work/store-folder/store" "$work/store-folder/key" 10000
cat >fob.yaml <<END
store: { path: $work/store-folder/store }
key_file: $work/store-folder/key
log: { path: $work/store-folder/log }
END
command=$(command -v true)

# exec opens the store, reads every field and writes to the log, as get does; so it cannot take less
# than get.  The limit is on what it takes beyond that, and beyond the command: 0.3 of a get.
echo "== running a command, $rounds rounds"
"$bench/pair" "$rounds" input \
    command "$command" \
    -- "fob get" fob get client-000003 --format env \
    -- "fob exec command" fob exec client-000003 --- "$command" >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob exec command - command<=1.3*fob get" \
    <measured || missed=1

fob hook bash >complete.bash
cat >in-bash <<'END'
. ./complete.bash
COMP_LINE="fob get client-" COMP_WORDS=(fob get client-) COMP_CWORD=2
_fob_complete fob client- get
[ ${#COMPREPLY[@]} -eq 10000 ]
END
echo "== completion of 10,000 accounts, $((rounds / 10)) rounds"
"$bench/pair" "$((rounds / 10))" input \
    "all accounts" fob complete --- get '' \
    -- "ten of them" fob complete --- get client-00999 \
    -- "fields of one" fob complete --- get client-000003 '' \
    -- "all, in bash" bash in-bash >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "all accounts<=30ms" "ten of them<=30ms" \
    "fields of one<=30ms" "all, in bash<=75ms" <measured || missed=1

# A command's output through --mask, beside the same through cat.
head -c 75000000 /dev/urandom | base64 >output
echo "== 100 MB of output, $((rounds / 40)) rounds"
"$bench/pair" "$((rounds / 40))" input \
    "cat and cat" sh -c 'cat output | cat | wc -c' \
    -- "the same, masked" sh -c 'fob exec --mask client-000003 -- cat output | wc -c' >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "the same, masked<=4*cat and cat" \
    "the same, masked<=8MiB" <measured || missed=1
exit "${missed-0}"
