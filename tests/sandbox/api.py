# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# What each CharlieHR endpoint answers; knows nothing of sockets, nor of faults.
import dataclasses
import hmac
import json
import re
import threading
import urllib.parse
from datetime import date

from data import PERMISSIONS, TODAY, by_id

BASE = "/api/v1"
PER_PAGE = 25
JSON_TYPE = "application/json; charset=utf-8"


@dataclasses.dataclass
class Request:
    """A request as received; header names as sent, `header()` finds them in any case."""
    method: str
    target: str
    headers: list
    body: bytes = b""

    def __post_init__(self):
        path, _, query = self.target.partition("?")
        self.path = path
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))

    def header(self, name):
        """Every value of a header; a repeated one has several."""
        return [value for key, value in self.headers if key.lower() == name]


@dataclasses.dataclass
class Answer:
    """An answer to be sent: `payload` as JSON, or `body` as it is."""
    status: int
    payload: dict | None = None
    body: bytes | None = None
    headers: list = dataclasses.field(default_factory=list)
    content_type: str = JSON_TYPE

    def encoded(self):
        """The bytes of the body."""
        if self.body is None:
            text = json.dumps(self.payload, ensure_ascii=False, separators=(",", ":"))
            self.body = text.encode()
        return self.body


class Refusal(Exception):
    """Ends a handler with an error status."""

    def __init__(self, status, why, headers=()):
        super().__init__(why)
        self.status = status
        self.headers = list(headers)


def refused(status, why, headers=()):
    """The error envelope."""
    return Answer(status, {"success": False, "error": why}, headers=list(headers))


def _day(request, name):
    text = request.query[name]
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        raise Refusal(422, f"{name} must be a date, YYYY-MM-DD") from None
    return text


def _number(request, name, default, most):
    text = request.query.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise Refusal(422, f"{name} must be a number from 1 to {most}")
    return int(text)


