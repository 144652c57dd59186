# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the signature of a request with an access key: HMAC-SHA1 of method, date and path."""

from __future__ import annotations

import base64
import hmac

SCHEME = "ZStack"


def string_to_sign(method: str, date: str, uri: str) -> str:
    """Join the signed parts. The URI is the decoded path below the context path, without the query."""
    return f"{method}\n{date}\n{uri}"


def sign(secret: str, text: str) -> str:
    """Compute the signature of a text."""
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode("ascii")


def parse(authorization: str) -> tuple[str, str] | None:
    """Return AccessKeyID and signature of an Authorization header, or None if it has another form."""
    parts = authorization.strip().removeprefix(SCHEME).strip().split(":")
    return (parts[0], parts[1]) if len(parts) == 2 and parts[1] else None
