# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Translate what a role keeps in facts. A fact is JSON in Base64: no part of it is a template, and it stays a text.

ansible-core evaluates each member of a list again in each task, and older versions turn a JSON text into a dictionary.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any


def encoded(content: Any, indent: int | None = None) -> str:
    """Return the content as JSON in Base64."""
    return base64.b64encode((json.dumps(content, indent=indent, default=str) + "\n").encode()).decode()


def decoded(text: str) -> str:
    """Return the text in Base64."""
    return base64.b64decode(text).decode(errors="replace")


def entries_in(kept: Any) -> list[dict[str, Any]]:
    """Return the listings or the events in a text, or a copy of a list of them."""
    if not isinstance(kept, str):
        return [plain(entry) for entry in kept]
    found = [json.loads(base64.b64decode(word)) for word in kept.split()]
    return [entry for each in found for entry in (each if isinstance(each, list) else [each])]


def plain(value: Any) -> Any:
    """Return a copy without the types of ansible-core that template their members later, and cannot be compared."""
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value
