# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send raw requests to the Tencent Cloud API that the official SDK would not send.

The signature is separate code, so that it does not share mistakes with the emulator.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from .cloud import Cloud

ROOT = ("AKIDEmulatorRootKey00000000000000000", "EmulatorRootSecret00000000000000")
ALICE = ("AKIDEmulatorAliceKey0000000000000001", "EmulatorAliceSecret0000000000001")
ALICE_INACTIVE = ("AKIDEmulatorAliceKey0000000000000002", "EmulatorAliceSecret0000000000002")
AUDITOR = ("AKIDEmulatorAuditorKey00000000000001", "EmulatorAuditorSecret00000000001")
BOB = ("AKIDEmulatorBobKey000000000000000001", "EmulatorBobSecret000000000000001")
TEMPORARY = ("AKIDEmulatorTemporary000000000000001", "EmulatorTemporarySecret000000001")
TOKEN = "EmulatorTemporaryToken0000000000000000000000000000001"
UIN = {"root": 100000000000, "alice": 100000000001, "bob": 100000000002, "carol": 100000000003}

CLOUD = Cloud(
    name="tencent",
    options=("api_secret_id", "api_secret_key"),
    variables=("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
    administrator=ROOT,
    account=str(UIN["root"]),
    reader="cam_user_info",
    attributes={
        "cam_access_key_status": set(),
        "cam_access_key": {"status"},
        "cam_user": {
            "remark",
            "console_login",
            "password",
            "need_reset_password",
            "phone_num",
            "country_code",
            "email",
        },
    },
)


@dataclass
class Client:
    """Sign and send requests with one key."""

    url: str
    key: tuple[str, str] = ROOT
    token: str = ""
    service: str = "cam"
    version: str = "2019-01-16"
    region: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def headers(
        self,
        action: str,
        body: bytes,
        *,
        timestamp: int | None = None,
        date: str = "",
        content_type: str = "application/json",
    ) -> dict[str, str]:
        """Return the headers of a request, signed as by the SDK."""
        host = self.url.split("://", 1)[1]
        stamp = str(int(time.time()) if timestamp is None else timestamp)
        date = date or time.strftime("%Y-%m-%d", time.gmtime(int(stamp)))
        scope = f"{date}/{self.service}/tc3_request"
        signed = f"content-type:{content_type}\nhost:{host}\n"
        payload = hashlib.sha256(body).hexdigest()
        canonical = f"POST\n/\n\n{signed}\ncontent-type;host\n{payload}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        secret = f"TC3{self.key[1]}".encode()
        for part in (date, self.service, "tc3_request"):
            secret = hmac.new(secret, part.encode(), "sha256").digest()
        text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        signature = hmac.new(secret, text.encode(), "sha256").hexdigest()
        return {
            "Content-Type": content_type,
            "X-TC-Action": action,
            "X-TC-Version": self.version,
            "X-TC-Timestamp": stamp,
            **({"X-TC-Region": self.region} if self.region else {}),
            **({"X-TC-Token": self.token} if self.token else {}),
            "Authorization": f"TC3-HMAC-SHA256 Credential={self.key[0]}/{scope}, "
            f"SignedHeaders=content-type;host, Signature={signature}",
        }

    def send(self, headers: dict[str, str], body: bytes, **options: Any) -> requests.Response:
        """Send a request as it is."""
        options = {"timeout": 10, "allow_redirects": False, **options}
        return self.session.post(f"{self.url}/", data=body, headers=headers, **options)

    def post(self, action: str, params: Any = None, **options: Any) -> requests.Response:
        """Sign and send a request."""
        body = json.dumps({} if params is None else params).encode()
        return self.send(self.headers(action, body), body, **options)

    def call(self, action: str, params: Any = None) -> dict[str, Any]:
        """Return the content of the envelope of a reply."""
        fields: dict[str, Any] = self.post(action, params).json()["Response"]
        return fields

    def code(self, action: str, params: Any = None) -> str | None:
        """Return the error code of a reply, or None for a success."""
        code: str | None = self.call(action, params).get("Error", {}).get("Code")
        return code
