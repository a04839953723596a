/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What makes a drop: a form, or the way back from a provider's sign-in.
 */
#ifndef FOB_HUB_HUB_DROP_H
#define FOB_HUB_HUB_DROP_H

#include "hub/hub_request.h"
#include "hub/hub_session.h"

/* POST /s/ID */
void hub_drop_form(struct hub *hub, struct hub_request *request, struct hub_session *session,
                   struct hub_answer *answer);
/* GET /callback/PROVIDER */
void hub_drop_callback(struct hub *hub, struct hub_request *request, struct span provider,
                       struct hub_answer *answer);

#endif
