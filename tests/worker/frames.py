# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A second reader and writer of frames, made from fob-worker(7) alone: its tables are read from the page."""
import array
import re
import socket
import struct

HEAD = struct.Struct(">IBBHI")
LONGEST = 4194304
LONGEST_DECLARATION = 65536
DEEPEST = 32


class Refused(Exception):
    """What came is no frame."""


def rows(page, title):
    """The rows of the table under the heading TITLE, without the first."""
    part = page.split(f".Ss {title}\n")[1].split("\n.El")[0]
    for line in part.splitlines():
        if line.startswith(".It ") and ".It Sy" not in line:
            yield [cell.strip() for cell in line[4:].split(" Ta ")]


class Page:
    """What the page says of types and items."""

    def __init__(self, text):
        self.tags, self.contents, self.names = {}, {}, {}
        for name, tag, content, _ in rows(text, "Items"):
            if " + N" in tag:
                self.tags[name.split()[0]] = int(tag.split()[0])
                continue
            self.tags[name] = int(tag)
            self.contents[int(tag)] = content
        self.values = {int(tag): name for name, tag, _ in rows(text, "Requests")}
        self.types = {}
        for name, number, sender, descriptor, items in rows(text, "Types"):
            number = int(number)
            self.names[number] = name
            self.types[number] = (sender, descriptor, self.places(name, items))

    def places(self, frame, items):
        """Tag to its mark: "" for one, "?" or "*"."""
        found = {}
        for word in re.split(r", ", items) if items != "none" else []:
            name, mark = re.fullmatch(r"(.*?)([?*]?)", word).groups()
            numbered = re.fullmatch(r"(text|time) (\d+)(?: to (\d+))?", name)
            if not numbered:
                # In a frame that tells, text is the words.
                found[92 if name == "text" else self.tags[name]] = mark
                continue
            kind, first, last = numbered.groups()
            for number in range(int(first), int(last or first) + 1):
                base = 16 if kind == "text" else 32
                found[base + number] = mark
                self.contents[base + number] = "text" if kind == "text" else "number of 8 bytes"
        return found

    def tag(self, name):
        return {"text": 92}.get(name) or self.tags[name]

    def number(self, name):
        return next(n for n, known in self.names.items() if known == name)

    def check_item(self, tag, content):
        kind = self.contents[tag]
        number = re.fullmatch(r"number of (\d) bytes?", kind)
        if number:
            return len(content) == int(number[1])
        if kind == "nothing":
            return content == b""
        if kind == "text":
            return is_text(content)
        if kind == "path":
            return b"\0" not in content
        if kind == "pair":
            name, found, _ = content.partition(b"\0")
            return found == b"\0" and is_text(name)
        if kind == "ids":
            return len(content) >= 8 and len(content) % 4 == 0
        if kind == "a value":
            return self.is_value(content)
        if kind == "a token":
            return len(content) > 16 and self.check_item(self.tags["secret-field"], content[16:])
        return kind == "bytes"

    def is_value(self, data):
        try:
            values = list(split(data))
        except Refused:
            return False
        return len(values) == 1 and self.check_value(*values[0], DEEPEST)

    def check_value(self, tag, content, depth):
        """Whether CONTENT is that of the value with TAG."""
        kind = self.values.get(tag)
        if kind in ("array", "object"):
            try:
                inner = list(split(content))
            except Refused:
                return False
            names, values = (inner[::2], inner[1::2]) if kind == "object" else ([], inner)
            return (depth > 0 and len(inner) % 2 <= (kind == "array") and
                    all(self.is_name(*name) for name in names) and
                    all(self.check_value(*value, depth - 1) for value in values))
        return self.check_scalar(kind, content)

    def check_scalar(self, kind, content):
        if kind == "null":
            return content == b""
        if kind == "boolean":
            return content in (b"\0", b"\1")
        if kind == "number":
            return re.fullmatch(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", content) is not None
        if kind == "string":
            return is_utf8(content)
        if kind == "odd string":
            try:
                (first, text), (second, json) = split(content)
            except (Refused, ValueError):
                return False
            return self.values.get(first) == self.values.get(second) == "string" and is_utf8(text) and is_json(json)
        return False

    def is_name(self, tag, content):
        kind = self.values.get(tag)
        if kind == "odd string" and self.check_scalar(kind, content):
            content = next(split(content))[1]
            kind = "string"
        return kind == "string" and is_text(content)

    def decode_items(self, number, data):
        places = self.types[number][2]
        items = []
        for tag, content in split(data):
            if tag not in places:
                raise Refused("no place")
            if places[tag] != "*" and any(tag == known for known, _ in items):
                raise Refused("twice")
            if not self.check_item(tag, content):
                raise Refused("not of its kind")
            items.append((tag, content))
        for tag, mark in places.items():
            if mark == "" and all(tag != known for known, _ in items):
                raise Refused("missing")
        return items

    def decode_head(self, head, has_descriptor):
        size, number, flags, zero, call = HEAD.unpack(head)
        if size > LONGEST or number not in self.types or flags > 1 or zero != 0:
            raise Refused("head")
        if self.names[number] == "declaration" and size > LONGEST_DECLARATION:
            raise Refused("head")
        wanted = self.types[number][1]
        if has_descriptor != (flags == 1) or {"no": flags == 1, "yes": flags == 0, "may": False}[wanted]:
            raise Refused("descriptor")
        return size, number, call

    def encode(self, name, call, items, flags=0):
        """ITEMS: pairs of a tag and its content."""
        data = b"".join(struct.pack(">BI", tag, len(content)) + content + b"\0" for tag, content in items)
        return HEAD.pack(len(data), self.number(name), flags, 0, call) + data


def split(data):
    """The items in DATA: pairs of a tag and its content."""
    at = 0
    while at < len(data):
        if len(data) - at < 6:
            raise Refused("not whole")
        tag, size = struct.unpack_from(">BI", data, at)
        if size > len(data) - at - 6 or data[at + 5 + size] != 0:
            raise Refused("not whole")
        yield tag, data[at + 5:at + 5 + size]
        at += size + 6


def is_utf8(content):
    try:
        return isinstance(content.decode("utf-8"), str)
    except UnicodeDecodeError:
        return False


def is_text(content):
    return b"\0" not in content and is_utf8(content)


def is_json(content):
    return is_utf8(content) and re.fullmatch(rb'"([^"\\\x00-\x1f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"', content) is not None


class Connection:
    """One end of a socket that frames go through."""

    def __init__(self, page, end):
        self.page = page
        self.socket = end

    def send(self, name, call=0, items=(), descriptor=None):
        data = self.page.encode(name, call, list(items), int(descriptor is not None))
        control = []
        if descriptor is not None:
            control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
        sent = self.socket.sendmsg([data], control)
        # A worker that has crashed at the frame refuses even no more bytes.
        if data[sent:]:
            self.socket.sendall(data[sent:])

    def read(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def receive(self):
        """A frame: its name, the call's number, the items, the descriptor or None."""
        head, control, _, _ = self.socket.recvmsg(HEAD.size, 64)
        if not head:
            raise EOFError
        found = array.array("i")
        for _, kind, data in control:
            if kind == socket.SCM_RIGHTS:
                found.frombytes(data)
        head += self.read(HEAD.size - len(head))
        size, number, call = self.page.decode_head(head, len(found) == 1)
        items = self.page.decode_items(number, self.read(size))
        return self.page.names[number], call, items, found[0] if found else None
