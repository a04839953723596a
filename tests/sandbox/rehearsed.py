#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A server that answers as a rehearsal of a provider's file says, for fob itself and not only fob check.

    rehearsed.py FILE REHEARSAL FOLDER <until-this-ends

FOLDER gets the provider's file for this server, in which each https://HOST/PATH of the options is
http://127.0.0.1:PORT/HOST/PATH, as in the answers; and last "fields" with lines NAME=VALUE, as
--stdin takes them.  Of a file with a client certificate the server speaks TLS, has the certificate
pem of FOLDER, and requires it of its clients.
Calls are answered in order, of all steps; a call that is not the next one gets 501, and is written to "wrong".
The page where a person signs in answers as if the person did, and sends the browser back.
"""
import base64
import hashlib
import http.server
import json
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse

import yaml

# What fob makes anew for each sign-in.
MADE = ("redirect_uri", "state", "code_challenge", "code_challenge_method")


class File:
    """A provider's file."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.text = path.read_text(encoding="utf-8")
        # Texts: a key of digits keeps its zeros.
        self.texts = yaml.load(self.text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        values = yaml.load(self.text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.certificate = self.texts.get("options", {}).get("certificate")
        self.rehearsals = [Rehearsal(*one) for one in zip(self.texts["rehearsals"], values["rehearsals"])]

    def fields(self, rehearsal, pem):
        """The values that a person types, with parts of the text PEM for PEM."""
        key = pem[pem.index("-----BEGIN PRIVATE"):] if pem else ""
        parts = {"PEM": key, "chain": pem.removesuffix(key)}
        chain = self.certificate["chain"] if self.certificate else ""
        return {name: parts.get("chain" if f"{{{name}}}" in chain else value, value).strip("\n") if value == "PEM" else value
                for name, value in rehearsal.fields.items()}

    def moved(self, server):
        """The file with its requests to SERVER, and without its rehearsals."""
        text = re.sub(r"^rehearsals:.*?(?=^[a-z]|\Z)", "", self.text, flags=re.M | re.S)
        text = re.sub(r"^options:.*?(?=^[a-z]|\Z)", lambda part: part[0].replace("https://", server.url + "/"), text,
                      flags=re.M | re.S)
        return text.replace("\noptions:\n", f"\noptions:\n  ca_file: {server.pem}\n") if server.pem else text


class Rehearsal:
    """A rehearsal as TEXTS, and with VALUES of their types."""

    def __init__(self, texts, values):
        self.name = texts["name"]
        self.fields = texts.get("fields", {})
        self.link = texts["steps"][0]["link"]
        self.sign_in = texts["steps"][0].get("sign_in")
        self.runs = [step for step in texts["steps"] if "run" in step]
        self.calls = [Call(*one) for step in zip(texts["steps"], values["steps"])
                      for one in zip(step[0].get("calls", []), step[1].get("calls", []))]


class Call:
    def __init__(self, texts, values):
        self.lines = {f"{method.upper()} {url}" for method, url in texts["request"].items() if isinstance(url, str)}
        self.headers = texts["request"].get("headers", {})
        self.form = texts["request"].get("form")
        self.body = json.loads(json.dumps(values["request"].get("body"), default=str))
        self.answer = values["answer"]


def challenge_of(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with the next call."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.sign_in():
            return
        call = next(self.server.calls, None)
        fault = "too many" if call is None else self.fault(call, body)
        if fault:
            with open(self.server.folder / "wrong", "a", encoding="utf-8") as file:
                file.write(f"{self.command} {self.path}: {fault}\n{self.headers.as_string()}\n")
            self.reply({"status": 501, "text": "not the next call"})
        elif "fault" in call.answer:
            self.close_connection = True
        else:
            self.reply(call.answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def home(self, text):
        """TEXT with the addresses of the provider's file."""
        return text.replace(self.server.url + "/", "https://")

    def fault(self, call, body):
        """Why what was sent is not CALL; or None."""
        text = body.decode()
        if f"{self.command} https:/{self.path}" not in call.lines:
            return f"it is not {call.lines}"
        for name, value in call.headers.items():
            if self.home(self.headers.get(name, "")) != value:
                return f"its {name} is not {value}"
        if call.form is not None:
            return self.form_fault(call.form, dict(urllib.parse.parse_qsl(text, keep_blank_values=True)))
        if call.body is not None:
            return None if json.loads(self.home(text)) == call.body else f"its body is not {call.body}"
        return "it has a body" if text else None

    def form_fault(self, wanted, sent):
        wanted, sent = dict(wanted), {name: self.home(value) for name, value in sent.items()}
        if wanted.pop("code_verifier", None) and challenge_of(sent.pop("code_verifier", "")) != self.server.challenge:
            return "another code verifier"
        # A rehearsal does not know the address at fob-hub.
        if "redirect_uri" in wanted and sent.get("redirect_uri") == self.server.redirect_uri:
            sent["redirect_uri"] = wanted["redirect_uri"]
        return None if sent == wanted else f"its form is not {wanted}"

    def sign_in(self):
        """Whether this was the page where a person signs in."""
        address = urllib.parse.urlsplit(self.server.sign_in["address"]) if self.server.sign_in else None
        path, _, query = self.path.partition("?")
        if not address or self.command != "GET" or path != f"/{address.netloc}{address.path}":
            return False
        sent = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
        made = {name: sent.pop(name, "") for name in MADE}
        if sent != dict(urllib.parse.parse_qsl(address.query)):
            self.send_error(400)
            return True
        self.server.challenge, self.server.redirect_uri = made["code_challenge"], made["redirect_uri"]
        answer = urllib.parse.urlencode({**self.server.sign_in["answer"], "state": made["state"]})
        self.reply({"status": 302, "headers": {"Location": f"{made['redirect_uri']}?{answer}"}})
        return True

    def reply(self, answer):
        body = json.dumps(answer["json"], default=str).encode() if "json" in answer else answer.get("text", "").encode()
        body = body.replace(b"https://", self.server.url.encode() + b"/")
        self.send_response(answer["status"])
        headers = {"Content-Type": "application/json"} if "json" in answer else {}
        for name, text in {**headers, **answer.get("headers", {})}.items():
            self.send_header(name, text)
        if answer["status"] != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if answer["status"] != 204 else b"")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """With the file PEM, a certificate and its key, it speaks TLS."""

    def __init__(self, folder, pem=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.pem = folder, pem
        self.url = f"http{'s' * bool(pem)}://127.0.0.1:{self.server_port}"
        self.calls, self.sign_in, self.challenge = iter(()), None, ""
        self.redirect_uri = ""
        if pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            context.load_verify_locations(pem)
            context.verify_mode = ssl.CERT_REQUIRED
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def play(self, rehearsal):
        self.calls, self.sign_in = iter(rehearsal.calls), rehearsal.sign_in


def make_pem(folder):
    """A certificate for the server and its clients, and its key."""
    path = folder / "pem"
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=rehearsed"
    made = subprocess.run([*words.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "-"], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    key = made.index("-----BEGIN PRIVATE")
    certificate = made.index("-----BEGIN CERTIFICATE")
    path.write_text(made[certificate:] + made[key:certificate], encoding="utf-8")
    path.chmod(0o600)
    return path


def write(path, text):
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def lines_of(fields):
    return "".join(f"{name}={value}\n" for name, value in fields.items())


def main():
    file, folder = File(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[3])
    rehearsal, = (one for one in file.rehearsals if one.name == sys.argv[2])
    server = Server(folder, make_pem(folder) if file.certificate else None)
    server.play(rehearsal)
    write(folder / file.path.name, file.moved(server))
    pem = server.pem.read_text(encoding="utf-8") if server.pem else ""
    write(folder / "fields.new", lines_of(file.fields(rehearsal, pem)))
    (folder / "fields.new").rename(folder / "fields")
    sys.stdin.read()


if __name__ == "__main__":
    main()