def _paged(items, request):
    per_page = _number(request, "per_page", PER_PAGE, PER_PAGE)
    page = _number(request, "page", 1, 10**9)
    pages = max(1, -(-len(items) // per_page))

    def link(number):
        if not 1 <= number <= pages:
            return None
        query = {"page": number, "per_page": per_page}
        query.update((key, value) for key, value in request.query.items() if key not in query)
        return "?" + urllib.parse.urlencode(query)

    first = (page - 1) * per_page
    meta = {"total_results": len(items), "results_per_page": per_page, "current_page": page,
            "total_pages": pages, "next_url": link(page + 1),
            "prev_url": link(min(page - 1, pages))}
    return {"success": True, "data": items[first:first + per_page], "meta": meta}


def _one(item):
    if item is None:
        raise Refusal(404, "Not found")
    return {"success": True, "data": item}


def _json_body(request):
    kinds = request.header("content-type")
    if len(kinds) != 1 or kinds[0].split(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "Content-Type must be application/json")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "The body must be a JSON object")
    return body


def _text(body, name):
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refusal(422, f"{name} must be a text that is not empty")
    return value


class Api:
    """The endpoints over one company's data."""

    def __init__(self, data, restricted=False):
        self.data = data
        self.restricted = restricted
        self.lock = threading.Lock()
        self.token = ""
        self.routes = self._routes()

    def _routes(self):
        data = self.data

        def catalog(items):
            return {"GET": lambda request: _paged(items, request)}

        def single(items, key="id"):
            return {"GET": lambda request, wanted: _one(by_id(items, wanted, key))}

        return {
            ("company",): {"GET": lambda request: _one(data.company)},
            ("offices",): catalog(data.offices),
            ("offices", "*"): single(data.offices),
            ("teams",): catalog(data.teams),
            ("teams", "*"): single(data.teams),
            ("team_members",): catalog(data.team_members),
            ("team_members", "*"): {"GET": self._person},
            ("team_members", "*", "notes"): {"GET": self._notes, "POST": self._add_note},
            ("team_members", "*", "leave_requests"): {"GET": self._persons_leave},
            ("team_members", "*", "leave_allowance"): single(data.leave_allowances, "team_member"),
            ("team_members", "*", "working_location"): {"GET": self._persons_location},
            ("team_members", "*", "salaries"): {"GET": self._persons_salaries},
            ("team_member_note_types",): {**catalog(data.note_types),
                                          "POST": self._add_note_type},
            ("team_member_note_types", "*"): single(data.note_types),
            ("leave_requests",): {"GET": lambda request: self._leave(request, data.leave_requests)},
            ("leave_requests", "*"): single(data.leave_requests),
            ("leave_allowances",): catalog(data.leave_allowances),
            ("non_holiday_leave_allowances",): catalog(data.non_holiday_leave_allowances),
            ("leave_types",): catalog(data.leave_types),
            ("working_locations",): {"GET": self._locations},
            ("salaries",): catalog(data.salaries),
            ("bank_accounts",): catalog(data.bank_accounts),
            ("bank_accounts", "*"): single(data.bank_accounts, "team_member"),
        }

    def answer(self, request, path, anyone=False):
        """The answer to REQUEST for PATH; ANYONE needs no credential (the other listeners)."""
        try:
            if not anyone:
                self._authenticate(request)
            handler, args = self._route(request, path)
            with self.lock:
                payload = handler(request, *args)
                answer = Answer(201 if request.method == "POST" else 200, payload)
                answer.encoded()
            return answer
        except Refusal as refusal:
            return refused(refusal.status, str(refusal), refusal.headers)

    def _authenticate(self, request):
        given = request.header("authorization")
        wanted = f"Token token={self.token}"
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(), wanted.encode()):
            raise Refusal(401, "Invalid client id or client secret")

    def _route(self, request, path):
        if not path.startswith(BASE + "/"):
            raise Refusal(404, "Not found")
        parts = [urllib.parse.unquote(part) for part in path[len(BASE) + 1:].split("/")]
        args = parts[1:2]
        key = tuple(parts[:1] + ["*"] * len(args) + parts[2:])
        methods = self.routes.get(key)
        if methods is None:
            raise Refusal(404, "Not found")
        handler = methods.get(request.method)
        if handler is None:
            raise Refusal(405, "Method not allowed", [("Allow", ", ".join(methods))])
        if self.restricted and {"salaries", "bank_accounts"} & set(key):
            raise Refusal(403, "These API keys have no access to this data")
        return handler, args

    def _member(self, wanted):
        return _one(by_id(self.data.team_members, wanted))["data"]

    def _person(self, request, wanted):
        return _one({**self._member(wanted), "notes": self.data.notes[wanted]})

    def _notes(self, request, wanted):
        self._member(wanted)
        return _paged(self.data.notes[wanted], request)

    def _add_note(self, request, wanted):
        self._member(wanted)
        body = _json_body(request)
        kind = by_id(self.data.note_types, _text(body, "team_member_note_type_id"))
        content = _text(body, "content")
        if kind is None:
            raise Refusal(422, "team_member_note_type_id is not known")
        note = {"id": self.data.new_id("team_member_note"), "label": kind["name"],
                "content": content, "team_member_note_type_id": kind["id"]}
        self.data.notes[wanted].append(note)
        return _one(note)

    def _add_note_type(self, request):
        body = _json_body(request)
        name, kind = _text(body, "name"), _text(body, "type")
        given = body.get("permissions", {})
        if kind not in ("Text", "Number", "Checklist"):
            raise Refusal(422, "type must be Text, Number or Checklist")
        if not isinstance(given, dict) or not set(given) <= set(PERMISSIONS) \
                or not all(isinstance(allowed, bool) for allowed in given.values()):
            raise Refusal(422, "permissions must map " + ", ".join(PERMISSIONS) + " to booleans")
        made = {"id": self.data.new_id("team_member_note_type"), "name": name, "type": kind,
                "permissions": {who: given.get(who, False) for who in PERMISSIONS}}
        self.data.note_types.append(made)
        return _one(made)

    def _leave(self, request, items):
        window = [name for name in ("start_date", "end_date") if name in request.query]
        if len(window) == 1:
            raise Refusal(422, "start_date and end_date go together")
        if window:
            first, last = _day(request, "start_date"), _day(request, "end_date")
            if last < first:
                raise Refusal(422, "end_date is before start_date")
            items = [leave for leave in items
                     if leave["start_date"] <= last and leave["end_date"] >= first]
        return _paged(items, request)

    def _persons_leave(self, request, wanted):
        self._member(wanted)
        return self._leave(request, [leave for leave in self.data.leave_requests
                                     if leave["team_member"] == wanted])

    def _persons_salaries(self, request, wanted):
        self._member(wanted)
        return _paged([pay for pay in self.data.salaries if pay["team_member"] == wanted], request)

    def _locations(self, request):
        if "date" not in request.query:
            return _paged(self.data.working_locations, request)
        day = _day(request, "date")
        return _paged([self.data.location_on(person, day) for person in self.data.team_members
                       if person["end_date"] is None or person["end_date"] >= day], request)

    def _persons_location(self, request, wanted):
        day = _day(request, "date") if "date" in request.query else TODAY
        return _one(self.data.location_on(self._member(wanted), day))
