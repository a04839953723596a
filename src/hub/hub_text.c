/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The texts of the pages in English. */
#include "config.h"

#include "hub/hub_text.h"

static const char *const english[TEXT_LAST] = {
    [TEXT_CONNECT] = "Connect {T}",
    [TEXT_CONNECT_AGAIN] = "Connect {T} again",
    [TEXT_HELLO] = "Hello {O}. ",
    [TEXT_ASKS] = "<b>{F}</b> asks you to connect <b>{T}</b>.",
    [TEXT_ASKS_FOR] = "<b>{F}</b> asks you to connect <b>{T}</b> for <b>{L}</b>.",
    [TEXT_SKIP] = "Skip to the form",
    [TEXT_GUIDE] = "How to get the keys",
    [TEXT_GUIDE_SIGNIN] = "What you need",
    [TEXT_KEYS] = "Your keys",
    [TEXT_COMPANY] = "Your company",
    [TEXT_REQUIRED] = "All fields are required unless marked optional.",
    [TEXT_OPTIONAL] = "(optional)",
    [TEXT_EXAMPLE] = "Example: {X}",
    [TEXT_CHOOSE] = "Choose one",
    [TEXT_SHOW] = "Show {N}",
    [TEXT_PIN] = "PIN",
    [TEXT_PIN_HELP] = "The 6 digits that {F} told you.",
    [TEXT_BUTTON] = "Connect",
    [TEXT_BUTTON_SIGNIN] = "Continue to {T}",
    [TEXT_SIGNIN_HELP] = "You sign in at {T} itself; your password is not seen here.",
    [TEXT_WHAT_HAPPENS] = "What happens with what you type",
    [TEXT_ENCRYPTED] = "It is encrypted at once, checked with {T}, and kept encrypted by {F}. "
                       "Nobody is shown it.",
    [TEXT_ADDRESS] =
        "This page is at <b>{H}</b>; if your browser shows another address, do not type "
        "anything.",
    [TEXT_VALID] = "This link is valid until {D}.",
    [TEXT_QUESTIONS] = "Questions: {C}.",
    [TEXT_PRIVACY] = "Privacy",
    [TEXT_PROBLEM] = "Not connected yet",
    [TEXT_SAYS] = "{T} says: “{X}”",
    [TEXT_TRIES] = "You can try {M} more times.",
    [TEXT_LAST_TRY] = "You can try once more.",
    [TEXT_FIELD_FAULT] = "{N}: {X}",
    [TEXT_CHECK_FIELDS] = "Please check what you typed.",
    [TEXT_NOT_KEPT] =
        "Your keys could not be kept at the moment. Nothing is lost: they are still in "
        "the form. Wait a moment, then press the button again.",
    [TEXT_CHECKING] = "Checking with {T}…",
    [TEXT_SECONDS] = "This usually takes a few seconds.",
    [TEXT_LATE] = "Your keys are kept, encrypted. They will be checked as soon as the service runs "
                  "again. You may close this page; this link shows the outcome.",
    [TEXT_UNTIL] = "{T} cannot be reached at the moment. Your keys are kept, encrypted, and tried "
                   "again until {U}.",
    [TEXT_CHECK_AGAIN] = "Check again",
    [TEXT_CONTINUE] = "Continue to {T}",
    [TEXT_GO] = "You are being taken to {T} to sign in.",
    [TEXT_DONE] = "Connected",
    [TEXT_DONE_TEXT] = "{T} is connected: {I}. You can close this page. {F} can see it now.",
    [TEXT_DONE_HOLD] = "Connected, waiting for {F}",
    [TEXT_DONE_HOLD_TEXT] =
        "{T} is connected: {I}. You can close this page. {F} will switch it on.",
    [TEXT_RETURN] = "Continue",
    [TEXT_DONE_OTHER] = "Already connected",
    [TEXT_DONE_OTHER_TEXT] = "Somebody has used this invitation. If that was not you, ask {F}.",
    [TEXT_BLOCKED] = "Too many tries",
    [TEXT_BLOCKED_TEXT] = "For safety this invitation is closed. Ask {F} for a new one.",
    [TEXT_ENDED] = "This invitation has ended",
    [TEXT_ENDED_TEXT] = "It cannot be used any more. Ask {F} for a new one.",
    [TEXT_NO_LINK] = "This link is not valid",
    [TEXT_NO_LINK_TEXT] =
        "Check that the whole address was copied from your e-mail, or ask for a new "
        "invitation.",
    [TEXT_NO_COOKIE] = "Open the link again",
    [TEXT_NO_COOKIE_TEXT] =
        "Open the link from your e-mail again, in this browser. Cookies must be "
        "allowed for this site.",
    [TEXT_FOREIGN] = "Not sent",
    [TEXT_FOREIGN_TEXT] = "This form did not come from this page. Open the link from your e-mail "
                          "again.",
    [TEXT_BAD] = "Not understood",
    [TEXT_BAD_TEXT] =
        "Your browser sent something that this page does not understand. Open the link "
        "from your e-mail again.",
    [TEXT_NOWHERE] = "There is no such page",
    [TEXT_NOWHERE_TEXT] = "Open the link from your e-mail again.",
    [TEXT_OFTEN] = "Too many requests",
    [TEXT_OFTEN_TEXT] = "Wait a minute, then try again. What was sent before is kept.",
    [TEXT_TROUBLE] = "Something went wrong",
    [TEXT_TROUBLE_TEXT] = "The fault is on our side. Wait a moment, then try again.",
    [TEXT_BUSY] = "Not taken yet",
    [TEXT_BUSY_TEXT] =
        "Too much is sent to this page at the moment, so your form was not read, and "
        "nothing of it was kept. Wait half a minute, then reload this page: your "
        "browser sends the form again.",
    [TEXT_ELSEWHERE] = "This sign-in was begun elsewhere",
    [TEXT_ELSEWHERE_TEXT] = "Go back to the browser in which you began. If a terminal asked you to "
                            "sign in, copy this page’s address there.",
    [TEXT_ELSEWHERE_LABEL] = "The address of this page",
    [TEXT_COPY] = "Copy",
};

const char *hub_text(enum hub_text key)
{
    return english[key];
}
