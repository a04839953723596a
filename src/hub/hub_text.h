/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The texts of all pages, as templates of hub_html_fill(); another language is another table.
 *
 * T the provider's title, F who invites, O who is invited, L for which company, I what was linked,
 * H the hub's host name, D when the invitation expires, U until when a drop is tried, C whom to
 * ask, M how many more tries, N a name, X a text.
 */
#ifndef FOB_HUB_HUB_TEXT_H
#define FOB_HUB_HUB_TEXT_H

enum hub_text {
    TEXT_CONNECT,
    TEXT_CONNECT_AGAIN,
    TEXT_HELLO,
    TEXT_ASKS,
    TEXT_ASKS_FOR,
    TEXT_SKIP,
    TEXT_GUIDE,
    TEXT_GUIDE_SIGNIN,
    TEXT_KEYS,
    TEXT_COMPANY,
    TEXT_REQUIRED,
    TEXT_OPTIONAL,
    TEXT_EXAMPLE,
    TEXT_CHOOSE,
    TEXT_SHOW,
    TEXT_PIN,
    TEXT_PIN_HELP,
    TEXT_BUTTON,
    TEXT_BUTTON_SIGNIN,
    TEXT_SIGNIN_HELP,
    TEXT_WHAT_HAPPENS,
    TEXT_ENCRYPTED,
    TEXT_ADDRESS,
    TEXT_VALID,
    TEXT_QUESTIONS,
    TEXT_PRIVACY,
    TEXT_PROBLEM,
    TEXT_SAYS,
    TEXT_TRIES,
    TEXT_LAST_TRY,
    TEXT_FIELD_FAULT,
    TEXT_CHECK_FIELDS,
    TEXT_NOT_KEPT,
    TEXT_CHECKING,
    TEXT_SECONDS,
    TEXT_LATE,
    TEXT_UNTIL,
    TEXT_CHECK_AGAIN,
    TEXT_CONTINUE,
    TEXT_GO,
    TEXT_DONE,
    TEXT_DONE_TEXT,
    TEXT_DONE_HOLD,
    TEXT_DONE_HOLD_TEXT,
    TEXT_RETURN,
    TEXT_DONE_OTHER,
    TEXT_DONE_OTHER_TEXT,
    TEXT_BLOCKED,
    TEXT_BLOCKED_TEXT,
    TEXT_ENDED,
    TEXT_ENDED_TEXT,
    TEXT_NO_LINK,
    TEXT_NO_LINK_TEXT,
    TEXT_NO_COOKIE,
    TEXT_NO_COOKIE_TEXT,
    TEXT_FOREIGN,
    TEXT_FOREIGN_TEXT,
    TEXT_BAD,
    TEXT_BAD_TEXT,
    TEXT_NOWHERE,
    TEXT_NOWHERE_TEXT,
    TEXT_OFTEN,
    TEXT_OFTEN_TEXT,
    TEXT_TROUBLE,
    TEXT_TROUBLE_TEXT,
    TEXT_BUSY,
    TEXT_BUSY_TEXT,
    TEXT_ELSEWHERE,
    TEXT_ELSEWHERE_TEXT,
    TEXT_ELSEWHERE_LABEL,
    TEXT_COPY,
    TEXT_LAST
};
const char *hub_text(enum hub_text key);

#endif
