#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Invitations in Chromium, from fob invite to the account: with a CharlieHR, and by a sign-in at a certified OpenID
provider of another origin.

    invite_browser.py --picture FILE    only writes the picture of README.md
"""
import base64
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from place import SOURCE, Place, until  # pylint: disable=wrong-import-position
from hub_browser import MODULES, BrowserTest, By  # pylint: disable=wrong-import-position

NODE = pathlib.Path(MODULES) / "node_modules/oidc-provider"
PICTURE = sys.argv.pop() if sys.argv[1:2] == ["--picture"] else None
HUB = {"contact": "payroll@example.com", "privacy": "https://example.com/privacy", "color": "#0b5394"}


class Invited(BrowserTest):
    @classmethod
    def make_hub(cls):
        cls.place = Place(**HUB)
        cls.place.watch()
        return cls.place

    def begin(self):
        self.driver.set_window_size(1000, 900)

    def open(self, link):
        self.driver.get(link.url)
        self.assertEqual(self.driver.current_url, f"{self.place.settings['url']}/s/{link.id}")

    def retype(self, **values):
        for name, value in values.items():
            self.driver.find_element(By.NAME, f"f.{name}").clear()
            self.type(name, value)


class InvitedTest(Invited):
    def test_keys(self):
        """1, 2: a wrong secret, then the right one; each page by axe-core."""
        link = self.place.invite("charliehr", "acme", "--to", "Jane Doe", "--label", "Acme Ltd", "--pin", "--return",
                                 "https://example.com/")
        keys = self.place.hr.keys()
        self.open(link)
        self.check_page()
        self.retype(client_id=keys["client_id"], client_secret="wrong-secret")
        self.element("[name=pin]").send_keys(link.pin)
        self.press()
        until(lambda: self.driver.find_elements(By.ID, "problem"))
        self.assertIn("Invalid client id or client secret", self.element("#problem").text)
        self.assertIn("4 more times", self.element("#problem").text)
        self.assertEqual(self.element("[name='f.client_id']").get_attribute("value"), keys["client_id"])
        self.check_page()
        self.retype(client_secret=keys["client_secret"])
        self.element("[name=pin]").send_keys(link.pin)
        self.press()
        self.shows("Connected")
        self.assertIn("Acme Sandbox Ltd", self.element("main").text)
        self.check_page()
        self.assertEqual(self.place.of("acme", "status"), "active")
        self.driver.back()
        until(lambda: not self.driver.find_elements(By.ID, "form"))
        self.assertNotIn(link.token, self.driver.page_source)
        self.check_console()

    def test_ends(self):
        """Cancelled while the form is open; done in another browser; too many tries."""
        link = self.place.invite("charliehr", "ended", "--attempts", "1")
        self.open(link)
        self.retype(client_id="x", client_secret="y")
        self.press()
        self.shows("Too many tries")
        self.check_page()
        link = self.place.invite("charliehr", "ended")
        self.open(link)
        self.place.fob("invitations", "--cancel", "ended")
        self.driver.refresh()
        self.shows("This invitation has ended")
        self.check_page()
        link = self.place.invite("charliehr", "held", "--hold")
        self.open(link)
        self.retype(**self.place.hr.keys())
        self.press()
        self.shows("Connected, waiting for Payroll bureau")
        self.check_page()
        self.driver.delete_all_cookies()
        self.driver.get(link.url)
        self.shows("Already connected")
        self.check_page()
        self.assertNotIn("Acme Sandbox", self.driver.page_source)

    def provider(self):
        """An OpenID provider at 127.0.0.2, until the test ends."""
        folder = self.place.top / "oidc"
        folder.mkdir()
        callback = f"{self.place.settings['url']}/callback/hr"
        node = subprocess.Popen(["node", SOURCE / "tests/sandbox/oidc/provider.mjs", folder, "3600", "127.0.0.2", callback],
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                env={**os.environ, "FOB_OIDC_MODULES": MODULES})
        self.addCleanup(node.wait)
        self.addCleanup(node.stdin.close)
        until((folder / "oidc.port").exists)
        return f"http://127.0.0.2:{(folder / 'oidc.port').read_text().strip()}"

    @unittest.skipUnless(shutil.which("node") and NODE.exists(), "there is no oidc-provider")
    def test_sign_in(self):
        """4: consent is declined, then given; the account is renewed and revoked like any other."""
        url = self.provider()
        (self.place.top / "providers.d/hr.yaml").write_text(f"""
provider: hr
title: HR
plugin: http
fields: [ {{ name: client_id }}, {{ name: client_secret, secret: true }} ]
options:
  base_url: {url}
  headers: {{ Authorization: "Bearer {{token}}" }}
  token: {{ post: "{url}/token" }}
  check: {{ get: /me, id: /sub, name: /company }}
  revoke: {{ token: "{url}/token/revocation" }}
  oauth:
    authorize: "{url}/auth"
    issuer: "{url}"
    iss: required
    client: post
    scopes: [ openid, "hr:read", offline_access ]
    refresh_token: required
""")
        link = self.place.invite("hr", "signed", "--field", "client_id=post", "--field-file",
                                 f"client_secret={self.secret()}")
        self.open(link)
        self.check_page()
        self.element("button[type=submit]").click()
        until(lambda: self.driver.find_elements(By.NAME, "login"))
        self.assertTrue(self.driver.current_url.startswith(url))
        self.element("[name=login]").send_keys("jane")
        self.element("[name=password]").send_keys("any")
        self.element("button[type=submit]").click()
        self.consents()
        self.element("a[href$='/abort']").click()
        until(lambda: self.driver.find_elements(By.ID, "problem"))
        self.assertIn("did not allow access", self.element("#problem").text)
        self.element("button[type=submit]").click()
        self.consents()
        self.element("button[type=submit]").click()
        self.shows("Connected")
        self.assertIn("Acme Sandbox Ltd", self.element("main").text)
        self.assertEqual((self.place.of("signed", "status"), self.place.invitation("signed")["attempts"]), ("active", 0))
        self.assertIn("Acme Sandbox Ltd", self.place.fob("request", "signed", "/me").stdout)
        self.check_console()
        self.place.fob("revoke", "signed", "--yes")

    def consents(self):
        """Wait for the provider's page of consent."""
        until(lambda: self.driver.find_elements(By.CSS_SELECTOR, "[name=prompt][value=consent]"))

    def secret(self):
        path = self.place.top / "secret"
        path.write_text("a+secret:of/the app, &=% 0123456789")
        return path


if PICTURE:
    class Picture(Invited):
        """The page of README.md."""

        def test_picture(self):
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                        {"width": 600, "height": 900, "deviceScaleFactor": 1, "mobile": True})
            self.open(self.place.invite("charliehr", "acme", "--to", "Jane Doe", "--label", "Acme Ltd"))
            picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
            pathlib.Path(PICTURE).write_bytes(base64.b64decode(picture["data"]))

if __name__ == "__main__":
    unittest.main(defaultTest="Picture" if PICTURE else "InvitedTest", argv=sys.argv[:1] + [
        word for word in sys.argv[1:] if word != "--picture"])
