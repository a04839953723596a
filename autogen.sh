#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Makes ./configure and what it needs.
set -eu
cd "$(dirname "$0")"
autoreconf -fi
