# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Every way in which a frame can be wrong, made from the tables of fob-worker(7)."""
import struct

from frames import HEAD, LONGEST, LONGEST_DECLARATION


def value(tag, content):
    """A value as items."""
    return struct.pack(">BI", tag, len(content)) + content + b"\0"


def deep(levels):
    """Nested arrays."""
    return value(5, deep(levels - 1)) if levels else b""


# What stands for the content of an item; a number is 0.
SAMPLES = {"text": b"x", "path": b"x", "pair": b"x\0y", "ids": bytes(8), "bytes": b"x", "nothing": b"",
           "a value": b"\1\0\0\0\0\0", "a token": bytes(16) + b"x\0y"}
# Contents that are not of the kind.
WRONG = {
    "text": (b"\xff", b"a\0b"),
    "path": (b"a\0b",),
    "pair": (b"name", b"\xff\0value"),
    "ids": (bytes(4), bytes(10)),
    "a token": (b"", bytes(16), bytes(16) + b"name", bytes(16) + b"\xff\0value"),
    "bytes": (),
    "nothing": (b"x",),
    "a value": (b"", b"x", value(9, b""), value(1, b"x"), value(1, b"") * 2, value(2, b"\2"), value(2, b""), value(3, b"x"),
                value(4, b"\xff"), value(5, b"x"), value(6, value(4, b"name")), value(6, value(1, b"") * 2),
                value(6, value(4, b"a\0") + value(1, b"")), value(7, value(4, b"a")), deep(33)),
}
NO_TAG = 255


def size_of(page, tag):
    """Of a number; 0 for other kinds."""
    kind = page.contents[tag]
    return int(kind.split()[2]) if kind.startswith("number") else 0


def sample(page, tag):
    size = size_of(page, tag)
    return bytes(size) if size else SAMPLES[page.contents[tag]]


def wrong(page, tag):
    size = size_of(page, tag)
    return (bytes(size - 1), bytes(size + 1)) if size else WRONG[page.contents[tag]]


def full(page, name, given=()):
    """Each item that a frame may have, once; GIVEN has contents by tag."""
    places = page.types[page.number(name)][2]
    return [(tag, dict(given).get(tag, sample(page, tag))) for tag in places]


def pack(items):
    return b"".join(struct.pack(">BI", tag, len(content)) + content + b"\0" for tag, content in items)


def frame(page, name, call, items, flags=0, zero=0, size=None):
    data = pack(items)
    return HEAD.pack(len(data) if size is None else size, page.number(name), flags, zero, call) + data


def wrong_items(page, name, call, given, flags):
    """Pairs of what is wrong and a frame whose head is right."""
    items = full(page, name, given)
    places = page.types[page.number(name)][2]
    for at, (tag, content) in enumerate(items):
        rest = items[:at] + items[at + 1:]
        if places[tag] == "":
            yield f"{name} without {tag}", frame(page, name, call, rest, flags)
        if places[tag] != "*":
            yield f"{name} with {tag} twice", frame(page, name, call, items + [(tag, content)], flags)
        for other in wrong(page, tag):
            yield f"{name} whose {tag} is {other}", frame(page, name, call, items[:at] + [(tag, other)] + items[at + 1:],
                                                          flags)
    yield f"{name} with an unknown item", frame(page, name, call, items + [(NO_TAG, b"")], flags)
    yield f"{name} with tag 0", frame(page, name, call, items + [(0, b"")], flags)
    data = pack(items) + struct.pack(">BI", NO_TAG, 100)
    yield f"{name} with half an item", HEAD.pack(len(data), page.number(name), flags, 0, call) + data
    if items:
        data = pack(items)[:-1] + b"x"
        yield f"{name} without the last zero", HEAD.pack(len(data), page.number(name), flags, 0, call) + data


def wrong_heads(page, name, call, given, flags):
    items = full(page, name, given)
    longest = LONGEST_DECLARATION if name == "declaration" else LONGEST
    yield f"{name} that is too long", frame(page, name, call, items, flags, size=longest + 1)
    yield f"{name} of the greatest length", frame(page, name, call, items, flags, size=0xffffffff)
    yield f"{name} with another flag", frame(page, name, call, items, flags | 2)
    yield f"{name} with a number in place of 0", frame(page, name, call, items, flags, zero=1)
    yield f"{name} whose descriptor is not as said", frame(page, name, call, items, flags ^ 1)


def malformed(page, name, call=0, given=(), flags=0):
    """All that can be wrong with the frame NAME, whose right one has FLAGS: pairs of words and bytes."""
    yield from wrong_items(page, name, call, given, flags)
    yield from wrong_heads(page, name, call, given, flags)


def unknown_types(page, call=0):
    for number in (0, max(page.types) + 1, 255):
        yield f"type {number}", HEAD.pack(0, number, 0, 0, call)


def pair(tag, name, value=b"x"):
    return (tag, name.encode() + b"\0" + value)


