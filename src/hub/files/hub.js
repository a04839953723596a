// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The fob authors
"use strict";
for (const button of document.querySelectorAll(".reveal")) {
    const field = document.getElementById(button.getAttribute("aria-controls"));
    button.hidden = false;
    button.addEventListener("click", () => {
        const show = field.type === "password";
        field.type = show ? "text" : "password";
        button.setAttribute("aria-pressed", String(show));
    });
}
for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", () => {
        const field = document.getElementById(button.dataset.from);
        field.select();
        navigator.clipboard?.writeText(field.value);
    });
}
const form = document.getElementById("form");
// A second press would be the same drop; the browser need not send it.
form?.addEventListener("submit", (event) => {
    if (form.dataset.sent)
        event.preventDefault();
    form.dataset.sent = "yes";
});
// A browser may keep a page for its Back button even though it must not store it.
addEventListener("pageshow", (event) => {
    if (event.persisted)
        location.reload();
});
document.getElementById("problem")?.focus();
const line = document.getElementById("status");
if (line && document.getElementById("again")) {
    const pauses = [500, 1000, ...Array(30).fill(2000)];
    const ask = async () => {
        try {
            const answer = await fetch(`${location.pathname}.json`, { cache: "no-store" });
            const found = await answer.json();
            if (found.state !== "received" && found.state !== "checking") {
                location.replace(location.pathname);
                return;
            }
            if (line.textContent !== found.text)
                line.textContent = found.text;
        } catch {
            // The next time.
        }
        setTimeout(ask, pauses.shift() ?? 10000);
    };
    setTimeout(ask, pauses.shift());
}
