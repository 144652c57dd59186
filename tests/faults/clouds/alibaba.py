# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the objects of Alibaba Cloud that are tested with every fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import alibaba
from ..expected import NO_DATA, NO_LIMIT, NO_SESSION, PAST, UNAVAILABLE, AtCloud, fails, nothing, of, succeeds
from ..objects import CREATE, DELETE, MARKER, OTHERS_VALUE, POLL, READ, UPDATE, Call, Object, Step, View

VENDOR_SECRET = "Canary-Vendor/Secret+1="  # with characters that are encoded in URLs and in JSON


def _entries(state: Mapping[str, Any]) -> View:
    return {str(entry["auth_id"]): (entry["alias"], str(entry["status"])) for entry in state["entries"]}


def _sas(url: str, action: str, **parameters: Any) -> None:
    code = alibaba.Client(url).code(action, parameters)
    if code not in (None, "200"):
        raise ValueError(code)


def _sas_creates(url: str) -> None:
    _sas(url, alibaba.ADD, **alibaba.NEW, VendorAuthAlias=MARKER, AuthModules=["HOST"])


def _sas_deletes(url: str, target: str) -> None:
    _sas(url, alibaba.DELETE, AuthId=target)


def _sas_updates(url: str) -> None:
    _sas(url, alibaba.MODIFY, AuthIds=_ENTRY["auth_id"], VendorAuthAlias=OTHERS_VALUE)


_ENTRY = {"auth_id": str(alibaba.AUTH_ID["tencent-prod"])}
_NEW_ENTRY = {
    "vendor_auth_alias": MARKER,
    "vendor": "Tencent",
    "ak_type": "sub",
    "secret_id": "AKIDfault",
    "secret_key": VENDOR_SECRET,
    "auth_modules": ["HOST"],
}
_READS_ENTRY, _READS_NEW_ENTRY = (Call(alibaba.LIST, "read", name) for name in (_ENTRY["auth_id"], MARKER))
SAS_ENTRY = Object(
    name="sas_entry",
    title="Security Center entry",
    module="sas_vendor_ak",
    cloud="alibaba",
    steps={
        READ: Step({**_ENTRY, "status": "active"}, _READS_ENTRY),
        CREATE: Step({**_NEW_ENTRY, "wait": False}, Call(alibaba.ADD, "create", MARKER), _READS_NEW_ENTRY),
        UPDATE: Step({**_ENTRY, "status": "inactive"}, Call(alibaba.MODIFY, "change", _ENTRY["auth_id"]), _READS_ENTRY),
        DELETE: Step({**_ENTRY, "state": "absent"}, Call(alibaba.DELETE, "delete", _ENTRY["auth_id"]), _READS_ENTRY),
        POLL: Step({**_NEW_ENTRY, "wait": True, "wait_timeout": 6}, _READS_NEW_ENTRY, after=2),
    },
    target=_ENTRY["auth_id"],
    wanted="1",
    view=_entries,
    create_action=alibaba.ADD,
    kind="entry",
    wrong_signature="SignatureDoesNotMatch",
    names_by=lambda entry: {"auth_id": entry["id"]},
    other_user_creates=_sas_creates,
    other_user_deletes=_sas_deletes,
    other_user_updates=_sas_updates,
    yields_secret=False,
    secrets=(VENDOR_SECRET,),
)

OBJECTS = (SAS_ENTRY,)
PROMISED = {alibaba.LIST: "AuthId", alibaba.ADD: "AuthId", alibaba.MODIFY: "Data"}
# An echo would show the token.
_TEMPORARY = {**alibaba.CLOUD.signing(alibaba.TEMPORARY), "api_security_token": alibaba.TOKEN}
_EXPIRED = {
    "access_key_id": "STS.FaultExpired",
    "access_key_secret": "Canary-Expired-Alibaba-1",
    "token": "Canary-Expired-Token-Alibaba-1",
    "role": "deployer",
    "session": "pipeline",
    "expires": PAST,
}
AT_CLOUD = {
    "internal_error": AtCloud(error={"code": "ServerError"}),
    "incomplete": AtCloud(
        {
            **of("sas_entry", DELETE, becomes=nothing(NO_DATA)),
            **of("sas_entry", UPDATE, becomes=succeeds(why="the entry is read again")),
        }
    ),
    "unknown_key": AtCloud(error={"code": "InvalidAccessKeyId.NotFound"}),
    "not_allowed": AtCloud(error={"code": "NoPermission"}),
    "echo": AtCloud(signing=_TEMPORARY),
    "clock_skew_call": AtCloud(error={"code": "InvalidTimeStamp.Expired"}),
    "expired_token": AtCloud(
        seed={"temporary_credentials": [_EXPIRED]},
        signing={
            **alibaba.CLOUD.signing((_EXPIRED["access_key_id"], _EXPIRED["access_key_secret"])),
            "api_security_token": _EXPIRED["token"],
        },
    ),
    "expired_token_call": AtCloud(error={"code": "InvalidSecurityToken.Expired"}, signing=_TEMPORARY),
    **dict.fromkeys(("expired_session", "session_ends"), AtCloud({("sas_entry", ""): nothing(NO_SESSION)})),
    "other_user_deletes": AtCloud(
        of(
            "sas_entry",
            POLL,
            becomes=fails(
                UNAVAILABLE, done=True, why="a new entry may not be listed yet, and the next run creates it again"
            ),
        )
    ),
    "limit": AtCloud(of("sas_entry", CREATE, becomes=nothing(NO_LIMIT))),
}
