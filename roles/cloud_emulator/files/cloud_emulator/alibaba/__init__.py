# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulate Alibaba Cloud: keys of other vendors in Security Center API 2018-12-03, and STS GetCallerIdentity."""

from __future__ import annotations
