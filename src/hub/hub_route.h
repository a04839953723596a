/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * From a request to an answer.
 */
#ifndef FOB_HUB_HUB_ROUTE_H
#define FOB_HUB_HUB_ROUTE_H

#include "hub/hub_request.h"

/* Answer a request whose body is complete. */
void hub_route(struct hub *hub, struct hub_request *request, struct hub_answer *answer);
/* Whether the body of a POST is wanted: whether it is a form of a browser that has the cookie. */
bool hub_route_takes(const struct hub *hub, const struct hub_request *request);
/* Read the site again if it was replaced.  Returns whether there is one. */
bool hub_route_refresh(struct hub *hub);

#endif
