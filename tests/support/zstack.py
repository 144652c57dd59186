# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send raw requests to the ZStack API, which has no official SDK for Python.

Signature, dates and polling are separate code, so that they do not share mistakes with the emulator.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote

import requests

from .cloud import Cloud

ADMIN = ("EmulatorAdminKey0001", "EmulatorAdminSecret000000000000000000001")
ALICE = ("EmulatorAliceKey0001", "EmulatorAliceSecret000000000000000000001")
ALICE_DISABLED = ("EmulatorAliceKey0002", "EmulatorAliceSecret000000000000000000002")
BOB = ("EmulatorBobKey000001", "EmulatorBobSecret00000000000000000000001")
PASSWORDS = {"admin": "password", "alice": "Invented-Pass-2", "bob": "Invented-Pass-3", "carol": "Invented-Pass-4"}
SESSION = "5e551001000040008000000000000001"
EXPIRED_SESSION = "5e551001000040008000000000000002"
ACCOUNT = {
    "admin": "36c27e8ff05c4780bf6d2fa65700f22e",
    "alice": "a11ce000000040008000000000000001",
    "bob": "b0b00000000040008000000000000001",
    "carol": "ca401000000040008000000000000001",
}
BOBS_USER = "b0b00002000040008000000000000001"
KEY_UUID = {
    "admin": "ad310001000040008000000000000001",
    "alice": "a11ce001000040008000000000000001",
    "alice disabled": "a11ce001000040008000000000000002",
    "bob": "b0b00001000040008000000000000001",
}
UNKNOWN_UUID = "00000000000040008000000000000000"

CLOUD = Cloud(
    name="zstack",
    options=("api_access_key_id", "api_access_key_secret"),
    variables=("ZSTACK_ACCESS_KEY_ID", "ZSTACK_ACCESS_KEY_SECRET"),
    administrator=ADMIN,
    account=ACCOUNT["admin"],
    reader="zstack_accesskey_info",
    attributes={"zstack_accesskey_status": set(), "zstack_accesskey": {"status", "system_tags", "user_tags"}},
)

_CHINA = timezone(timedelta(hours=8))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_text(moment: datetime, zone: str = "GMT+08:00") -> str:
    """Format a time in its own zone, independent of the locale, with any name for the zone."""
    day = f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day} {moment.hour:02}:{moment.minute:02}:{moment.second:02} {zone}"


def now_text(seconds: float = 0) -> str:
    """Format the server's time, or a time some seconds later."""
    return date_text(datetime.now(_CHINA) + timedelta(seconds=seconds))


def signature(secret: str, method: str, date: str, uri: str) -> str:
    """Sign as docs/dev/apis/zstack.md describes."""
    digest = hmac.new(secret.encode(), f"{method}\n{date}\n{uri}".encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def sha512(password: str) -> str:
    """Return a password in the form in which it is sent."""
    return hashlib.sha512(password.encode()).hexdigest()


@dataclass
class Client:
    """Send requests with a key or a session, and wait for jobs. Paths begin with ``/v1``."""

    url: str
    key: tuple[str, str] | None = ADMIN
    session_uuid: str = ""
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.http.trust_env = False

    def headers(self, method: str, path: str, date: str = "") -> dict[str, str]:
        """Return the headers that authenticate the caller."""
        if self.session_uuid:
            return {"Authorization": f"OAuth {self.session_uuid}"}
        if self.key is None:
            return {}
        date = date or now_text()
        uri = unquote(path.partition("?")[0])
        return {"Authorization": f"ZStack {self.key[0]}:{signature(self.key[1], method, date, uri)}", "Date": date}

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Send an authenticated request. ``headers`` are added to the usual ones."""
        headers = {**self.headers(method, path), **options.pop("headers", {})}
        if isinstance(body, (bytes, str)):
            options["data"] = body
        elif body is not None:
            options["json"] = body
        options = {"timeout": 10, "allow_redirects": False, **options}
        return self.http.request(method, f"{self.url}/zstack{path}", headers=headers, **options)

    def poll(self, accepted: requests.Response) -> requests.Response:
        """Wait for the job of a reply."""
        job = accepted.json()["location"].rpartition("/")[2]
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            reply = self.http.get(f"{self.url}/zstack/v1/api-jobs/{job}", timeout=10)
            if reply.status_code != 202:
                return reply
            time.sleep(0.05)
        raise TimeoutError(f"job {job}")

    def finish(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Send a request, and wait for the outcome of asynchronous work."""
        reply = self.send(method, path, body, **options)
        return self.poll(reply) if reply.status_code == 202 else reply

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Return the JSON of the final reply."""
        return self.finish(method, path, body, **options).json()

    def details(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[str, str] | None:
        """Return code and details of the error in the final reply, or None for a success."""
        error = self.call(method, path, body, **options).get("error")
        return None if error is None else (error["code"], error["details"])

    def text(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str]:
        """Return status and text of the first reply."""
        reply = self.send(method, path, body, **options)
        return reply.status_code, reply.text

    def log_in(self, name: str) -> str:
        """Return the uuid of a new session of a seeded account."""
        body = {"logInByAccount": {"accountName": name, "password": sha512(PASSWORDS[name])}}
        uuid: str = self.call("PUT", "/v1/accounts/login", body)["inventory"]["uuid"]
        return uuid

    def create(self, owner: str, **params: Any) -> Any:
        """Create a key for a seeded account, and return its inventory."""
        uuid = ACCOUNT[owner]
        body = {"params": {"accountUuid": uuid, "userUuid": uuid, **params}}
        return self.call("POST", "/v1/accesskeys", body)["inventory"]

    def change(self, uuid: str, event: str) -> Any:
        """Change the state of a key, and return the final reply."""
        return self.call("PUT", f"/v1/accesskeys/{uuid}/actions", {"changeAccessKeyState": {"stateEvent": event}})

    def query(self, *conditions: str, path: str = "/v1/accesskeys", **options: str) -> Any:
        """Send a query with encoded conditions and parameters."""
        params = [("q", condition) for condition in conditions] + list(options.items())
        return self.call("GET", path, params=params)

    def listed(self, *conditions: str, **options: str) -> list[Any]:
        """Return the inventories of a query."""
        inventories: list[Any] = self.query(*conditions, **options)["inventories"]
        return inventories
