/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The names in a store's folder (fob-store(5)).
 */
#ifndef FOB_STORE_LAYOUT_H
#define FOB_STORE_LAYOUT_H

#define LAYOUT_HEADER "header"
#define LAYOUT_NEW_HEADER "header.new" /* of a store that is being created */
#define LAYOUT_ACCOUNTS "accounts"
#define LAYOUT_LOCK "lock"
#define LAYOUT_RENEWAL ".renew" /* in the accounts' folder, after a dot and an account's name */
#define LAYOUT_FRESH "fresh"    /* of a mirror */
#define LAYOUT_MOVED "moved"    /* where the store is now */
#define LAYOUT_VALIDATED "confirmed"
#define LAYOUT_SHARING "sharing"
#define LAYOUT_LOG "log"       /* the core's; also log.* */
#define LAYOUT_BUDGET "calls." /* the core's: followed by a provider's name */

#endif
