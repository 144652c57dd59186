# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulate Tencent Cloud: CAM API 2019-01-16, and GetCallerIdentity of STS API 2018-08-13."""

from __future__ import annotations
