# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Hold the error table of an API: what a code means, and what to do about it. A cloud provides the data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._errors import AUTHENTICATION, DENIED, INVALID, NETWORK, NOT_FOUND, THROTTLED, UNAVAILABLE, CloudError

HTTP_STATUSES = {401: AUTHENTICATION, 403: DENIED, 429: THROTTLED, **dict.fromkeys(range(500, 600), UNAVAILABLE)}
"""The categories of HTTP statuses."""

_COMMON_ADVICE = {
    THROTTLED: "Run fewer tasks at once, or raise api_retries.",
    UNAVAILABLE: "Try again later.",
    AUTHENTICATION: "Check the credentials.",
    NOT_FOUND: "Check the name or ID. An object that was created seconds ago may not be visible yet.",
}
_GENERAL_ADVICE = "Change the request accordingly."
_REQUEST_TIMEOUT = 408


@dataclass(frozen=True)
class ErrorTable:
    """Hold what the errors of one API mean.

    An error is looked up by its code, then by patterns, then by its family: the part of the code before the first dot.
    A pattern is a regular expression that begins with ^. It has to match "status code: message", in any case.

    categories: codes, patterns and families of each category. statuses: categories of HTTP statuses, for other errors;
    empty for an API whose status says nothing. advice: by code, pattern or family, or else by category, where it
    replaces the common advice.
    """

    categories: Mapping[str, Sequence[str]]
    advice: Mapping[str, str]
    statuses: Mapping[int, str] = field(default_factory=dict)

    def error(
        self, code: str | None, message: str, status: int, *, advice: str | None = None, **facts: Any
    ) -> CloudError:
        """Return the error that a code stands for. advice: instead of the table's. facts: more fields of CloudError."""
        categories = {key: name for name, keys in self.categories.items() for key in keys}
        known = {**_COMMON_ADVICE, **self.advice}
        text = f"{status} {code}: {message}"
        patterns = [key for key in (*categories, *known) if key[0] == "^" and re.match(key, text, re.I | re.S)]
        keys = [code, *patterns, (code or "").split(".", 1)[0]]
        category = next((categories[key] for key in keys if key in categories), self.statuses.get(status, INVALID))
        return CloudError(
            category,
            message,
            code=code,
            http_status=status,
            maybe_done=category in (UNAVAILABLE, NETWORK) or status == _REQUEST_TIMEOUT,
            advice=advice or next((known[key] for key in (*keys, category) if key in known), _GENERAL_ADVICE),
            **facts,
        )
