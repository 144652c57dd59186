# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send raw requests to the Alibaba Cloud APIs that the official SDK would not send.

The signatures are separate code, so that they do not share mistakes with the emulator.
Import this module before the SDK, which reads the environment when it is imported.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import requests

from .cloud import Cloud

for _name in [name for name in os.environ if name == "DEBUG" or name.startswith("ALIBABA_CLOUD")]:
    del os.environ[_name]
# Without this, the SDK asks the network for credentials.
os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"

ACCOUNT = "1000000000000001"
ROOT = ("LTAIEmulatorRoot0000001", "EmulatorAlibabaRootSecret00001")
OPERATOR = ("LTAIEmulatorOperator0001", "EmulatorAlibabaOperatorSecret1")
OPERATOR_INACTIVE = ("LTAIEmulatorOperator0002", "EmulatorAlibabaOperatorSecret2")
AUDITOR = ("LTAIEmulatorAuditor00001", "EmulatorAlibabaAuditorSecret01")
TEMPORARY = ("STS.EmulatorTemporary0001", "EmulatorAlibabaTemporarySecret1")
TOKEN = "EmulatorAlibabaSecurityToken00000000000000000000001"
USER_ID = {"operator": "200000000000000001", "auditor": "200000000000000002"}
AUTH_ID = {
    "aws-prod": 2832,
    "tencent-prod": 2833,
    "huawei-test": 2834,
    "azure-prod": 2835,
    "oracle-prod": 2836,
    "aws-root": 2837,
}
VERSIONS = {"GetCallerIdentity": "2015-04-01"}

ADD = "AddCloudVendorAccountAK"
MODIFY = "ModifyCloudVendorAccountAK"
DELETE = "DeleteCloudVendorAccountAK"
LIST = "DescribeCloudVendorAccountAKList"
NEW = {"Vendor": "Tencent", "AkType": "sub", "SecretId": "AKIDnew", "SecretKey": "Canary-Vendor/Secret+1="}
ENTRY = {"AuthId": 2832, "Status": 0, "ServiceStatus": 0, "Vendor": "AWS", "AkType": "sub", "SecretId": "x"}


def listing(*items: Any, **changes: Any) -> dict[str, Any]:
    """Return the body of a reply that lists entries."""
    info = {"Count": len(items), "CurrentPage": 1, "PageSize": 100, "TotalCount": len(items)}
    return {"RequestId": "1", "PageInfo": info, "CloudVendorAccountAKs": list(items), **changes}


