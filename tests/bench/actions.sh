#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures fob run over the pages of 100,000 people, beside one curl that gets the same pages and one
# jq that takes them apart: a part of `make bench`.  Wants curl, jq, nginx and openssl; ends with 1
# when a limit is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-5}
bench=$abs_top_builddir/tests/bench
work=$(mktemp -d "$abs_top_builddir/bench-XXXXXX")
export FOB_CONFIG="$work/fob.yaml" FOB_LIBEXEC="$abs_top_builddir/.libs"
PATH=$abs_top_builddir:$PATH
export PATH

# shellcheck source=tests/bench/server.sh
. "$abs_top_srcdir/tests/bench/server.sh"

# shellcheck disable=SC2317 # called by trap
finish()
{
    end_server
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

wants curl jq nginx openssl
cd "$work"
mkdir pages
python3 - <<'END'
import json
import sys
PEOPLE, SIZE = 100000, 25
PAGES = PEOPLE // SIZE
for page in range(1, PAGES + 1):
    people = [{"id": f"team_member_{n:012x}", "first_name": "Zoë", "last_name": f"O'Neill {n}",
               "display_name": f"Zoë O'Neill {n}", "job_title": "Senior Engineer",
               "work_email": f"person{n}@acme.example", "personal_email": None,
               "phone_number": f"+44 7700 9{n:05d}",
               "profile_picture": f"https://pictures.example/{n}.jpg",
               "address": f"{n} Sample Road, Flat {n % 9}, Leeds, LS2 {n % 9}AB",
               "date_of_birth": "1962-03-01", "start_date": "2015-01-05", "end_date": None,
               "employment_status": "active", "gender": "female", "married": n % 3 == 0,
               "office": "office_16200251ad4e", "teams": ["team_540724a55583"],
               "manager": f"team_member_{n // 9:012x}",
               "national_insurance_number": f"QQ{n:06d}C", "payroll_id": f"{n:05d}",
               "starter_declaration": "A", "student_loan": False, "postgraduate_loan": False}
              for n in range((page - 1) * SIZE, page * SIZE)]
    meta = {"total_results": PEOPLE, "results_per_page": SIZE, "current_page": page,
            "total_pages": PAGES,
            "next_url": f"?page={page + 1}&per_page={SIZE}" if page < PAGES else None}
    with open(f"pages/{page}.json", "w", encoding="utf-8") as file:
        json.dump({"success": True, "data": people, "meta": meta}, file, ensure_ascii=False,
                  separators=(",", ":"))
END

serve "root $work;
        location = /api/v1/team_members {
            types { }
            try_files /pages/\$arg_page.json /pages/1.json =404;
        }"
link_acme
: >input

cat >peer <<END
#!/bin/sh
curl -sS --fail-early --cacert ca.pem -H @header \
    '$url/team_members?page=[1-4000]&per_page=25' | jq -c '.data[]'
END
chmod +x peer

# Both must have read the same people, and all of them.
fob run acme list-team-members --format ndjson --show-private | jq -c . >ours
./peer | jq -c . >theirs
[ "$(wc -l <ours)" -eq 100000 ]
cmp ours theirs

echo "== 100,000 people, $rounds rounds"
"$bench/pair" "$rounds" input \
    "fob run, ndjson" fob run acme list-team-members --format ndjson \
    -- "fob run, csv" fob run acme list-team-members --format csv \
    -- "curl | jq" ./peer >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob run, ndjson<=2.0*curl | jq" \
    "fob run, csv<=2.0*curl | jq" "fob run, ndjson<=32MiB" "fob run, csv<=32MiB" <measured
