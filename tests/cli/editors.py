#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""The JSON Schemas for editors, held against fob check: both take a file, or both refuse it.

Files are those of the tree and of the manual, and many that are made from a large good one by one
change each: a key less, a key more, a value of another kind.  LINTER has what only fob check refuses.
"""
import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"not installed: {missing.name}")
    sys.exit(77)

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("abs_top_builddir", os.getcwd())).resolve()
# Each third change is enough for a sanitizer, which takes long for each.
STEP = 9 if b"libasan" in (BUILD / ".libs/fob-worker").read_bytes() else 1
sys.path.insert(0, str(SOURCE / "tests/man"))
import examples  # noqa: E402  pylint: disable=wrong-import-position

PROVIDER = """
provider: NAME
title: A title
website: https://hr.example
identity: company
shared_key: true
hosts: [ git.example, "git.example:8443" ]
guide: text
fields:
  - { name: id, title: Id, description: more, example: a1, pattern: "[a-z0-9]+", default: b2, optional: true }
  - { name: key, title: Key, secret: true }
  - { name: host, type: host, prefix: "https://", suffix: .example }
  - { name: kind, enum: [ a, 1, true ] }
link:
  - { control: required, plugin: charliehr, options: { timeout: 1m }, sandbox: network }
  - { control: { success: ok, unavailable: 1, default: bad }, plugin: charliehr }
  - { control: required, plugin: charliehr }
validate: [ { control: required, plugin: charliehr } ]
revoke: [ { control: optional, plugin: charliehr } ]
renew: [ { control: optional, plugin: charliehr } ]
authorize: [ { control: required, plugin: charliehr } ]
options: { base_url: "https://hr.example/v1" }
budget: { per_minute: 30 }
spares_tests: false
final: "false"
items: /data
paginate: { page: page, first: 0, next: [ /next, Link ], total: Total, pages: /pages, size: 25 }
actions:
  list:
    summary: A list
    get: /list
    query: { size: "{size}", on: 1 }
    arguments:
      size: { type: integer, min: 1, max: 100, default: 25, summary: items }
      sort: { enum: [ up, down ], required: true }
    items: ""
    columns: [ id, /name ]
    private: [ pay ]
    paginate: { cursor: after, next: /after }
  all: { get: /all, paginate: true }
  some: { get: /some, paginate: { offset: from, size: "?limit" } }
  add: { post: "/list/{id}", body: { text: "{text}", more: [ 1, { a: b } ] }, writes: true, arguments: { text: {} } }
"""
# No file can be made from this one by a change that says something else than one of PROVIDER.
FILLED = """
provider: NAME
plugin: charliehr
options: { base_url: "https://hr.example/v1" }
fields: [ { name: key, secret: true } ]
"""
HTTP = """
provider: NAME
plugin: http
fields: [ { name: user }, { name: key, secret: true } ]
options:
  base_url: https://hr.example/v1
  headers: { Authorization: { base64: "{user}:{key}", scheme: Basic }, X-Key: "{key}" }
  check: { get: /me, query: { full: 1 }, id: /id, name: "{user}" }
  rights: { read people: /people }
  revoke: { post: /end, query: { a: b }, form: { key: "{key}" }, manual: text }
  answers: [ { status: 503, code: rate_limited } ]
  timeout: 10s
  retries: 2
  retry_at: X-Reset
"""
ENTRIES = """
provider: NAME
fields: [ { name: key, secret: true } ]
link:
  - control: required
    plugin: policy
    options: { users: [ root ], accounts: [ a ], hours: [ "08:00-18:00" ], timezone: utc, deny: true }
  - control: required
    plugin: exec
    options: { command: [ /bin/true ], fields: all, tokens: [ a ], timeout: 30s, base_url: "https://hr.example", retries: 2 }
  - { control: optional, plugin: debug, options: { link: success, sleep: 0, tell: hello } }
  - control: required
    plugin: http
    options: { base_url: "https://hr.example", headers: { X-Key: "{key}" }, check: { get: / }, revoke: { manual: a } }
