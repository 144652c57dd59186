# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba Cloud: Security Center API 2018-12-03, keys of other vendors' accounts, and STS GetCallerIdentity."""

from __future__ import annotations
