# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the operation of a request by its method and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from ..exchange import Request
from . import identity_operations, key_operations, token_operations, user_operations
from .operation import Operation

_OPERATIONS: tuple[Operation, ...] = (
    *key_operations.OPERATIONS,
    *user_operations.OPERATIONS,
    *token_operations.OPERATIONS,
    *identity_operations.OPERATIONS,
)
_VERSIONS = ("v3", "v3.0", "v5")


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    names = (f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(names))


_ROUTES = [(operation.method, _pattern(operation.path), operation) for operation in _OPERATIONS]


def is_ours(path: str) -> bool:
    """Return whether the path begins with a version of this API."""
    return path.split("/", 2)[1] in _VERSIONS


def find(request: Request) -> tuple[Operation, Mapping[str, str]] | None:
    """Return the operation, and the parameters in the path."""
    for method, pattern, operation in _ROUTES:
        match = pattern.fullmatch(request.path) if method == request.method else None
        if match:
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    return None