validate: [ { control: required, plugin: debug } ]
authorize: [ { control: required, plugin: debug } ]
"""
SETTINGS = """
store: { driver: file, path: /srv/fob }
key_file: /srv/key
key_command: [ /bin/cat, key ]
on_change: [ /bin/sh, -c, "true" ]
plugins: [ BUILD/.libs ]
providers: [ /srv/providers.d ]
http: { ca_file: /srv/ca.pem, timeout: 1m, retries: 2 }
containment: { required: false, hook_limit: 10 }
log: { path: /srv/log, syslog: false, required: "true", max_size: 1M, keep: 3 }
"""
GOOD = ["", "# nothing\n", FILLED + "title: 7\nwebsite:\nshared_key: \"true\"\n",
        FILLED + "paginate: { page: page, first: \"1\" }\n", FILLED + "identity: true\n",
        FILLED + "paginate: { cursor: a, next: [ /a, Link ], more: /b }\n"]
REHEARSED = FILLED + "rehearsals: [ { name: a, steps: [ { link: invalid%s } ]%s } ]\n"
REQUEST = "request: { post: \"https://a.example/\" }"
GOOD += [REHEARSED % ("", ", fields: { key: k }"), REHEARSED % (", says: CharlieHR needs a Client ID, id: \"\", calls: []", ", fields: { key: k }")]
BAD = [FILLED + text for text in (
    "color: red\n", "title: [ a ]\n", "title: \"\"\n", "shared_key: yes\n", "hosts: []\n", "budget: { per_minute: 0 }\n",
    "budget: {}\n", "budget: { per_minute: many }\n", "items: data\n", "actions: {}\n", "actions: { A: { get: / } }\n",
    "actions: { a: {} }\n", "paginate: { next: /a, more: b }\n", "actions: { a: { get: /, post: / } }\n", "actions: { a: { get: /, body: { b: c } } }\n", "actions: { a: { get: a } }\n", "paginate: { next: a b }\n",
    "actions: { a: { get: /, arguments: { b: { type: text } } } }\n", "revoke: []\n", "revoke: [ {} ]\n",
    "revoke: [ { control: needed, plugin: charliehr } ]\n", "revoke: [ { control: { happy: ok }, plugin: charliehr } ]\n",
    "revoke: [ { control: { success: 256 }, plugin: charliehr } ]\n", "revoke: [ { control: {}, plugin: charliehr } ]\n",
    "revoke: [ { include: a, plugin: charliehr } ]\n", "revoke: [ { control: required, plugin: A } ]\n",
    "revoke: [ { control: required, plugin: charliehr, sandbox: none } ]\n",
    "revoke: [ { control: required, plugin: charliehr, sha256: [ ab ] } ]\n")]
BAD += ["provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\n", "plugin: charliehr\nfields: [ { name: a } ]\n",
        "provider: NAME\nfields: [ { name: a } ]\n", "provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\nfields: []\n",
        "provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\nfields: [ { title: a } ]\n",
        "provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\nfields: [ { name: 1a } ]\n",
        "provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\nfields: [ { name: a, type: port } ]\n", "- a\n", "text\n"]
BAD += [REHEARSED % change for change in (
    (", links: 1", ""), (", calls: {}", ""), (", calls: [ {} ]", ""), (", after: never", ""), (", id: [ 1 ]", ""), (", items: many", ""), (", first: [ id ]", ""), (", query: [ a ]", ""), (", arguments: a", ""), (", code: never", ""), ("", ", step: 1"), ("", ", fields: [ key ]"),
    (", calls: [ { request: {}, answer: { status: 200 } } ]", ""), (f", calls: [ {{ {REQUEST}, answer: {{}} }} ]", ""),
    (f", calls: [ {{ {REQUEST}, answer: {{ status: 99 }} }} ]", ""), (f", calls: [ {{ {REQUEST}, answer: {{ fault: lost }} }} ]", ""),
    (f", calls: [ {{ {REQUEST}, answer: {{ fault: timeout, status: 200 }} }} ]", ""))]
ASKING = "provider: NAME\nplugin: http\nfields: [ { name: key, secret: true } ]\noptions: { base_url: \"https://hr.example\", " \
    "headers: { X-Key: \"{%s}\" }, %s }\n"
URL = "\"https://hr.example/t\""
GOOD += [ASKING % change for change in (
    ("key", "check: { get: / }, revoke: { post: /a, form: { a: b } }"), ("key", "check: { get: / }, revoke: { put: /a, body: { a: b }, manual: a }"),
    ("token", f"token: {{ post: {URL}, form: {{ k: \"{{key}}\" }} }}, revoke: {{ manual: a }}"))]
BAD += [ASKING % change for change in (
    ("key", "check: { get: / }, revoke: { get: /a, post: /a }"), ("key", "check: { get: / }, revoke: { patch: /a, delete: /a }"),
    ("key", "check: { get: / }, revoke: { post: /a, form: { a: b }, body: { a: b } }"), ("key", "check: { get: / }, revoke: { query: { a: b } }"),
    ("key", f"check: {{ get: / }}, revoke: {{ get: /a, token: {URL} }}"),
    ("key", "check: { get: / }, revoke: { get: /a, form: { a: b } }"), ("key", "check: { get: / }, revoke: { get: /a, body: { a: b } }"),
    ("token", f"token: {{ get: {URL}, post: {URL}, query: {{ k: \"{{key}}\" }} }}, revoke: {{ manual: a }}"),
    ("token", f"token: {{ get: {URL}, form: {{ k: \"{{key}}\" }} }}, revoke: {{ manual: a }}"),
    ("token", "token: { form: { k: \"{key}\" } }, revoke: { manual: a }"))]
FILLED_BY = "provider: NAME\nfields: [ { name: key } ]\nplugin: "
GOOD += [FILLED_BY + text for text in ("exec\noptions: { command: [ /bin/true ], fields: [ key ] }\n", "policy\noptions: { deny: true }\n", "debug\n")]
BAD += [FILLED_BY + text for text in (
    "exec\n", "exec\noptions: { command: /bin/true }\n", "exec\noptions: { command: [ /bin/true ], fields: most }\n",
    "exec\noptions: { command: [ /bin/true ], timeout: long }\n", "exec\noptions: { command: [ /bin/true ], commands: a }\n",
    "policy\noptions: { deny: 1 }\n", "policy\noptions: { deny: true, timezone: cet }\n", "debug\noptions: { link: fine }\n",
    "debug\noptions: { sleep: 3601 }\n", "charliehr\noptions: { retries: 11 }\n", "charliehr\noptions: { key: a }\n")]
BAD += [FILLED + "rehearsals: a\n", FILLED + "rehearsals: [ { name: a } ]\n", FILLED + "rehearsals: [ { name: a, steps: [] } ]\n",
        FILLED + "rehearsals: [ { name: a, steps: [ { link: invalidd } ] } ]\n"]
# What a schema cannot know, or is not told: how YAML was written, and how values fit together.
LINTER = [FILLED + text for text in (
    "title:\n",                                        # an empty text, which is null in JSON
    "shared_key: True\n",                              # a boolean to other readers of YAML
    "budget: { per_minute: 0x10 }\n",                  # likewise a number
    "budget: { per_minute: \"9999999\" }\n",           # a number in quotes that is too large
    "title: a\ntitle: b\n",                            # a key twice
    "title: !color a\n",                               # a tag
    "revoke: [ { control: required, plugin: charliehr, sha256: 12 } ]\n",   # a number instead of a text of some form
    "hosts: [ \"a:b\" ]\n",                            # no server
    "actions: { a: { get: \"/{b\" } }\n",              # a brace
    "actions: { a: { get: / , query: { b: \"{c}\" } } }\n",       # no such argument
    "actions: { a: { get: /, paginate: true } }\n",               # the provider has none
    "actions: { a: { get: /, arguments: { b: { type: enum } } } }\n",        # no values
    "paginate: { first: 1 }\n", "paginate: { cursor: a }\n", 
    "revoke: [ { include: nobody } ]\n", "revoke: [ { control: required, plugin: nothing } ]\n")]
LINTER += ["provider: another\nplugin: charliehr\nfields: [ { name: a } ]\n",
           "provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\nfields: [ { name: a, pattern: \"(\" } ]\n",
           "provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\nfields: [ { name: a }, { name: a } ]\n",
           "provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\nfields: [ { name: a, secret: true, default: b } ]\n",
           "provider: NAME\nplugin: charliehr\noptions: { base_url: \"https://hr.example\" }\nfields: [ { name: a, enum: [ b ], default: c } ]\n"]
# The changes of PROVIDER, HTTP, ENTRIES and SETTINGS that only fob check refuses.
FITTING = re.compile("|".join((
    r'hosts=\["a b"\]',                                      # no server
    r'options(={"zzz": \["a"\]}|\+)',                       # no option of these plugins
    r"options/base_url=.*",                                  # likewise no value of one
    r"entries:link/0/options(={}|-)",                        # a rule has a condition
    r'entries:link/0/options/(users|hours)=\["a b"\]',       # no such user, no hours
    r"entries:link/1/options(={}|-|/command-)",              # the provider may have it for all entries
    r'entries:link/1/options/command=\["a b"\]',             # the first word is a path
    r"entries:link/3/options(={}|-|/(base_url|headers|check|revoke)-)",
    r"entries:link/3/options/headers(={}|/X-Key-)",          # a credential in query needs none
    r"entries:link/3/options/check(={}|/get-)",              # the provider may have a token
    r"entries:authorize-",                                   # two plugins that put a credential on a request
    r"paginate(={}|-|/page-|/next=7)",                       # what of it needs what
    r"actions/\w+/paginate(={}|/next-|/offset-)",
    r"actions/list/arguments(={}|-|/size-|/size/type-)",     # what a placeholder or a type needs
    r"actions/add/arguments(={}|-|/text-)",
    r"http:fields/[01]-",                                    # a template has the field
    r"http:options/headers={}",                             # a credential in query needs none
    r"http:options/revoke/post-",                            # no form without a method
    r'(key_command|on_change)(=\["a b"\]|/0-)',             # the first word is a path
)))


class Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, which editors read: no dates, no yes and no."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"), ("null", r"~|null|Null|NULL|", "~nN\0"),
                            ("int", r"[-+]?[0-9]+", "-+0123456789"), ("int", r"0x[0-9a-fA-F]+", "0"),
                            ("float", r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?", "-+.0123456789")):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"),
                                 [letter if letter != "\0" else "" for letter in first])


def load(text):
    """TEXT as an editor gives it to its validator: keys are texts."""
    return json.loads(json.dumps(yaml.load(text, Loader)))


def maps(node, path=()):
    """The paths of all nodes in NODE."""
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from maps(value, (*path, key))


def changed(document, path, change):
    """A copy of DOCUMENT with CHANGE called for the map or list that has the last key of PATH."""
    copied = {"": copy.deepcopy(document)}
    at = copied
    keys = ("", *path)
    for key in keys[:-1]:
        at = at[key]
    change(at, keys[-1])
    return copied[""]


def label(path, change):
    return "/".join(map(str, path)) + change


def variants(document):
    """What was changed, and the document: "PLACE=VALUE", "PLACE+" with one more key, "PLACE-" without it."""
    others = ("a b", 7, [], {}, ["a b"], [["a"]], {"zzz": ["a"]})
    for path in maps(document):
        value = document
        for key in path:
            value = value[key]
        for other in others:
            if isinstance(other, (list, dict)) or isinstance(value, (list, dict)):
                yield label(path, "=" + json.dumps(other)), changed(document, path, lambda at, key, other=other: at.__setitem__(key, other))
        if isinstance(value, dict):
            yield label(path, "+"), changed(document, path, lambda at, key: at[key].__setitem__("zzz", "a"))
        if path:
            yield label(path, "-"), changed(document, path, lambda at, key: at.pop(key))


class Both:
    """fob check and a schema, side by side."""

    def __init__(self, folder):
        self.folder = folder
        self.failed = 0
        self.count = 0
        self.schemas = {}
        for name in ("provider", "fob"):
            schema = json.loads((BUILD / f"conf/schema/{name}.json").read_text(encoding="utf-8"))
            jsonschema.Draft7Validator.check_schema(schema)
            self.schemas[name] = jsonschema.Draft7Validator(schema)

    def run(self, config, *words):
        environment = dict(os.environ, FOB_LIBEXEC=str(BUILD / ".libs"), LD_LIBRARY_PATH=str(BUILD / ".libs"))
        return subprocess.run([BUILD / "fob", "--config", config, "check", *words], env=environment, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def found(self, paths):
        """Those of the provider files PATHS in one folder in which fob check finds mistakes."""
        folder = paths[0].parent
        config = self.folder / "fob.yaml"
        config.write_text(f"store: {{ path: {self.folder}/store }}\nkey_file: {self.folder}/key\n"
                          f"plugins: [ {BUILD}/.libs ]\nproviders: [ {folder} ]\n"
                          "containment: { required: false }\n", encoding="utf-8")
        findings = json.loads(self.run(config, "--json").stdout)["findings"]
        bad = {re.match(r"(/.*?\.yaml):", item["text"])[1] for item in findings
               if not item["good"] and item["text"].startswith(f"{folder}/")}
        return {path for path in paths if str(path) in bad}

    def say(self, label, text):
        self.failed += 1
        print(f"FAILED  {label}: {text}")

    def compare(self, label, valid, good, only_linter=False):
        self.count += 1
        only_linter = only_linter or FITTING.fullmatch(label)
        if only_linter and (good or not valid):
            self.say(label, f"only fob check should refuse it: {'taken' if good else 'refused'} by fob check, "
                            f"{'taken' if valid else 'refused'} by the schema")
        elif not only_linter and valid != good:
            self.say(label, f"{'taken' if good else 'refused'} by fob check, {'taken' if valid else 'refused'} by the schema")

    def providers(self, kind, texts, wanted=None):
        """Hold texts of provider files, with labels, against each other; WANTED is what they are, or None."""
        folder = self.folder / kind
        folder.mkdir(mode=0o755)
        paths = []
        for number, (label, text) in enumerate(texts):
            path = folder / (pathlib.Path(label).name if kind == "own" else f"p{number}.yaml")
            path.write_text(text.replace("NAME", path.stem), encoding="utf-8")
            paths.append((label, path))
        bad = self.found([path for _, path in paths])
        for label, path in paths:
            # Composed without tags, because another reader may refuse what it does not know.
            document = load(re.sub(r"!\w+ ", "", path.read_text(encoding="utf-8")))
            valid = self.schemas["provider"].is_valid(document)
            self.compare(label, valid, path not in bad, wanted == "linter")
            if wanted in ("good", "bad") and (path in bad) != (wanted == "bad"):
                self.say(label, f"is not {wanted}:\n{path.read_text(encoding='utf-8')}")

    def settings(self, label, text, wanted=None):
        path = self.folder / "try.yaml"
        path.write_text(text.replace("BUILD", str(BUILD)), encoding="utf-8")
        good = f"ok: configuration {path}" in self.run(path).stdout
        self.compare(label, self.schemas["fob"].is_valid(load(path.read_text(encoding="utf-8"))), good)
        if wanted is not None and good != wanted:
            self.say(label, f"is not {'good' if wanted else 'bad'}")


def from_manual(kind):
    """The examples of the manual of KIND, "provider" or "fob.yaml"."""
    for page in sorted((SOURCE / "man").glob("*.[0-9]")):
        if "\n.Sh EXAMPLES" not in page.read_text(encoding="utf-8"):
            continue
        for block in examples.blocks_of(page):
            if block.kind == "yaml" and (kind in block.flags or kind == "provider" and "fob.yaml" not in block.flags):
                yield f"{page.name}:{block.line}", block.text


def numbered(texts):
    return [(text, text) for text in texts]


def main():
    with tempfile.TemporaryDirectory(prefix="editors-", dir=BUILD) as folder:
        both = Both(pathlib.Path(folder))
        both.providers("own", [(str(path), path.read_text(encoding="utf-8"))
                               for path in sorted((SOURCE / "conf/providers.d").glob("*.yaml"))], "good")
        # These name programs and plugins that this machine may not have: only the schema judges them.
        for label, text in [*from_manual("provider"), *((str(path), path.read_text(encoding="utf-8")) for path in
                            (SOURCE / "conf/examples/examplehr.yaml", SOURCE / "conf/new-plugin/NAME.yaml"))]:
            for error in both.schemas["provider"].iter_errors(load(text.replace("@NAME@", "acme"))):
                both.say(label, error.message)
        both.providers("good", numbered([PROVIDER, FILLED, HTTP, ENTRIES, *GOOD]), "good")
        both.providers("bad", numbered(BAD), "bad")
        both.providers("linter", numbered(LINTER), "linter")
        for kind, text in (("", PROVIDER), ("filled:", FILLED), ("http:", HTTP), ("entries:", ENTRIES)):
            both.providers("changed-" + kind.rstrip(":"), [(kind + name, json.dumps(document))
                                               for name, document in list(variants(load(text)))[::STEP]])
        both.settings("SETTINGS", SETTINGS, True)
        both.settings("nothing", "", True)
        for label, text in [*from_manual("fob.yaml"), ("fob.yaml", (SOURCE / "conf/fob.yaml").read_text(encoding="utf-8"))]:
            both.settings(label, text, True)
        for label, document in list(variants(load(SETTINGS)))[::STEP]:
            both.settings(label, json.dumps(document))
        print(f"{both.count} files, {both.failed} faults")
        return 1 if both.failed else 0


if __name__ == "__main__":
    sys.exit(main())
