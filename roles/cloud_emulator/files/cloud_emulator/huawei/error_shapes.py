# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write errors in the forms that IAM uses.

A is Keystone's form, A-prime a newer variant. The v3.0 services use B. The gateway and v5 use B-prime, which has a
request ID. C has been seen in a partner cloud. A proxy replies in HTML.
"""

from __future__ import annotations

from http.client import responses
from typing import Any, Literal

from .errors import ApiError

Shape = Literal["A", "B", "B-prime"]
"""Name the forms that operations use by default."""

# The code in the form B if the error has no code.
_CODES = {
    400: "IAM.0007",
    401: "IAM.0001",
    403: "IAM.0002",
    404: "IAM.0004",
    409: "IAM.0005",
    410: "IAM.0020",
    429: "IAM.0012",
    500: "IAM.0006",
}
_STATUSES = {
    "APIGW.0101": 404,
    "APIGW.0201": 400,
    "APIGW.0301": 401,
    "APIGW.0308": 429,
    "IAM.0001": 401,
    "IAM.0002": 403,
    "IAM.0003": 403,
    "IAM.0004": 404,
    "IAM.0005": 409,
    "IAM.0006": 500,
    "IAM.0012": 429,
    "IAM.0020": 410,
    "IAM.0061": 401,
    "IAM.0062": 401,
    "IAM.0066": 401,
    "IAM.0067": 401,
    "IAM.0080": 403,
    "IAM.0081": 403,
    "IAM.0082": 403,
}


def is_gateway(error: ApiError) -> bool:
    """Return whether the error is the gateway's, so that IAM has not received the request."""
    return (error.code or "").startswith("APIG")


def error_of(code: str, message: str) -> ApiError:
    """Return the error with a code. A number is the status of an operation without codes."""
    if code.isdecimal() and len(code) == 3:
        return ApiError(int(code), message)
    return ApiError(_STATUSES.get(code, 400), message, code)


def code_of(error: ApiError, own: Shape) -> str:
    """Return the code for the journal: the code if the reply shows it, otherwise the status."""
    return error.code or (own != "A" and error.weak_code) or str(error.status)


def fields(error: ApiError, shape: str, own: Shape, request_id: str) -> dict[str, Any]:
    """Return the JSON object of an error in the form of a mode, which may be the operation's default."""
    if is_gateway(error):
        shape = "B-prime"
    elif shape == "by_api":
        shape = "B" if own == "A" and error.code else own
    code = error.code or error.weak_code or _CODES.get(error.status, "IAM.0006")
    if shape == "B-prime":
        return {"error_msg": error.message, "error_code": code, "request_id": request_id}
    if shape == "B":
        return {"error_msg": error.message, "error_code": code}
    if shape == "C":
        return {"errorcode": [code]}
    title = responses.get(error.status, "")
    if shape == "A-prime":
        return {
            "error": {
                "code": error.status,
                "error_code": None,
                "error_msg": None,
                "message": error.message,
                "title": title,
            }
        }
    return {"error": {"message": error.message, "code": error.status, "title": title}}


def page(error: ApiError) -> str:
    """Return the HTML page of an error."""
    title = f"{error.status} {responses.get(error.status, '')}"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
