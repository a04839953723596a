# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The ways in which the sandbox misbehaves when told to: which there are, and what each answers.
import dataclasses
import json
import re
import threading

from api import BASE, Answer, refused

STATUSES = {400: "Bad request", 401: "Invalid client id or client secret",
            403: "These API keys have no access to this data", 404: "Not found", 409: "Conflict",
            422: "Unprocessable", 429: "Too many requests", 500: "Internal server error",
            502: "Bad gateway", 503: "Service unavailable", 504: "Gateway time-out"}
# Instead of an answer: the API is not asked, so nothing is read or added.
INSTEAD = {str(status) for status in STATUSES} | {
    "hang", "reset", "html", "empty", "not-json", "deep", "success-false",
    "redirect-http", "redirect-host", "redirect-same", "redirect-loop"}
# The API's own answer, sent badly.
WIRE = {"slow", "drip", "truncated", "truncated-json", "huge", "huge-chunked", "bad-header",
        "no-length", "no-length-cut"}
# The API's own answer with wrong content; each counts only the answers that it can change.
IDS = {"no-data", "no-id", "null-id", "number-id"}
NAMES = {"latin1", "control-name"}
LINKS = {"next-url-elsewhere", "next-url-loop", "next-url-path", "next-url-absolute"}
# What else may lead from page to page: other links, or none and numbers.
FORMS = {"link-page", "link-page-path", "link-page-absolute", "link-header", "link-header-page",
         "meta-total", "meta-openapi", "meta-pages", "meta-empty", "meta-missing"}
KINDS = sorted(INSTEAD | WIRE | IDS | NAMES | LINKS | FORMS)
# Kinds that take a number, with its default and greatest value.
NUMBERS = {"slow": (2.0, 3600.0), "drip": (0.02, 60.0), "huge": (64, 1024),
           "huge-chunked": (256, 1024)}
DEPTH = 100000
CONTROL_NAME = "Acme\x1b[31m\x1b]0;owned\x07\r\nLtd\t\u202egpj.exe\u2066\u200f\u009b2J"


class BadFault(Exception):
    """A fault that cannot be set; the text says why."""


@dataclasses.dataclass
class Fault:
    """One fault in force; `left` is None while it has no end."""
    kind: str
    value: object
    left: int | None


