# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Explain why a TLS connection failed, by the exception and by the CA certificates."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterable
from http.client import BadStatusLine
from typing import NamedTuple

_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")  # the names that OpenSSL looks for in a directory
_OTHER_HOST = ("certificate is not valid for", "doesn't match")  # OpenSSL, and urllib3 before 2.0
# The reasons that OpenSSL versions give for a reply that is not TLS.
_NO_TLS = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "UNKNOWN_PROTOCOL",
        "HTTP_REQUEST",
        "HTTPS_PROXY_REQUEST",
        "RECORD_LAYER_FAILURE",
        "PACKET_LENGTH_TOO_LONG",
    }
)
_BROKEN_OFF = (
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
    ssl.SSLSyscallError,
    ssl.SSLWantReadError,
    ssl.SSLWantWriteError,
)
_DAMAGED = re.compile(r"BAD_RECORD_MAC|BAD_DECRYPT|INTERNAL_ERROR|UNEXPECTED_EOF|BAD_LENGTH")
_TLS_ALERT = "\x15\x03"  # the beginning of a TLS reply to plain HTTP
_HOW_TO_GIVE_CAS = (
    "Set api_ca_path, or REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE in the environment, to a file of certificates in PEM form,"
    " or to a directory that 'openssl rehash' was run on. 'openssl x509 -inform DER -in ca.cer -out ca.pem' converts a file"
    " in DER form."
)


class TlsFailure(NamedTuple):
    """Hold why there was no TLS. maybe_done: the request may have been sent anyway."""

    reason: str
    advice: str
    maybe_done: bool = False


def tls_failure(causes: Iterable[BaseException], where: str, name: str, ca_path: str | None) -> TlsFailure | None:
    """Return why TLS with a server failed, or None if something else failed, or a retry can help.

    causes: an exception and those in it, outermost first. where: the server. name: the setting that names it. ca_path:
    the CA certificates of the user.
    """
    causes = list(causes)
    lines = [str(getattr(cause, "line", "")) for cause in causes if isinstance(cause, BadStatusLine)]
    if any(line.startswith(_TLS_ALERT) for line in lines):
        return TlsFailure(f"{where} speaks TLS, but the request was sent without it", f"Begin {name} with https://.")
    found = next((cause for cause in reversed(causes) if isinstance(cause, ssl.SSLError)), None)
    if found is not None and found.reason in _NO_TLS:
        advice = f"Begin {name} with http://, or set the port that speaks TLS."
        return TlsFailure(f"{where} does not speak TLS on this port: {found}", advice, maybe_done=True)
    # urllib3 has a class with this name too, which comes alone if certificates cannot be read.
    if not any("SSLError" in type(cause).__name__ for cause in causes) or _is_transient(found):
        return None
    problem = ca_problem(ca_path) if ca_path else None
    if problem:
        return TlsFailure(f"the CA certificates cannot be used: {ca_path} {problem}", _HOW_TO_GIVE_CAS)
    if any(part in str(causes[0]) for part in _OTHER_HOST):
        advice = f"In {name}, use a host name that the certificate contains."
        return TlsFailure(f"the certificate was not accepted: {where}: {found or causes[-1]}", advice)
    if isinstance(found, ssl.SSLCertVerificationError):
        advice = "Set api_ca_path to a file with the CA of the endpoint."
        return TlsFailure(f"the certificate was not accepted: {where}: {found}", advice)
    advice = f"Check {name}, and which versions of TLS the server and the OpenSSL of this machine allow."
    return TlsFailure(f"no TLS with {where} is possible: {found or causes[-1]}", advice, maybe_done=True)


def _is_transient(error: ssl.SSLError | None) -> bool:
    """Return whether the connection broke off or was damaged. Everything else is a matter of configuration."""
    return isinstance(error, _BROKEN_OFF) or bool(error and _DAMAGED.search(str(error.reason)))


def ca_problem(path: str) -> str | None:
    """Return what is wrong with the CA certificates of the user, or None if OpenSSL accepts them."""
    try:
        if os.path.isdir(path):
            names = os.listdir(path)
            return None if any(map(_HASHED.fullmatch, names)) else "is a directory without certificates for OpenSSL"
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        return "contains no certificate in PEM form"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None
