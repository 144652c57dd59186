# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read who claims to have signed a request, for both kinds of signatures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..exchange import Request
from . import errors, signature
from .encoding import all_pairs, query_pairs

_LEGACY_REQUIRED = (
    "Action",
    "Version",
    "AccessKeyId",
    "SignatureMethod",
    "Timestamp",
    "SignatureVersion",
    "SignatureNonce",
    "Signature",
)
_ALWAYS_SIGNED = {
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    signature.BODY_HASH,
}


@dataclass(frozen=True)
class Claim:
    """Hold the signature of a request. ``sign`` signs ``text``. ``echo`` shows ``text`` to the client."""

    access_key_id: str
    token: str
    time: str
    nonce: str
    signature: str
    text: str
    echo: str
    sign: Callable[[str, str], str]


def is_acs3(request: Request) -> bool:
    """Return whether the request is signed with the newer method."""
    return request.headers.get("Authorization", "").startswith("ACS3-")


def read(request: Request, params: dict[str, str]) -> Claim:
    """Read the claim of a request with these parameters."""
    return _read_acs3(request) if is_acs3(request) else _read_legacy(request, params)


def calculation(request: Request) -> str:
    """Return the server's text about a wrong signature: the texts that it computed from the request."""
    if not is_acs3(request):
        text = signature.legacy_text_to_sign(request.method, all_pairs(request))
        return f"Specified signature is not matched with our calculation. server string to sign is:{text}"
    authorization = signature.parse_authorization(request.headers["Authorization"])
    canonical = _canonical(request, authorization.signed_headers if authorization else ())
    return (
        "Specified signature does not match our calculation. "
        f"server StringToSign is [{signature.text_to_sign(canonical)}] server CanonicalRequest is [{canonical}]"
    )


def _read_acs3(request: Request) -> Claim:
    authorization = signature.parse_authorization(request.headers["Authorization"])
    if authorization is None:
        raise errors.incomplete_signature(f"The Authorization must have the form of {signature.ALGORITHM}.")
    unsigned = _must_be_signed(request) - set(authorization.signed_headers)
    if unsigned:
        raise errors.incomplete_signature(f"These headers must be signed: {', '.join(sorted(unsigned))}.")
    for name in authorization.signed_headers:
        if name not in request.headers:
            raise errors.incomplete_signature(f"The signed header {name} is missing.")
    canonical = _canonical(request, authorization.signed_headers)
    declared = request.headers[signature.BODY_HASH] == signature.body_hash(request.body)
    return Claim(
        access_key_id=authorization.access_key_id,
        token=request.headers.get("x-acs-security-token", ""),
        time=request.headers["x-acs-date"],
        nonce=request.headers["x-acs-signature-nonce"],
        # Every signature is wrong if the hash is not that of the body.
        signature=authorization.signature if declared else "",
        text=signature.text_to_sign(canonical),
        echo=calculation(request),
        sign=signature.sign,
    )


def _read_legacy(request: Request, params: dict[str, str]) -> Claim:
    for name in _LEGACY_REQUIRED:
        if not params.get(name):
            raise errors.missing(name)
    for name, only in (("SignatureMethod", signature.LEGACY_METHOD), ("SignatureVersion", "1.0")):
        if params[name] != only:
            raise errors.invalid(name)
    return Claim(
        access_key_id=params["AccessKeyId"],
        token=params.get("SecurityToken", ""),
        time=params["Timestamp"],
        nonce=params["SignatureNonce"],
        signature=params["Signature"],
        text=signature.legacy_text_to_sign(request.method, all_pairs(request)),
        echo=calculation(request),
        sign=signature.legacy_sign,
    )


def _must_be_signed(request: Request) -> set[str]:
    """Return the headers that must be signed: the required ones, and some others if the request has them."""
    names = {name.lower() for name, _unused in request.headers}
    return _ALWAYS_SIGNED | {name for name in names if name.startswith("x-acs-") or name == "content-type"}


def _canonical(request: Request, signed: tuple[str, ...]) -> str:
    return signature.canonical_request(request.method, query_pairs(request), request.headers, signed)