class Faults:
    """The fault in force, if any: one at a time, a new one replaces it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.current = None

    def set(self, kind, times=None, value=None):
        """Puts KIND in force for TIMES answers; "none" ends it."""
        if kind != "none" and kind not in KINDS:
            raise BadFault(f"there is no fault {kind!r}")
        if times is not None and times < 1:
            raise BadFault("--times must be at least 1")
        value = _checked_value(kind, value)
        with self.lock:
            self.current = None if kind == "none" else Fault(kind, value, times)

    def take(self, kinds):
        """The fault in force when it is one of KINDS, counted as used; else None."""
        if self.current is None:            # the common case, without the lock
            return None
        with self.lock:
            fault = self.current
            if fault is None or fault.kind not in kinds:
                return None
            if fault.left is not None:
                fault.left -= 1
                if fault.left == 0:
                    self.current = None
            return fault


def _checked_value(kind, value):
    if kind in NUMBERS:
        default, most = NUMBERS[kind]
        try:
            number = type(default)(default if value is None else value)
        except ValueError:
            raise BadFault(f"--value of {kind} must be a number") from None
        if not 0 <= number <= most:
            raise BadFault(f"--value of {kind} must be from 0 to {most}")
        return number
    if value is None:
        return None
    if kind not in ("429", "503"):
        raise BadFault(f"{kind} takes no --value")
    if not re.fullmatch(r"[ -~]{1,200}", value):
        raise BadFault("--value is not fit for a Retry-After header")
    return value


def _redirect(location):
    return Answer(302, body=b"", headers=[("Location", location)], content_type="text/html")


def _redirected(fault, request, origins):
    if fault.kind == "redirect-http":
        return _redirect(origins["plain"] + request.target)
    if fault.kind == "redirect-host":
        return _redirect(origins["elsewhere"] + request.target)
    if fault.kind == "redirect-same":
        return _redirect(BASE + "/_moved" + request.target.removeprefix(BASE))
    hop = request.query.get("hop", "0")[:9]
    return _redirect(f"{request.path}?hop={int(hop) + 1 if hop.isdecimal() else 1}")


def instead(fault, request, origins):
    """The answer of a fault of INSTEAD; None where nothing is ever answered (hang, reset)."""
    kind = fault.kind
    if kind in ("hang", "reset"):
        return None
    if kind.isdigit():
        headers = [("Retry-After", fault.value)] if fault.value is not None else []
        return refused(int(kind), STATUSES[int(kind)], headers)
    if kind.startswith("redirect-"):
        return _redirected(fault, request, origins)
    if kind == "success-false":
        return refused(200, "Something went wrong")
    if kind == "html":
        page = "<!DOCTYPE html><title>Sign in</title><h1>Sign in</h1><form method=post></form>\n"
        return Answer(200, body=page.encode(), content_type="text/html; charset=utf-8")
    if kind == "not-json":
        return Answer(200, body=b"success: true, data: none of this is JSON\n")
    if kind == "deep":
        text = '{"success":true,"data":' + '{"a":' * DEPTH + "1" + "}" * DEPTH + "}"
        return Answer(200, body=text.encode())
    return Answer(200, body=b"")            # empty


def _applicable(answer, path):
    """The content faults that can change ANSWER."""
    if answer.status >= 300:
        return set()
    kinds = set(IDS)
    if path == BASE + "/company":
        kinds |= NAMES
    if answer.payload.get("meta"):
        kinds |= LINKS | FORMS
    return kinds


def _with_id(item, kind):
    item = {key: value for key, value in item.items() if key != "id"}
    return item if kind == "no-id" else {"id": None if kind == "null-id" else 4711, **item}


def _with_ids(payload, kind):
    payload = dict(payload)
    data = payload.pop("data")
    if kind == "no-data":
        return payload
    many = isinstance(data, list)
    payload["data"] = [_with_id(item, kind) for item in data] if many else _with_id(data, kind)
    return payload


def _with_links(payload, kind, request, origins):
    meta = dict(payload["meta"])
    before = {"next-url-path": request.path, "next-url-absolute": origins["main"] + request.path,
              "next-url-elsewhere": origins["elsewhere"] + request.path}.get(kind)
    if before is None:                      # next-url-loop: always this very page
        meta["next_url"] = f"?page={meta['current_page']}&per_page={meta['results_per_page']}"
    else:
        for name in ("next_url", "prev_url"):
            meta[name] = meta[name] and before + meta[name]
    return {**payload, "meta": meta}


def _page_only(request, origins, kind):
    """The link to the next page that says its number and nothing else."""
    before = {"link-page-path": request.path,
              "link-page-absolute": origins["main"] + request.path}.get(kind, "")
    return lambda number: f"{before}?page={number}"


def _with_form(answer, kind, request, origins):
    """The payload of a list that leads to its next page in another way than usual."""
    meta = answer.payload["meta"]
    page, pages = meta["current_page"], meta["total_pages"]
    bare = {key: value for key, value in answer.payload.items() if key != "meta"}
    if kind == "meta-missing":
        return bare
    if kind.startswith("link-page"):
        link = _page_only(request, origins, kind)
        return {**bare, "meta": {"next_url": link(page + 1) if page < pages else None}}
    if kind.startswith("link-header"):
        before = origins["main"] + request.path if kind == "link-header" else ""
        links = [f'<{before}?page=1>; rel="first"', f'<{before}?page={pages}>; rel=last']
        if page < pages:
            next_query = meta["next_url"] if kind == "link-header" else f"?page={page + 1}"
            links.insert(1, f'<{before}{next_query}>; title="a, b"; rel="next"')
        answer.headers.append(("Link", ", ".join(links)))
        return bare
    meta = {"meta-total": {"total_results": meta["total_results"]},
            "meta-openapi": {"page": page, "per_page": meta["results_per_page"],
                             "total": meta["total_results"]},
            "meta-pages": {"current_page": page, "total_pages": pages},
            "meta-empty": {}}[kind]
    return {**bare, "meta": meta}


def distort(faults, answer, request, origins):
    """Applies the content fault in force to ANSWER, where it can; returns it, or None."""
    fault = faults.take(_applicable(answer, request.path)) if faults.current else None
    if fault is None:
        return None
    payload, encoding = answer.payload, "utf-8"
    if fault.kind in IDS:
        payload = _with_ids(payload, fault.kind)
    elif fault.kind in LINKS:
        payload = _with_links(payload, fault.kind, request, origins)
    elif fault.kind in FORMS:
        payload = _with_form(answer, fault.kind, request, origins)
    elif fault.kind == "control-name":
        payload = {**payload, "data": {**payload["data"], "name": CONTROL_NAME}}
    else:
        payload = {**payload, "data": {**payload["data"], "name": "Café Zoë Ltd"}}
        encoding = "latin-1"
    answer.payload = payload
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    answer.body = text.encode(encoding, "replace")
    return fault
