# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulate ZStack: access keys, sessions and jobs of ZStack Cloud and ZStack ZSphere."""

from __future__ import annotations
