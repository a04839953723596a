# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A browser of few words: signs a person in at provider.mjs, and prints the address that it ends at.

    browser.py ADDRESS [--cancel] [--follow] [--name NAME]

--cancel declines on the page of consent; --follow also asks for the address at the end, which must be
on this machine, and prints the page.
"""
import argparse
import html.parser
import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request


class Form(html.parser.HTMLParser):
    """The last form of a page, and the link that cancels."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.cancel = None, {}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.action, self.fields = attrs.get("action"), {}
        elif tag == "input" and "name" in attrs:
            self.fields[attrs["name"]] = attrs.get("value", "")
        elif tag == "a" and attrs.get("href", "").endswith("/abort"):
            self.cancel = attrs["href"]


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self):
        # Cookies do not look at ports.
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), Stay,
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, address, data=None):
        """The page at ADDRESS, and where it sends the browser; None for nowhere."""
        try:
            answer = self.opener.open(urllib.request.Request(address, data=data), timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        where = answer.headers.get("Location")
        return (answer.read().decode(), answer.status,
                urllib.parse.urljoin(address, where) if where else None)

    def sign_in(self, address, name, cancel):
        origin = urllib.parse.urlsplit(address)[:2]
        while urllib.parse.urlsplit(address)[:2] == origin:
            page, status, where = self.get(address)
            if where is None:
                form = Form(page)
                if form.action is None:
                    raise SystemExit(f"{status}: {page[:2000]}")
                consent = form.fields.get("prompt") == "consent"
                if cancel and consent:
                    page, status, where = self.get(urllib.parse.urljoin(address, form.cancel))
                else:
                    fields = dict(form.fields)
                    if not consent:
                        fields |= {"login": name, "password": "any"}
                    page, status, where = self.get(urllib.parse.urljoin(address, form.action),
                                                   urllib.parse.urlencode(fields).encode())
                if where is None:
                    raise SystemExit(f"{status}: {page[:2000]}")
            address = where
        return address


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--cancel", action="store_true")
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--name", default="jane")
    options = parser.parse_args()
    browser = Browser()
    end = browser.sign_in(options.address, options.name, options.cancel)
    print(end)
    if options.follow:
        print(browser.get(end)[0], end="")


if __name__ == "__main__":
    main()
