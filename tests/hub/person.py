#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A person who was invited, for demonstrations: opens the link, fills in the form, and prints what the pages say.

    person.py LINK NAME=FILE...

Chromium does it, without a window, if it is there with its driver and Debian's python3-selenium; else a few requests.
"""
import html
import pathlib
import re
import shutil
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

LIMIT = 60  # seconds
END = re.compile("Connected|Not connected|Too many|has ended")


def say(text):
    print("".join(f"  | {line}\n" for line in text.splitlines() if line.strip()), end="", flush=True)


class Chromium:
    """The real thing."""

    def __init__(self, folder):
        from selenium import webdriver  # pylint: disable=import-outside-toplevel
        from selenium.webdriver.chrome.service import Service  # pylint: disable=import-outside-toplevel
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                         f"--user-data-dir={folder}"):
            options.add_argument(argument)
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))

    def open(self, link):
        self.driver.get(link)

    def text(self):
        # Between two pages there is none.
        return self.driver.execute_script("return document.querySelector('main')?.innerText ?? ''")

    def press(self, values):
        for name, value in values.items():
            self.driver.find_element("name", f"f.{name}").send_keys(value)
        self.driver.find_element("css selector", "button[type=submit]").click()

    def close(self):
        self.driver.quit()


class Requests:
    """What a browser would send."""

    def __init__(self):
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
        self.cookie = self.address = self.page = ""

    def get(self, address, data=None):
        request = urllib.request.Request(urllib.parse.urljoin(self.address, address), data, {"Cookie": self.cookie})
        try:
            answer = self.opener.open(request, timeout=LIMIT)
        except urllib.error.HTTPError as error:
            answer = error
        self.address, self.page = request.full_url, answer.read().decode()
        self.cookie = answer.headers.get("Set-Cookie", self.cookie).split(";")[0]
        if answer.headers.get("Location"):
            self.get(answer.headers["Location"])

    open = get

    def text(self):
        if "/w/" in self.address:
            self.get(self.address)
        main = re.search("<main.*</main>", self.page, re.S)[0]
        return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"</(p|h\d|li|div|ol)>", "\n", main)))

    def press(self, values):
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        form = {**{f"f.{name}": value for name, value in values.items()}, **hidden}
        self.get(self.address, urllib.parse.urlencode(form).encode())

    def close(self):
        pass


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def listens(link):
    at = urllib.parse.urlsplit(link)
    with socket.socket() as connection:
        return connection.connect_ex((at.hostname, at.port or 443)) == 0


def browser(folder):
    if shutil.which("chromium") and shutil.which("chromedriver"):
        try:
            return Chromium(folder)
        except ImportError:
            pass
    print("(Chromium, its driver or python3-selenium is not there: a few requests instead.)")
    return Requests()


def main(link, *fields):
    values = {name: pathlib.Path(path).read_text(encoding="utf-8").strip()
              for name, path in (field.split("=", 1) for field in fields)}
    folder = tempfile.mkdtemp(prefix="fob-person.")
    end = time.monotonic() + LIMIT
    while not listens(link) and time.monotonic() < end:
        time.sleep(0.1)
    person = browser(folder)
    try:
        person.open(link)
        say(person.text())
        person.press(values)
        print("(Both keys are pasted, and Connect is pressed.)", flush=True)
        while not END.search(person.text()):
            if time.monotonic() > end:
                return 1
            time.sleep(0.2)
        text = person.text()
        say(text)
        return 0 if "Connected" in text else 1
    finally:
        person.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
