#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""fob-hub in Chromium: with scripts and without, by keyboard, in a narrow window, by axe-core, in a frame, and with a
provider of another origin to sign in at."""
import base64
import contextlib
import http.server
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hub import BUILD, Hub, Invitation, until  # pylint: disable=wrong-import-position

MODULES = os.environ.get("FOB_TEST_NPM", str(pathlib.Path(os.environ.get("abs_top_srcdir", ".")) / "build/npm"))
AXE = pathlib.Path(MODULES) / "node_modules/axe-core/axe.min.js"


def miss(what):
    """Without WHAT these tests are skipped, but not by check.sh, which installs it."""
    print(f"{what}: no test of fob-hub in a browser")
    sys.exit(1 if os.environ.get("FOB_TEST_NPM") else 77)


if not (BUILD / "fob-hub").exists():
    miss("fob-hub was not built")
try:
    from selenium import webdriver
except ImportError:
    # Debian's selenium is not for a version manager's python3.
    if sys.executable != "/usr/bin/python3" and os.access("/usr/bin/python3", os.X_OK):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    miss("python3-selenium is not there")
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
if not shutil.which("chromium") or not shutil.which("chromedriver"):
    miss("chromium or chromium-driver is not there")
if not AXE.exists():
    miss(f"{AXE} is not there")


def start(folder, *arguments):
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--window-size=1280,900", f"--user-data-dir={folder}", *arguments):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(60)
    return driver


class Pages(http.server.BaseHTTPRequestHandler):
    """Another site, at 127.0.0.2: PAGES has the HTML of each path."""
    pages = {}

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.pages.get(self.path.split("?")[0], "").encode())

    def log_message(self, *_):
        pass


class BrowserTest(unittest.TestCase):
    """Tests that share a browser."""
    arguments = ()
    clients = 0

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="fob-chromium.")
        cls.driver = start(cls.folder, *cls.arguments)
        cls.site = http.server.ThreadingHTTPServer(("127.0.0.2", 0), Pages)
        cls.origin = f"http://127.0.0.2:{cls.site.server_address[1]}"
        threading.Thread(target=cls.site.serve_forever, daemon=True).start()
        cls.hub = cls.make_hub()

    @classmethod
    def make_hub(cls):
        return Hub()

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()
        cls.site.shutdown()
        cls.site.server_close()
        cls.hub.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def setUp(self):
        self.driver.delete_all_cookies()
        # The limits count by address.
        BrowserTest.clients += 1
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders",
                                    {"headers": {"X-Forwarded-For": f"10.0.0.{BrowserTest.clients}"}})
        self.driver.set_window_size(1280, 900)
        self.begin()

    def begin(self):
        self.invitation = Invitation(self.hub)

    def enter(self, **values):
        if values:
            self.invitation.write(**values)
        self.driver.get(f"{self.hub.url}/i/{self.invitation.token}")
        self.assertEqual(self.driver.current_url, f"{self.hub.url}/s/{self.invitation.id}")

    def element(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def heading(self):
        # A page that is left meanwhile has none.
        with contextlib.suppress(WebDriverException):
            return self.element("h1").text
        return ""

    def shows(self, heading):
        """Wait for the page of that heading."""
        with contextlib.suppress(AssertionError):
            until(lambda: self.heading() == heading)
        self.assertEqual(self.heading(), heading)

    def check_page(self):
        """axe-core, and no overflow in a narrow window or with larger text."""
        self.driver.execute_script(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run().then((r) => done(r.violations), (e) => done([{ id: String(e) }]))")
        self.assertEqual([(v["id"], [n["html"] for n in v.get("nodes", [])]) for v in found], [])
        for width, size in ((320, ""), (640, "200%")):
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                        {"width": width, "height": 700, "deviceScaleFactor": 1, "mobile": False})
            self.driver.execute_script("document.documentElement.style.fontSize = arguments[0]", size)
            wide = self.driver.execute_script("return document.documentElement.scrollWidth")
            self.assertLessEqual(wide, width, self.heading())
        self.driver.execute_script("document.documentElement.style.fontSize = ''")
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def check_console(self):
        """No violation of the content security policy, and no error of a script."""
        found = [line["message"] for line in self.driver.get_log("browser") if "favicon" not in line["message"]]
        self.assertEqual([text for text in found if "Security" in text or "Error" in text or "Refused" in text], [])

    def type(self, name, value):
        self.driver.find_element(By.NAME, f"f.{name}").send_keys(value)

    def press(self):
        self.element("button[type=submit]").click()

    def nonce(self):
        value = self.driver.get_cookie(f"__Host-fob-{self.invitation.id}")["value"]
        return base64.urlsafe_b64decode(value.split(".")[1] + "==").hex()

    def take(self, state, **values):
        """What the owner does with the one drop."""
        [drop] = until(self.invitation.drops)
        content = self.invitation.open(drop)
        self.invitation.result(state, self.nonce(), drop=drop, seen=drop, **values)
        (self.hub.spool / "inbox" / drop).unlink()
        return content


class WithScripts(BrowserTest):
    def test_journey(self):
        self.enter()
        self.assertEqual(self.driver.title, "Connect CharlieHR – Payroll bureau")
        self.assertNotIn(self.invitation.token, self.driver.page_source)
        self.check_page()
        self.type("client_id", "id-1")
        self.type("client_secret", "wrong")
        # Shown and hidden again.
        self.element(".reveal").click()
        self.assertEqual(self.element("[name='f.client_secret']").get_attribute("type"), "text")
        self.assertEqual(self.element(".reveal").get_attribute("aria-pressed"), "true")
        self.element(".reveal").click()
        self.assertEqual(self.element("[name='f.client_secret']").get_attribute("type"), "password")
        self.press()
        self.shows("Checking with CharlieHR…")
        self.check_page()
        self.assertEqual(self.take("retry", left=4, message="CharlieHR does not accept these keys.",
                                   says="Invalid client id", echo="client_id=id-1",
                                   error="client_secret=Not the secret of this ID")["f.client_secret"], b"wrong")
        self.shows("Connect CharlieHR")
        self.assertEqual(self.driver.switch_to.active_element.get_attribute("id"), "problem")
        self.check_page()
        self.assertEqual(self.element("[name='f.client_id']").get_attribute("value"), "id-1")
        self.assertEqual(self.element("[name='f.client_secret']").get_attribute("value"), "")
        self.type("client_secret", "right")
        self.press()
        self.assertEqual(self.take("done", identity='company "Acme"')["f.client_secret"], b"right")
        self.shows("Connected")
        self.assertIn("company \"Acme\"", self.element("main").text)
        self.check_page()
        self.driver.back()
        until(lambda: not self.driver.find_elements(By.ID, "form"))
        self.check_console()

    def test_keyboard_alone(self):
        self.invitation.fields = (
            *self.invitation.fields, ("field", "region"), ("title", "Region"), ("enum", "eu us"),
            ("field", "certificate"), ("title", "Certificate"), ("lines", "4"), ("optional", "true"))
        self.enter(pin="true")
        self.check_page()

        def tab(until_id):
            for _ in range(20):
                self.driver.switch_to.active_element.send_keys(Keys.TAB)
                if self.driver.switch_to.active_element.get_attribute("id") == until_id:
                    return self.driver.switch_to.active_element
            raise AssertionError(f"no way to {until_id}")

        self.element("body").send_keys(Keys.TAB)
        self.assertEqual(self.driver.switch_to.active_element.get_attribute("class"), "skip")
        tab("f.client_id").send_keys("id-1")
        tab("f.client_secret").send_keys("secret")
        tab("f.region").send_keys("us")
        tab("f.certificate").send_keys("a", Keys.ENTER, "b")
        tab("pin").send_keys("123456", Keys.ENTER)
        self.shows("Checking with CharlieHR…")
        content = self.take("done", identity="x")
        self.assertEqual((content["f.region"], content["f.certificate"], content["pin"]), (b"us", b"a\nb", b"123456"))
        self.shows("Connected")

    def test_ends_and_other_pages(self):
        self.enter()
        for state, title in (("blocked", "Too many tries"), ("expired", "This invitation has ended"), ("done", "Already connected")):
            self.invitation.result(state)
            self.driver.refresh()
            self.shows(title)
            self.check_page()
        for path, title in (("/i/x", "This link is not valid"), ("/nowhere", "There is no such page"),
                            ("/callback/charliehr?state=x", "This sign-in was begun elsewhere")):
            self.driver.get(self.hub.url + path)
            self.shows(title)
            self.check_page()
        self.driver.delete_all_cookies()
        self.driver.get(f"{self.hub.url}/s/{self.invitation.id}")
        self.shows("Open the link again")

    def test_hostile_texts(self):
        evil = "\"><script>alert(1)</script>'"
        self.enter(title=evil, to=evil, label=evil, note=evil, guide=f"1. {evil}\nhttps://x.example/{evil}")
        self.check_page()
        self.shows(f"Connect {evil}")
        says = f"{evil}\x1b[31m"
        self.invitation.result("retry", self.nonce(), left=2, message=says, says=says, hint=says, echo=f"client_id={says}",
                               error=f"client_id={says}")
        self.driver.refresh()
        until(lambda: evil in self.element("#problem").text)
        self.check_page()
        self.invitation.result("done", self.nonce(), identity=says)
        self.driver.refresh()
        self.shows("Connected")
        self.assertIn(evil, self.element("main").text)
        self.assertEqual(len(self.driver.find_elements(By.TAG_NAME, "script")), 1)
        self.check_console()

    def test_sign_in_at_another_origin(self):
        self.enter(signin="true", origin=self.origin)
        self.check_page()
        state = f"{self.invitation.id}.AAECAwQFBgcICQoLDA0ODw"
        back = f"{self.hub.url}/callback/charliehr?code=c&state={state}"
        Pages.pages = {"/auth": f"<h1>Provider</h1><a id=back href='{back.replace('&', '&amp;')}'>Allow</a>"}
        self.type("client_id", "a")
        self.type("client_secret", "b")
        self.press()
        self.take("signin", go=f"{self.origin}/auth?x=1", until=int(time.time()) + 600)
        self.shows("Provider")
        self.element("#back").click()
        self.shows("Checking with CharlieHR…")
        content = self.take("done", identity="x")
        self.assertEqual(content["query"].decode(), back.split("?")[1])
        self.shows("Connected")
        self.check_console()

    def test_it_is_not_framed_and_takes_no_form_of_another_site(self):
        self.enter()
        action = f"{self.hub.url}/s/{self.invitation.id}"
        Pages.pages = {
            "/frame": f"<iframe id=f src='{action}'></iframe>",
            "/form": f"<form method=post action='{action}'><input name=f.client_id value=a><input name=f.client_secret value=b>"
                     "<button>Go</button></form>"}
        self.driver.get(self.origin + "/frame")
        self.driver.switch_to.frame("f")
        self.assertEqual(self.driver.find_elements(By.ID, "form"), [])
        self.driver.switch_to.default_content()
        self.driver.get(self.origin + "/form")
        self.element("button").click()
        until(lambda: self.driver.current_url == action)
        # A cookie that is Lax does not come along.
        self.shows("Open the link again")
        self.assertEqual(self.invitation.drops(), [])
        self.driver.get_log("browser")  # it has the refused frame


class WithoutScripts(BrowserTest):
    arguments = ("--blink-settings=scriptEnabled=false",)

    def test_journey(self):
        self.enter(signin="true", origin=self.origin)
        self.assertFalse(self.element(".reveal").is_displayed())
        state = f"{self.invitation.id}.AAECAwQFBgcICQoLDA0ODw"
        back = f"{self.hub.url}/callback/charliehr?code=c&amp;state={state}"
        Pages.pages = {"/auth": f"<h1>Provider</h1><a id=back href='{back}'>Allow</a>"}
        self.type("client_id", "a")
        self.type("client_secret", "b")
        self.press()
        self.shows("Checking with CharlieHR…")
        self.take("signin", go=f"{self.origin}/auth", until=int(time.time()) + 600)
        self.element("#again").click()
        self.shows("Provider")
        self.element("#back").click()
        self.shows("Checking with CharlieHR…")
        self.take("retry", left=1, message="No.")
        self.element("#again").click()
        self.assertIn("You can try once more.", self.element("#problem").text)
        self.type("client_id", "c")
        self.type("client_secret", "d")
        self.press()
        self.take("done", identity="x", hold="true")
        self.element("#again").click()
        self.shows("Connected, waiting for Payroll bureau")


if __name__ == "__main__":
    unittest.main()
