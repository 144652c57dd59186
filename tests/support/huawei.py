# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send raw requests to Huawei Cloud's IAM that the official SDK would not send.

The signature is separate code, so that it does not share mistakes with the emulator.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import requests

from .cloud import Cloud

ROOT = ("HSTEMULATORROOT00001", "EmulatorHuaweiRootSecret0000000000000001")
ALICE = ("HSTEMULATORALICE0001", "EmulatorHuaweiAliceSecret000000000000001")
ALICE_INACTIVE = ("HSTEMULATORALICE0002", "EmulatorHuaweiAliceSecret000000000000002")
BOB = ("HSTEMULATORBOB000001", "EmulatorHuaweiBobSecret00000000000000001")
AUDITOR = ("HSTEMULATORAUDITOR01", "EmulatorHuaweiAuditorSecret0000000000001")
DESK = ("HSTEMULATORDESK00001", "EmulatorHuaweiDeskSecret0000000000000001")
DAN = ("HSTEMULATORDAN000001", "EmulatorHuaweiDanSecret00000000000000001")
TEMPORARY = ("HSTEMULATORTEMP00001", "EmulatorHuaweiTempSecret0000000000000001")
SECURITY_TOKEN = "EmulatorHuaweiSecurityToken000000000000000000000000000001"
ROOT_TOKEN = "EmulatorHuaweiTokenRoot0000000000000000000000000000000001"
ALICE_TOKEN = "EmulatorHuaweiTokenAlice000000000000000000000000000000001"
ROOT_PASSWORD = "Invented-Pass-2"
ALICE_PASSWORD = "Invented-Pass-3"
FOREIGN = "HSTEMULATORFOREIGN01"
DOMAIN = "d0000000000000000000000000000001"
DOMAIN_NAME = "emulator-account"
NAMES = ("root", "alice", "bob", "carol", "auditor", "desk", "disabled-dan")
ID = {name: f"e{number:031}" for number, name in enumerate(NAMES, 1)}
NOBODY = "f" * 32

KEYS = "/v3.0/OS-CREDENTIAL/credentials"
USERS = "/v3/users"
OS_USERS = "/v3.0/OS-USER/users"
TOKENS = "/v3/auth/tokens"

CLOUD = Cloud(
    name="huawei",
    options=("api_access_key", "api_secret_key"),
    variables=("HW_ACCESS_KEY", "HW_SECRET_KEY"),
    administrator=ROOT,
    account=DOMAIN,
    reader="iam_credential_info",
    attributes={"iam_credential_status": set(), "iam_credential": {"status"}},
)


def canonical_request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Join the signed parts. ``headers`` are the signed ones."""
    path, _mark, query = target.partition("?")
    pieces = [quote(piece, safe="") for piece in unquote(path).split("/")]
    uri = "/".join(pieces if pieces[-1] == "" else [*pieces, ""])
    pairs = sorted(tuple(map(unquote, pair.split("=", 1))) for pair in query.split("&") if pair)
    text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    values = {name.lower(): value.strip() for name, value in headers.items()}
    lines = "".join(f"{name}:{values[name]}\n" for name in sorted(values))
    return "\n".join([method, uri, text, lines, ";".join(sorted(values)), hashlib.sha256(body).hexdigest()])


def signature(secret: str, date: str, canonical: str) -> str:
    """Compute a signature."""
    text = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


@dataclass
class HuaweiClient:
    """Sign and send requests with one key, or send them with a token."""

    url: str
    key: tuple[str, str] = ROOT
    domain: str = DOMAIN
    security_token: str = ""
    token: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def headers(self, method: str, target: str, body: bytes = b"", *, date: str = "", **more: str) -> dict[str, str]:
        """Return the headers of a request, all of them signed."""
        headers = {"Content-Type": "application/json;charset=utf8", **more}
        if self.domain:
            headers["X-Domain-Id"] = self.domain
        if self.token:
            return {**headers, "X-Auth-Token": self.token}
        date = date or time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers |= {"Host": self.url.split("://", 1)[1], "X-Sdk-Date": date}
        if self.security_token:
            headers["X-Security-Token"] = self.security_token
        proof = signature(self.key[1], date, canonical_request(method, target, headers, body))
        names = ";".join(sorted(name.lower() for name in headers))
        text = f"SDK-HMAC-SHA256 Access={self.key[0]}, SignedHeaders={names}, Signature={proof}"
        return {**headers, "Authorization": text}

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> requests.Response:
        """Send a request as it is."""
        return self.session.request(
            method, f"{self.url}{target}", data=body, headers=headers, timeout=10, allow_redirects=False
        )

    def request(self, method: str, target: str, body: Any = None) -> requests.Response:
        """Sign and send a request."""
        data = b"" if body is None else json.dumps(body).encode()
        return self.send(method, target, self.headers(method, target, data), data)

    def call(self, method: str, target: str, body: Any = None) -> Any:
        """Return the JSON of a reply, which has to be a success."""
        reply = self.request(method, target, body)
        if not reply.ok:
            raise ValueError(f"{method} {target}: {reply.status_code} {reply.text}")
        return reply.json() if reply.content else None

    def error(self, method: str, target: str, body: Any = None) -> tuple[int, str] | None:
        """Return the status of an error, with its code or without one its message. Return None for a success."""
        return error_of(self.request(method, target, body))


def error_of(reply: requests.Response) -> tuple[int, str] | None:
    """Parse an error in the form A or B."""
    if reply.ok:
        return None
    fields = reply.json()
    return reply.status_code, fields["error"]["message"] if "error" in fields else fields["error_code"]