CLOUD = Cloud(
    name="alibaba",
    options=("api_access_key_id", "api_access_key_secret"),
    variables=("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    administrator=ROOT,
    account=ACCOUNT,
    reader="sas_vendor_ak_info",
    attributes={
        "sas_vendor_ak": {
            "ak_type",
            "secret_key",
            "status",
            "auth_modules",
            "regions",
            "tenant_id",
            "subscription_ids",
            "domain",
            "ctdr_cloud_user_id",
            "extend_info",
        }
    },
)


@dataclass
class Wire:
    """Hold a request that is ready to be sent."""

    method: str
    query: str
    headers: dict[str, str]
    body: bytes


def flat(params: Mapping[str, Any]) -> dict[str, str]:
    """Write lists as ``Name.1``, ``Name.2``, and all values as texts."""
    items: dict[str, str] = {}
    for name, value in params.items():
        if isinstance(value, list):
            items.update({f"{name}.{place}": str(item) for place, item in enumerate(value, 1)})
        else:
            items[name] = str(value)
    return items


def canonical(params: Mapping[str, str]) -> str:
    """Sort and encode the parameters for a signature."""
    return "&".join(f"{quote(name, safe='~')}={quote(params[name], safe='~')}" for name in sorted(params))


def acs3_signature(method: str, query: str, headers: Mapping[str, str], secret: str) -> tuple[str, str]:
    """Sign all headers, and return their names and the signature."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    text = f"{method}\n/\n{query}\n{lines}\n{';'.join(names)}\n{headers['x-acs-content-sha256']}"
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(text.encode()).hexdigest()}"
    return ";".join(names), hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def legacy_signature(method: str, params: Mapping[str, str], secret: str) -> str:
    """Sign the parameters with the old method."""
    text = f"{method}&%2F&{quote(canonical(params), safe='')}"
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), "sha1").digest()).decode()


def utc(moment: float) -> str:
    """Format a time for both kinds of signatures."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


@dataclass
class Client:
    """Sign and send requests with one key. ``in_body`` sends the parameters as a form."""

    url: str
    key: tuple[str, str] = ROOT
    token: str = ""
    legacy: bool = False
    in_body: bool = False
    method: str = "POST"
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def wire(self, action: str, params: Mapping[str, Any] | None = None, **more: Any) -> Wire:
        """Return a signed request."""
        return (self.legacy_wire if self.legacy else self.acs3_wire)(action, params or {}, **more)

    def acs3_wire(
        self,
        action: str,
        params: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        without: tuple[str, ...] = (),
    ) -> Wire:
        """Return a request with the newer signature, with these headers, and without those in ``without``."""
        sent = flat(params)
        body = urlencode(sent).encode() if self.in_body else b""
        signed = {
            "host": self.url.split("://", 1)[1],
            "x-acs-action": action,
            "x-acs-version": VERSIONS.get(action, "2018-12-03"),
            "x-acs-date": utc(time.time()),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            **({"x-acs-security-token": self.token} if self.token else {}),
            **({"content-type": "application/x-www-form-urlencoded"} if self.in_body else {}),
            **(headers or {}),
        }
        signed = {name: value for name, value in signed.items() if name not in without}
        query = {} if self.in_body else sent
        names, signature = acs3_signature(self.method, canonical(query), signed, self.key[1])
        authorization = f"ACS3-HMAC-SHA256 Credential={self.key[0]},SignedHeaders={names},Signature={signature}"
        return Wire(self.method, urlencode(query), {**signed, "Authorization": authorization}, body)

    def legacy_wire(self, action: str, params: Mapping[str, Any], **more: str) -> Wire:
        """Return a request with the old signature. ``more`` adds or replaces parameters. Empty ones are omitted."""
        own = flat(params)
        common = {
            "Action": action,
            "Version": VERSIONS.get(action, "2018-12-03"),
            "Format": "JSON",
            "AccessKeyId": self.key[0],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": uuid.uuid4().hex,
            "Timestamp": utc(time.time()),
            "SecurityToken": self.token,
            **more,
        }
        common = {name: value for name, value in common.items() if value}
        query = {**common, **({} if self.in_body else own)}
        query["Signature"] = legacy_signature(self.method, {**common, **own}, self.key[1])
        form = {"content-type": "application/x-www-form-urlencoded"}
        return Wire(
            self.method,
            urlencode(query),
            form if self.in_body else {},
            urlencode(own).encode() if self.in_body else b"",
        )

    def send(self, wire: Wire) -> requests.Response:
        """Send a request as it is."""
        url = f"{self.url}/?{wire.query}" if wire.query else f"{self.url}/"
        return self.session.request(
            wire.method, url, data=wire.body, headers=wire.headers, timeout=10, allow_redirects=False
        )

    def post(self, action: str, params: Mapping[str, Any] | None = None, **more: Any) -> requests.Response:
        """Sign and send a request."""
        return self.send(self.wire(action, params, **more))

    def call(self, action: str, params: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Return the body of a reply."""
        body: dict[str, Any] = self.post(action, params, **more).json()
        return body

    def code(self, action: str, params: Mapping[str, Any] | None = None, **more: Any) -> str | None:
        """Return the error code of a reply, or None for a success."""
        code: str | None = self.call(action, params, **more).get("Code")
        return code

    def entries(self, **filters: Any) -> list[dict[str, Any]]:
        """List entries."""
        found: list[dict[str, Any]] = self.call(LIST, {"PageSize": 100, "Lang": "en", **filters})[
            "CloudVendorAccountAKs"
        ]
        return found

    def entry(self, auth_id: int) -> dict[str, Any]:
        """Return the entry with a number."""
        (found,) = self.entries(AuthIds=auth_id)
        return found
