# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Describe the caller in the same terms for all clouds."""

from __future__ import annotations

from typing import Any


def caller_result(
    account: str | None, owner: str | None, kind: str | None, access_key_id: str | None, name: str | None = None
) -> dict[str, Any]:
    """Return the result of a module that identifies the caller. None stands for what the cloud does not report.

    owner, name: the ID and the name of the user or account that owns the credentials.
    """
    caller = {"account": account, "owner": owner, "name": name, "kind": kind, "access_key_id": access_key_id}
    return {"caller": caller}
