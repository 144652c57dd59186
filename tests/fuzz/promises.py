# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the rules for every result of every module, with any options, replies and objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..support.documented import check_members
from ..tooling import canary


def check_result(module: str, result: Mapping[str, Any], secrets: Iterable[str]) -> None:
    """Check for defects, secrets, undocumented members, and failures without advice."""
    shown = {name: value for name, value in result.items() if name != "secret"}
    text = json.dumps(shown)
    assert "Traceback" not in text
    assert "unexpected " not in text
    for secret in secrets:
        if len(secret) >= canary.SHORTEST and secret != "password":
            found = [form for form in canary.forms(secret) if form in text.encode()]
            assert not found, "a secret is shown"
    if result.get("failed"):
        _check_failure(result)
    else:
        assert isinstance(result["changed"], bool)
    if (
        not result.get("failed") or "error" in result
    ):  # the result has no error if the argument spec refuses the options
        check_members(module, result)


def _check_failure(result: Mapping[str, Any]) -> None:
    assert result["msg"].strip()
    error = result.get("error")
    if error is not None:
        assert error["category"] != "defect"
        assert error["advice"]
        assert error["advice"] in result["msg"]
        assert (error["attempted"] or "") in result["msg"]
