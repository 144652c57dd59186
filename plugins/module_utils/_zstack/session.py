# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Sign calls in the name of a caller: an access key, a given session, or a session that the task opens itself."""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

from .._api import Call, Request, RestApi, nothing
from .._reply import bad_reply, member
from .._requests import AuthBase
from .._task import Task
from .errors import SESSION_ENDED
from .jobs import send_and_read
from .options import is_uuid
from .signer import SessionAuth


class Caller(Protocol):
    """Sign the calls of a task."""

    advice: str
    """Advice for a session that has expired."""

    def auth(self) -> AuthBase:
        """Return what signs a call; may log in for it."""

    def renew(self) -> bool:
        """Return whether auth() has a new session after the last one has expired."""

    def account(self) -> str | None:
        """Return the uuid of the caller's account, or None if it is not known here."""


class GivenCaller:
    """Sign with a key or a session that the task gives: neither can be renewed."""

    advice = (
        "The session in api_session_uuid has expired, or has never existed. Set a new one, or sign with an access key."
    )

    def __init__(self, auth: AuthBase) -> None:
        self._auth = auth

    def auth(self) -> AuthBase:
        return self._auth

    def renew(self) -> bool:
        return False

    def account(self) -> str | None:
        return None


class LoginCaller:
    """Sign with a session by name and password, from the first call that needs one to the end of the task."""

    advice = SESSION_ENDED

    def __init__(self, api: RestApi, task: Task, name: str, password: str) -> None:
        self._api = api
        self._task = task
        self._name = name
        self._hash = hashlib.sha512(password.encode()).hexdigest()
        self._auth: SessionAuth | None = None
        self._account: str | None = None
        task.secrets.add(self._hash)
        task.at_end.append(self._log_out)

    def renew(self) -> bool:
        self._auth = None
        return True

    def account(self) -> str | None:
        self.auth()
        return self._account

    def auth(self) -> SessionAuth:
        if self._auth is None:
            call = Call("LogInByAccount", "log in to", f"account {self._name}")
            body = {"logInByAccount": {"accountName": self._name, "password": self._hash}}
            # The login is repeated if the reply is lost. The task cannot end the session in the lost reply, which expires by itself.
            request = Request("PUT", "/v1/accounts/login", body=body)
            session, self._account = send_and_read(self._api, call, request, self._read)
            self._auth = SessionAuth(session)
        return self._auth

    def _read(self, body: Any) -> tuple[str, str]:
        """Return the uuids of the session and of its account."""
        inventory = member(body, "inventory", dict)
        session, account = member(inventory, "uuid", str), member(inventory, "accountUuid", str)
        self._task.secrets.add(session)
        if not is_uuid(session) or not is_uuid(account):
            raise bad_reply("a session without uuids")
        return session, account

    def _log_out(self) -> None:
        """End the session; the server limits how many an account may have."""
        if self._auth is not None:
            call = Call("LogOut", "log out of", f"account {self._name}", is_best_effort=True)
            send_and_read(
                self._api, call, Request("DELETE", f"/v1/accounts/sessions/{self._auth.session_uuid}"), nothing
            )
