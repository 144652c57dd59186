# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the objects of Huawei Cloud that are tested with every fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import huawei
from ..expected import (
    NO_DATA,
    NO_NEW,
    NO_SESSION,
    NOT_FOUND,
    PAST,
    REFUSED,
    REPLY,
    AtCloud,
    fails,
    nothing,
    of,
    succeeds,
)
from ..objects import CREATE, DELETE, MARKER, NEW_KEY, OTHERS_VALUE, POLL, READ, UPDATE, Call, Object, Step, View


def _huawei_keys(state: Mapping[str, Any]) -> View:
    return {key["access"]: (key["description"], key["status"]) for user in state["users"] for key in user["keys"]}


def _huawei_creates(url: str) -> None:
    body = {"credential": {"user_id": huawei.ID["carol"], "description": MARKER}}
    huawei.HuaweiClient(url).call("POST", huawei.KEYS, body)


def _huawei_deletes(url: str, target: str) -> None:
    huawei.HuaweiClient(url).call("DELETE", f"{huawei.KEYS}/{target}")


def _huawei_updates(url: str) -> None:
    huawei.HuaweiClient(url).call(
        "PUT", f"{huawei.KEYS}/{huawei.BOB[0]}", {"credential": {"description": OTHERS_VALUE}}
    )


_BOB = {"user_id": huawei.ID["bob"], "access_key": huawei.BOB[0]}
_LISTS_BOBS, _LISTS_CAROLS = (
    Call("ListPermanentAccessKeys", "list the access keys of", huawei.ID[name]) for name in ("bob", "carol")
)
_INACTIVE = {**_BOB, "status": "inactive"}
HUAWEI_KEY = Object(
    name="huawei_key",
    title="Huawei key",
    module="iam_credential",
    cloud="huawei",
    steps={
        READ: Step({**_BOB, "status": "active"}, _LISTS_BOBS),
        CREATE: Step(
            {**NEW_KEY, "user_id": huawei.ID["carol"]},
            Call("CreatePermanentAccessKey", "create", MARKER),
            _LISTS_CAROLS,
        ),
        UPDATE: Step(_INACTIVE, Call("UpdatePermanentAccessKey", "change", huawei.BOB[0]), _LISTS_BOBS),
        DELETE: Step(
            {**_BOB, "state": "absent"}, Call("DeletePermanentAccessKey", "delete", huawei.BOB[0]), _LISTS_BOBS
        ),
        # The reply to an update does not show the description.
        POLL: Step(
            {**_INACTIVE, "description": "polled"}, Call("ShowPermanentAccessKey", "read", huawei.BOB[0]), _LISTS_BOBS
        ),
    },
    target=huawei.BOB[0],
    wanted="inactive",
    view=_huawei_keys,
    create_action="CreatePermanentAccessKey",
    wrong_signature="APIGW.0301",
    names_by=lambda key: {"access_key": key["id"], "user_id": huawei.ID["carol"]},
    other_user_creates=_huawei_creates,
    other_user_deletes=_huawei_deletes,
    other_user_updates=_huawei_updates,
)

OBJECTS = (HUAWEI_KEY,)
PROMISED = {
    "ListPermanentAccessKeys": "credentials",
    "ShowPermanentAccessKey": "credential",
    "CreatePermanentAccessKey": "credential",
    "UpdatePermanentAccessKey": "credential",
}
# An echo would show the token.
_TEMPORARY = {**huawei.CLOUD.signing(huawei.TEMPORARY), "api_security_token": huawei.SECURITY_TOKEN}
_EXPIRED = {
    "access": "HSTFAULTEXPIRED00001",
    "secret": "Canary-Expired-Huawei-1",
    "security_token": "Canary-Expired-Token-Huawei-1",
    "expires": PAST,
}
_EXPIRED_LOGIN = "Canary-Expired-Login-Huawei-1"
_NO_CONTENT = AtCloud(
    of("huawei_key", DELETE, becomes=succeeds(why="the reply has no content that could be malformed"))
)
AT_CLOUD = {
    **dict.fromkeys(("drip", "cut", "half_json"), _NO_CONTENT),
    "internal_error": AtCloud(error={"code": "IAM.0006"}),
    "incomplete": AtCloud(
        {
            **of("huawei_key", UPDATE, becomes=fails(REPLY, done=True, why="the reply must contain the key")),
            **of("huawei_key", DELETE, becomes=nothing(NO_DATA)),
        }
    ),
    "other_user_deletes": AtCloud(
        of("huawei_key", POLL, becomes=fails(NOT_FOUND, again=REFUSED, why="the key is read by its ID"))
    ),
    "unknown_key": AtCloud(error={"code": "APIGW.0301"}),
    "not_allowed": AtCloud(error={"code": "IAM.0003"}),
    "echo": AtCloud(signing=_TEMPORARY),
    "clock_skew_call": AtCloud(error={"code": "APIGW.0301"}),
    "expired_token": AtCloud(
        seed={"temporary_credentials": [_EXPIRED]},
        signing={
            **huawei.CLOUD.signing((_EXPIRED["access"], _EXPIRED["secret"])),
            "api_security_token": _EXPIRED["security_token"],
        },
    ),
    "expired_token_call": AtCloud(error={"code": "IAM.0066"}, signing=_TEMPORARY),
    "expired_session": AtCloud(
        seed={"tokens": [{"value": _EXPIRED_LOGIN, "user": "root", "expires": PAST}]},
        signing={**dict.fromkeys(huawei.CLOUD.options), "api_auth_token": _EXPIRED_LOGIN},
    ),
    "session_ends": AtCloud({("huawei_key", ""): nothing(NO_SESSION)}),
    "invisible": AtCloud(of("huawei_key", POLL, becomes=nothing(NO_NEW))),
    "limit": AtCloud(error={"code": "akSkNumExceed"}),
}