def misused(page, call):
    """Frames that are right in themselves, but not as the answer to a validate hook that asked for nothing."""
    code = (page.tag("code"), bytes(4))
    kind, text = page.tag("kind"), page.tag("text")
    done = {
        "a field": [pair(page.tag("public-field"), "id")],
        "a secret": [pair(page.tag("secret-field"), "token")],
        "an empty token": [(page.tag("token"), bytes(16) + b"token\0")],
        "a token without a name": [(page.tag("token"), bytes(16) + b"\0x")],
        "a base URL": [(page.tag("base-url"), b"https://hr.example")],
        "rights untried": [(page.tag("untried"), b"")],
        "an expiry": [(32 + 4, bytes(8))],
        "an id without a name": [(16 + 6, b"7")],
        "a name without an id": [(16 + 7, b"Acme")],
        "an empty id": [(16 + 6, b""), (16 + 7, b"Acme")],
        "a long id": [(16 + 6, b"7" * 300), (16 + 7, b"Acme")],
        "an id of two lines": [(16 + 6, b"7\n8"), (16 + 7, b"Acme")],
        "a header that is no token": [pair(page.tag("header"), "X Y")],
        "a header of two lines": [pair(page.tag("header"), "X", b"a\r\nY: b")],
        "a parameter that needs encoding": [pair(page.tag("parameter"), "a&b")],
        "a parameter without a name": [pair(page.tag("parameter"), "")],
        "a parameter of two lines": [pair(page.tag("parameter"), "a", b"1\r\nY: b")],
        "a part that no certificate has": [pair(page.tag("certificate"), "password")],
        "a certificate with a NUL": [pair(page.tag("certificate"), "chain", b"a\0b")],
    }
    for words, items in done.items():
        yield f"done with {words}", frame(page, "done", call, [code, *items])
    for number in (99, 0xffffffff):
        yield f"done with {number}", frame(page, "done", call, [(page.tag("code"), number.to_bytes(4, "big"))])
    yield "done of another call", frame(page, "done", call + 1, [code])
    for other in (0, call + 1):
        yield f"tell of call {other}", frame(page, "tell", other, [(kind, b"\4"), (text, b"x")])
    yield "done that is skipped", frame(page, "done", call, [code, (page.tag("skipped"), b"")])
    yield "done of no call", frame(page, "done", 0, [code])
    yield "a mistake", frame(page, "mistake", call, [(text, b"x")])
    for number in (0, 2, 6, 255):
        yield f"tell of kind {number}", frame(page, "tell", call, [(kind, bytes([number])), (text, b"x")])
    for words, items in {"no kind": [(text, b"x")], "no text": [(kind, b"\1")], "kind 6": [(kind, b"\6"), (text, b"x")],
                         "257 messages": [(kind, b"\4"), (text, b"x")] * 257}.items():
        yield f"ask with {words}", frame(page, "ask", call, items)


def answers(page, call):
    """All that is wrong as an answer to a validate hook: words, bytes, and whether a descriptor comes along."""
    for number, (sender, descriptor, _) in page.types.items():
        name = page.names[number]
        if sender == "worker" and name != "declaration":
            for words, data in malformed(page, name, call):
                yield words, data, 0
        else:
            descriptors = int(descriptor == "yes")
            yield f"{name} that cannot come", frame(page, name, call, full(page, name), descriptors), descriptors
    for words, data in [*unknown_types(page, call), *misused(page, call)]:
        yield words, data, 0
    tell = frame(page, "tell", call, [(page.tag("kind"), b"\4"), (page.tag("text"), b"x")])
    for count in (1, 2, 40):
        yield f"tell with {count} descriptors", tell, count
    yield "half a frame", tell[:-1], 0  # the connection ends with it
    yield "no frame", b"", 0


def declarations(page):
    """The same as an answer to load."""
    given = {page.tag("hooks"): b"\x3f", page.tag("name"): b"told"}
    yield from malformed(page, "declaration", 0, given)
    yield from unknown_types(page)
    items = [(page.tag("name"), b"told"), (page.tag("version"), b"1"), (page.tag("hooks"), b"\x3f"),
             (page.tag("summary"), b"x")]
    option, summary = page.tag("option"), page.tag("summary")
    for words, more in {
            "a summary twice": [(summary, b"x")],
            "a type of no option": [(page.tag("option-type"), b"\0")],
            "an option of no known type": [(option, b"x"), (page.tag("option-type"), b"\xff")],
            "an enum without choices": [(option, b"x"), (page.tag("option-type"), b"\3")],
            "an option that is no name": [(option, b"X Y"), (page.tag("option-type"), b"\0"), (summary, b"x")],
            "two defaults": [(option, b"x"), (page.tag("option-text"), b"a"), (page.tag("option-text"), b"b")]}.items():
        yield f"declaration with {words}", frame(page, "declaration", 0, items + more)
    yield "declaration with no summary", frame(page, "declaration", 0, items[:3])
    yield "declaration with no name", frame(page, "declaration", 0, [(page.tag("name"), b"")] + items[1:])
    for words in ([], [(page.tag("message"), b"")]):
        yield f"done with {words}", frame(page, "done", 0, [(page.tag("code"), bytes(4)), *words])
    yield "a call's frame", frame(page, "tell", 0, [(page.tag("kind"), b"\4"), (page.tag("text"), b"x")])
