# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define the credentials and connection options of ZStack. doc_fragments/_zstack.py describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from .._credentials import Credentials
from .._endpoint import Settings
from .._errors import USAGE, CloudError
from .._options import CONNECTION_OPTIONS, ArgumentSpec, connection_settings, credentials_of
from .._sources import Family, Field, Found, Sources
from .._surroundings import where_it_ran
from .._task import Task

API_OPTIONS: ArgumentSpec = {
    "api_access_key_id": {"type": "str", "no_log": False},
    "api_access_key_secret": {"type": "str", "no_log": True},
    "api_session_uuid": {"type": "str", "no_log": True},
    "api_account_name": {"type": "str"},
    "api_password": {"type": "str", "no_log": True},
    "api_timezone": {"type": "str"},
    **CONNECTION_OPTIONS,
}

_HOST = "host"
_PORT = "port"
_HOST_VARIABLE = "ZSTACK_HOST"


def _key(access_key_id: str, access_key_secret: str) -> Family:
    return Family(
        (Field("api_access_key_id", (access_key_id,), is_id=True), Field("api_access_key_secret", (access_key_secret,)))
    )


def _login(account_name: str, password: str) -> Family:
    return Family((Field("api_account_name", (account_name,), is_id=True), Field("api_password", (password,))))


SOURCES = Sources(
    (
        _key("ZSTACK_ACCESS_KEY_ID", "ZSTACK_ACCESS_KEY_SECRET"),
        _key("ZSTACK_ACCESSKEYID", "ZSTACK_ACCESSKEYSECRET"),
        Family((Field("api_session_uuid", ("ZSTACK_SESSION_ID",)),)),
        _login("ZSTACK_ACCOUNT_NAME", "ZSTACK_ACCOUNT_PASSWORD"),
        _login("ZSTACK_ACCOUNT", "ZSTACK_PASSWORD"),
    ),
    anywhere=(
        Field("api_endpoint", ("MULTICLOUD_IAM_ZSTACK_ENDPOINT",)),
        Field("api_timezone", ("MULTICLOUD_IAM_ZSTACK_TIMEZONE",)),
        Field(_HOST, (_HOST_VARIABLE,)),
        Field(_PORT, ("ZSTACK_PORT",)),
    ),
)
"""The sources that the Terraform provider and the Packer plugin read. Every installation has its own host."""

DEFAULT_TIMEZONE = "+08:00"
DEFAULT_PORT = 8080
_LAST_PORT = 65535
CONTEXT_PATH = "/zstack"
_UUID = re.compile(r"[0-9a-f]{8}[0-9a-f]{4}[1-5][0-9a-f]{3}[89ab][0-9a-f]{3}[0-9a-f]{12}")
_TRIMMED = "".join(map(chr, range(33)))


def trim(text: str) -> str:
    """Return a text as the server keeps it: without white space and control characters around it."""
    return text.strip(_TRIMMED)


def is_uuid(text: str) -> bool:
    """Return whether the server takes a text for a uuid: 32 lower case hexadecimal digits of version 1 to 5."""
    return bool(_UUID.fullmatch(text))


def checked_credentials(task: Task) -> Credentials:
    """Return the credentials of a task. Raises CloudError for those that are malformed."""
    credentials = credentials_of(task, SOURCES)
    session, key_id = credentials["api_session_uuid"], credentials["api_access_key_id"]
    with credentials.naming_sources():
        if session and not is_uuid(session):
            # The text is a secret, whatever is wrong with it.
            raise CloudError(
                USAGE,
                "api_session_uuid is not a uuid",
                advice="It is the uuid in the reply to a login: 32 lower-case hexadecimal digits without dashes.",
            )
        if key_id and (":" in key_id or not key_id.isascii()):
            raise CloudError(
                USAGE,
                f"api_access_key_id is {key_id!r}, which cannot sign a call",
                advice="It must be ASCII text without ':'.",
            )
    return credentials


def settings_of(options: Mapping[str, Any], credentials: Credentials) -> Settings:
    """Return how to reach the API, with the default port and path if api_endpoint has none."""
    endpoint = _endpoint(credentials)
    settings = connection_settings(options, endpoint, may_have_path=True, example=_example(endpoint))
    parts = urlsplit(settings.endpoint)
    # With TLS, a proxy in front of the server replies, at its own port.
    port = f":{DEFAULT_PORT}" if parts.scheme == "http" and parts.port is None else ""
    parts = parts._replace(netloc=parts.netloc.rstrip(":") + port, path=parts.path or CONTEXT_PATH)
    return replace(settings, endpoint=parts.geturl())


def _endpoint(credentials: Credentials) -> str:
    given, host, port = (credentials.found.get(name) for name in ("api_endpoint", _HOST, _PORT))
    if given:
        return given.value
    if not host:
        raise CloudError(
            USAGE,
            "api_endpoint is missing",
            advice=f"Set api_endpoint to http://HOST:{DEFAULT_PORT}, or set MULTICLOUD_IAM_ZSTACK_ENDPOINT, or {_HOST_VARIABLE}"
            f" and, unless it is {DEFAULT_PORT}, ZSTACK_PORT. {where_it_ran()}",
        )
    return _url(host, port)


def _url(host: Found, port: Found | None) -> str:
    """Return the URL of a server that is given by host and port, as other tools do."""
    scheme, _separator, name = host.value.rpartition("://")
    match = re.fullmatch(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]+))?/?", name)
    if not match or scheme not in ("", "http", "https"):
        # It may contain user and password.
        raise CloudError(USAGE, f"{host.name} is not a host name", advice="Set a host name, or set api_endpoint.")
    if port and not (re.fullmatch("[0-9]{1,5}", port.value) and 0 < int(port.value) <= _LAST_PORT):
        raise CloudError(
            USAGE, f"{port.name} is {port.shown}, which is not a port", advice=f"Set a number up to {_LAST_PORT}."
        )
    address, own_port = match.groups()
    return f"{scheme or 'http'}://{address}:{port.value if port else own_port or DEFAULT_PORT}"


def _example(endpoint: str) -> str:
    """Return what an endpoint without a scheme should look like."""
    match = re.fullmatch(r"(?:\w+://)?([A-Za-z0-9._-]+)(:[0-9]+)?/?", endpoint)
    if not match:
        return f"http://HOST:{DEFAULT_PORT}"
    host, port = match.groups()
    ours = f" (the port is {DEFAULT_PORT} by default)" if port else ""
    return f"http://{host}{port or f':{DEFAULT_PORT}'}{ours}"
