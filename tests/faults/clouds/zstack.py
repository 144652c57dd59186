# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the objects of ZStack that are tested with every fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ...support import zstack
from ..expected import (
    DENIED,
    INTERRUPTED,
    NETWORK,
    NO_OTHER_ATTRIBUTE,
    PROXY,
    REPLY,
    UNAVAILABLE,
    AtCloud,
    Expected,
    ambiguous,
    fails,
    nothing,
    of,
    succeeds,
)
from ..objects import CREATE, DELETE, MARKER, NEW_KEY, POLL, READ, UPDATE, Call, Object, Step, View

CHOSEN_ID = "ChosenKey0000001"
CHOSEN_SECRET = "Chosen/Secret+1=0001"


def _zstack_keys(state: Mapping[str, Any]) -> View:
    return {
        key["uuid"]: (key["description"], key["state"].lower())
        for account in state["accounts"]
        for key in account["keys"]
    }


def _zstack_creates(url: str, **chosen: str) -> None:
    uuid = zstack.ACCOUNT["carol"]
    params = {"accountUuid": uuid, "userUuid": uuid, "description": MARKER, **chosen}
    zstack.Client(url).finish("POST", "/v1/accesskeys", {"params": params}).raise_for_status()


def _zstack_deletes(url: str, target: str) -> None:
    zstack.Client(url).finish("DELETE", f"/v1/accesskeys/{target}").raise_for_status()


_BOBS_KEY = zstack.KEY_UUID["bob"]
_BOB = {"uuid": _BOBS_KEY}
_NEW_KEY = {**NEW_KEY, "account_uuid": zstack.ACCOUNT["carol"], "wait_timeout": 4}
_READS_BOBS = Call("QueryAccessKey", "read", _BOBS_KEY)
_LISTS_CAROLS = Call("QueryAccessKey", "list the access keys of", zstack.ACCOUNT["carol"])
ZSTACK_KEY = Object(
    name="zstack_key",
    title="ZStack key",
    module="zstack_accesskey",
    cloud="zstack",
    steps={
        READ: Step({**_BOB, "status": "active"}, _READS_BOBS),
        CREATE: Step(_NEW_KEY, Call("CreateAccessKey", "create", MARKER), _LISTS_CAROLS),
        UPDATE: Step(
            {**_BOB, "status": "inactive", "wait_timeout": 4},
            Call("ChangeAccessKeyState", "change the status of", _BOBS_KEY),
            _READS_BOBS,
        ),
        DELETE: Step(
            {**_BOB, "state": "absent", "wait_timeout": 4}, Call("DeleteAccessKey", "delete", _BOBS_KEY), _READS_BOBS
        ),
        POLL: Step(_NEW_KEY, Call("QueryJob", "create", MARKER), _LISTS_CAROLS),
    },
    target=_BOBS_KEY,
    wanted="disabled",
    view=_zstack_keys,
    create_action="CreateAccessKey",
    path="/zstack",
    names_by=lambda key: {"uuid": key["id"]},
    other_user_creates=_zstack_creates,
    other_user_deletes=_zstack_deletes,
    jobs=("CreateAccessKey", "ChangeAccessKeyState", "DeleteAccessKey", "QueryJob"),
)


def _chosen_keys(state: Mapping[str, Any]) -> View:
    """Return the view of keys with a chosen ID, which is their marker."""
    return {
        key["uuid"]: (MARKER if key["access_key_id"] == CHOSEN_ID else "", key["state"].lower())
        for account in state["accounts"]
        for key in account["keys"]
    }


_CHOSEN_KEY = {
    **_NEW_KEY,
    "access_key_id": CHOSEN_ID,
    "access_key_secret": CHOSEN_SECRET,
    "allow_unregistered_secret": False,
}
_LOOKS_FOR_CHOSEN = Call("QueryAccessKey", "look for", CHOSEN_ID)
ZSTACK_CHOSEN = replace(
    ZSTACK_KEY,
    name="zstack_chosen",
    title="ZStack key with a chosen ID",
    steps={
        CREATE: Step(_CHOSEN_KEY, Call("CreateAccessKey", "create", CHOSEN_ID), _LOOKS_FOR_CHOSEN),
        POLL: Step(_CHOSEN_KEY, Call("QueryJob", "create", CHOSEN_ID), _LOOKS_FOR_CHOSEN),
    },
    missing=dict.fromkeys((READ, UPDATE, DELETE), "the same as for every ZStack key"),
    view=_chosen_keys,
    other_user_creates=partial(_zstack_creates, AccessKeyID=CHOSEN_ID, AccessKeySecret="Canary-Somebodys-Secret-1"),
    yields_secret=False,
    secrets=(CHOSEN_SECRET,),
    like="zstack_key",
)

OBJECTS = (ZSTACK_KEY, ZSTACK_CHOSEN)
PROMISED = {
    "QueryAccessKey": "inventories",
    "CreateAccessKey": "location",
    "ChangeAccessKeyState": "location",
    "DeleteAccessKey": "location",
    "QueryJob": "inventory",
}

# --- special cases of faults, because the task chooses the IDs of jobs and keys ---

