#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Words and turns that plain English rarely needs, in the manual, the project's texts, comments and messages.

    words.py [--list WORD]

Counts each of them and ends with status 1 when one stands more often than its limit.  A limit may only fall: one that
is too high is shown.  --list shows where a word stands.
"""
import os
import pathlib
import re
import sys

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", pathlib.Path(__file__).resolve().parents[2]))

# Each is a regular expression for whole words; a blank is any white space, also the end of a line.
LIMITS = {
    "anew": 0,
    "afresh": 0,
    "can not": 0,
    "whomever": 0,
    "therein|thereof|whereby": 0,
    "put aside": 0,
    "lane": 0,
    "crew": 0,
    "so many": 0,
    "so much": 0,
    "so long": 0,
    "whoever": 0,
    "be had": 1,
    "had for": 0,
    "of which": 0,
    "what of": 0,
    "set aside": 0,
    "comes? to|came to": 1,
    "(come|comes|came) of (it|this|that)": 0,
    "(go|goes|gone|went) on with": 0,
    "who (asks|asked|typed|wants)": 1,
    "(is|are|was|were|be) told": 0,
    "tells?": 40,
    "in vain": 0,
    "what else": 1,
    "all else": 0,
    "else is": 3,
    "wants? (a|an|the)": 0,
    "mends?": 0,
    "but for": 1,
    "an? (bit|line|file|thread|byte|call|page|frame|piece|word|test) an? [a-z]+": 1,
    "now and then": 0,
    "in the end": 0,
    "it is (asked|said|tried)": 0,
}

C_TEXT = re.compile(r"""
      (?P<keep>/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*")
    | '(?:\\.|[^'\\\n])*' | .
""", re.S | re.X)
C_NOT_WORDS = re.compile(r"^\s*\#\s*include[^\n]*|^[ \t]*\*|/\*|\*/|\"", re.M)
MACRO = re.compile(r"^\.\\\".*|^\.[A-Z][a-z]\b|\\-", re.M)


def blank(match):
    """As long as the match, so that places stay."""
    return re.sub(r"[^\n]", " ", match.group())


def c_words(text):
    """Comments and string constants."""
    text = C_TEXT.sub(lambda match: match.group() if match["keep"] else blank(match), text)
    return C_NOT_WORDS.sub(blank, text)


def texts():
    """Each file with the text to be read in it."""
    for pattern in ("man/*.[0-9]", "*.md", "NEWS", "conf/**/*", "tests/sandbox/*.md"):
        for path in sorted(SOURCE.glob(pattern)):
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                yield path, MACRO.sub(blank, text) if path.suffix[1:].isdigit() else text
    for top in ("src", "plugins"):
        for path in sorted((SOURCE / top).rglob("*.[ch]")):
            yield path, c_words(path.read_text(encoding="utf-8"))


def places(word, read):
    """FILE:LINE of each place where the word stands."""
    pattern = re.compile(rf"\b(?:{word})\b".replace(" ", r"\s+"), re.I)
    return [f"{path.relative_to(SOURCE)}:{text.count(chr(10), 0, match.start()) + 1}"
            for path, text in read for match in pattern.finditer(text)]


def main(arguments):
    read = list(texts())
    if arguments[:1] == ["--list"]:
        print("\n".join(places(" ".join(arguments[1:]), read)))
        return 0
    over = 0
    for word, limit in LIMITS.items():
        found = places(word, read)
        if len(found) > limit:
            over += 1
            print(f'"{word}" stands {len(found)} times, limit {limit}: {" ".join(found[:20])}')
        elif len(found) < limit:
            print(f'"{word}" stands {len(found)} times: its limit {limit} can fall')
    print(f"{len(LIMITS)} words in {len(read)} files, {over} over their limits")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