_JOB_REPORTS = succeeds(why="the task chose the ID of the job, and the job reports the outcome")
_KNOWS = of("zstack_key", CREATE, UPDATE, DELETE, becomes=_JOB_REPORTS)
_FINDS = of("zstack_key", POLL, becomes=succeeds(why="the task chose the UUID of the key, and finds the key by it"))
_SUBMITS_AGAIN = of(
    "zstack_key", UPDATE, DELETE, becomes=succeeds(2, why="the server does not know the job, so it is submitted again")
)
_JOB_HAS_FAILED = of("zstack_key", POLL, becomes=nothing("an error in the reply to a poll is the result of the job"))
_NO_TEMPORARY = {("zstack_key", ""): nothing("ZStack has no temporary keys")}
_NO_KEY = dict.fromkeys(zstack.CLOUD.options)
_NAMED = Expected(INTERRUPTED, 1, done=True, appears=True, why="the task chose the UUID of the key, and reports it")
_TAKEN_BACK = Expected(INTERRUPTED, 1, why="the task chose the UUID of the key, and deletes the key")
_CHOSEN_IS_NAMED = of("zstack_chosen", CREATE, POLL, becomes=_NAMED)
_INTERRUPTS = ("task_timeout", "sigint", "sigterm")


def _gives_up(category: str) -> dict[tuple[str, str], Expected]:
    twice = fails(category, 2, why="a job that the server does not know is submitted again at most once")
    return {**of("zstack_key", UPDATE, DELETE, becomes=twice), **_FINDS}


def _is_lost(category: str) -> dict[tuple[str, str], Expected]:
    why = "neither the job nor the key can be read"
    return of("zstack_key", POLL, becomes=ambiguous(appears=False, done=True, category=category, why=why))


AT_CLOUD = {
    "refused_call": AtCloud(_is_lost(NETWORK)),
    "reset_before_always": AtCloud(_gives_up(NETWORK)),
    **dict.fromkeys(
        (
            *("reset_after", "timeout_before", "timeout_after", "drip", "drip_head", "cut"),
            *("http_500_after", "http_502_after", "proxy_reset_after_call"),
        ),
        AtCloud(_KNOWS),
    ),
    **dict.fromkeys(
        ("timeout_always", "half_json", "empty_after", "wrong_type_after", "incomplete"), AtCloud({**_KNOWS, **_FINDS})
    ),
    **dict.fromkeys(("throttled_always", "http_429_later", "http_401", "http_403"), AtCloud(_FINDS)),
    "http_500_always": AtCloud(_gives_up(UNAVAILABLE)),
    "internal_error": AtCloud({**_gives_up(UNAVAILABLE), **_JOB_HAS_FAILED}, error={"code": "SYS.1000"}),
    **dict.fromkeys(("empty", "wrong_type", "page"), AtCloud({**_SUBMITS_AGAIN, **_FINDS})),
    **dict.fromkeys(("redirect", "redirect_307"), AtCloud(_gives_up(REPLY))),
    "unknown_key": AtCloud(_JOB_HAS_FAILED, error={"code": "ID.1001"}),
    "not_allowed": AtCloud(_JOB_HAS_FAILED, error={"code": "ID.1002"}),
    "echo": AtCloud(
        {
            **of(
                "zstack_key",
                READ,
                CREATE,
                UPDATE,
                DELETE,
                becomes=fails(DENIED, why="no server is known to send this text"),
            ),
            **_FINDS,
        },
        signing={**_NO_KEY, "api_session_uuid": zstack.SESSION},
    ),
    "clock_skew_call": AtCloud(_FINDS, error={"code": "403", "message": "requestTimeTooSkewed"}),
    **dict.fromkeys(("expired_token", "expired_token_call"), AtCloud(_NO_TEMPORARY)),
    "expired_session": AtCloud(signing={**_NO_KEY, "api_session_uuid": zstack.EXPIRED_SESSION}),
    "session_ends": AtCloud(
        modes={"session_expires_in_job": 1},
        signing={**_NO_KEY, "api_account_name": "admin", "api_password": zstack.PASSWORDS["admin"]},
    ),
    "invisible_lost": AtCloud(of("zstack_key", CREATE, becomes=_JOB_REPORTS)),
    "other_user_deletes": AtCloud(
        of("zstack_key", POLL, becomes=nothing("the job reports what was created, even if it no longer exists"))
    ),
    "other_user_updates": AtCloud(of("zstack_key", UPDATE, becomes=nothing(NO_OTHER_ATTRIBUTE))),
    "limit": AtCloud(
        error={
            "code": "SYS.1007",
            "message": "The number of access keys for account[uuid=carol] has exceeded the maximum limit",
        }
    ),
    "proxy_407_call": AtCloud(_is_lost(PROXY)),
    **dict.fromkeys(
        (f"{name}_before" for name in _INTERRUPTS),
        AtCloud(
            {
                **of("zstack_key", CREATE, becomes=_NAMED),
                **of("zstack_key", POLL, becomes=_TAKEN_BACK),
                **_CHOSEN_IS_NAMED,
            }
        ),
    ),
    **dict.fromkeys(
        (f"{name}_after" for name in _INTERRUPTS),
        AtCloud({**of("zstack_key", CREATE, POLL, becomes=_TAKEN_BACK), **_CHOSEN_IS_NAMED}),
    ),
}
