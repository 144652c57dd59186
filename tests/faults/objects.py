# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects whose tasks are put in front of every fault, and how to see at the cloud what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack

Options = Mapping[str, Any]
View = dict[str, tuple[str, str]]
"""What there is: ids to the text that marks an object, and the attribute that the tasks change."""

READ, CREATE, UPDATE, DELETE, POLL = OPERATIONS = ("read", "create", "update", "delete", "poll")
MARKER = "fault-cell"
# With characters that are spelled otherwise in a URL and in JSON.
VENDOR_SECRET = "Canary-Vendor/Secret+1="
CHOSEN_ID = "ChosenKey0000001"
CHOSEN_SECRET = "Chosen/Secret+1=0001"
USER_PASSWORD = "Canary-Pass/1+%"
SOMEBODYS = "by-somebody"


class Call(NamedTuple):
    """A call of a task, as a failure tells of it: the API operation, what is attempted, and what names the object."""

    action: str
    doing: str
    names: str


@dataclass(frozen=True)
class Step:
    """A task, and the call of it that a fault hits: the first one of its action after so many others.

    first: the first call of the task, where that is another one.
    """

    options: Options
    call: Call
    first: Call | None = None
    after: int = 0

    @property
    def action(self) -> str:
        return self.call.action


@dataclass(frozen=True)
class Object:
    """One kind of object.

    name: for cells. title: for the page. steps: by operation; what an object has not is in missing, with the reason.
    target: the id of the object that is changed and deleted. wanted: its attribute after the change.
    names_by: the options that name an object. create_action: the call that makes one.
    somebody_creates, somebody_deletes, somebody_updates: what another user does meanwhile; the last writes SOMEBODYS into
    another attribute than the tasks change. secrets: in the options of the tasks. like: another object, to which the same
    happens. jobs: the calls that are about a job, whose id the task has chosen.
    """

    name: str
    title: str
    module: str
    cloud: str
    signing: Options
    steps: Mapping[str, Step]
    target: str
    wanted: str
    view: Callable[[Mapping[str, Any]], View]
    create_action: str
    names_by: Callable[[Mapping[str, Any]], Options]
    somebody_creates: Callable[[str], None]
    somebody_deletes: Callable[[str, str], None]
    somebody_updates: Callable[[str], None] | None = None
    yields_secret: bool = True
    missing: Mapping[str, str] = field(default_factory=dict)
    like: str = ""
    secrets: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()

    def creates(self, operation: str) -> bool:
        """Whether the task of an operation makes an object."""
        made, options = self.steps[CREATE].options, self.steps[operation].options
        return operation == CREATE or (operation == POLL and options.keys() >= made.keys())

    def is_done(self, operation: str, view: View) -> bool:
        """Whether an operation has had its effect."""
        if self.creates(operation):
            return len(self.marked(view)) == 1
        if operation == DELETE:
            return self.target not in view
        return operation == READ or view.get(self.target, ("", ""))[1] == self.wanted

    def marked(self, view: View) -> list[str]:
        """The ids of the objects with the marker of the tasks."""
        return [name for name, (marker, _attribute) in view.items() if marker == MARKER]


def _cam_keys(state: Mapping[str, Any]) -> View:
    return {
        key["access_key_id"]: (key["description"], key["status"].lower())
        for user in state["users"]
        for key in user["keys"]
    }


def _cam_users(state: Mapping[str, Any]) -> View:
    return {user["name"]: (user["name"], user["remark"]) for user in state["users"]}


def _huawei_keys(state: Mapping[str, Any]) -> View:
    return {key["access"]: (key["description"], key["status"]) for user in state["users"] for key in user["keys"]}


def _entries(state: Mapping[str, Any]) -> View:
    return {str(entry["auth_id"]): (entry["alias"], str(entry["status"])) for entry in state["entries"]}


def _zstack_keys(state: Mapping[str, Any]) -> View:
    return {
        key["uuid"]: (key["description"], key["state"].lower())
        for account in state["accounts"]
        for key in account["keys"]
    }


def _good(body: Mapping[str, Any]) -> None:
    if "Error" in body:
        raise ValueError(body)


def _cam(action: str, **parameters: Any) -> Callable[..., None]:
    return lambda url, *_target: _good(tencent.Client(url).call(action, parameters))


_KEY = {"allow_unregistered_secret": True, "description": MARKER}
_BOB = {"target_uin": tencent.UIN["bob"], "access_key_id": tencent.BOB[0]}
_LISTS_BOBS, _LISTS_CAROLS = (
    Call("ListAccessKeys", "list the access keys of", str(tencent.UIN[name])) for name in ("bob", "carol")
)
CAM_KEY = Object(
    name="cam_key",
    title="Tencent key",
    module="cam_access_key",
    cloud="tencent",
    signing={"api_secret_id": tencent.ROOT[0], "api_secret_key": tencent.ROOT[1]},
    steps={
        READ: Step({**_BOB, "status": "active"}, _LISTS_BOBS),
        CREATE: Step(
            {**_KEY, "target_uin": tencent.UIN["carol"]}, Call("CreateAccessKey", "create", MARKER), _LISTS_CAROLS
        ),
        UPDATE: Step(
            {**_BOB, "status": "inactive"},
            Call("UpdateAccessKey", "change the status of", tencent.BOB[0]),
            _LISTS_BOBS,
        ),
        DELETE: Step({**_BOB, "state": "absent"}, Call("DeleteAccessKey", "delete", tencent.BOB[0]), _LISTS_BOBS),
    },
    missing={POLL: "the reply to a change is proof, nothing is asked for again"},
    target=tencent.BOB[0],
    wanted="inactive",
    view=_cam_keys,
    create_action="CreateAccessKey",
    names_by=lambda key: {"access_key_id": key["id"], "target_uin": tencent.UIN["carol"]},
    somebody_creates=_cam("CreateAccessKey", TargetUin=tencent.UIN["carol"], Description=MARKER),
    somebody_deletes=_cam("DeleteAccessKey", TargetUin=tencent.UIN["bob"], AccessKeyId=tencent.BOB[0]),
)

_READS_CAROL = Call("GetUser", "read", "carol")
CAM_USER = Object(
    name="cam_user",
    title="Tencent user",
    module="cam_user",
    cloud="tencent",
    signing=CAM_KEY.signing,
    steps={
        READ: Step({"name": "carol", "remark": ""}, _READS_CAROL),
        CREATE: Step(
            {"name": MARKER, "remark": "made", "console_login": True, "password": USER_PASSWORD},
            Call("AddUser", "create", MARKER),
            Call("GetUser", "read", MARKER),
        ),
        UPDATE: Step({"name": "carol", "remark": "changed"}, Call("UpdateUser", "change", "carol"), _READS_CAROL),
        DELETE: Step({"name": "carol", "state": "absent"}, Call("DeleteUser", "delete", "carol"), _READS_CAROL),
    },
    missing={POLL: "the reply to a change is proof, nothing is asked for again"},
    target="carol",
    wanted="changed",
    view=_cam_users,
    create_action="AddUser",
    names_by=lambda user: {"name": user["name"]},
    somebody_creates=_cam("AddUser", Name=MARKER),
    somebody_deletes=_cam("DeleteUser", Name="carol"),
    somebody_updates=_cam("UpdateUser", Name="carol", Email=f"{SOMEBODYS}@example.com"),
    yields_secret=False,
    secrets=(USER_PASSWORD,),
)


def _huawei_creates(url: str) -> None:
    body = {"credential": {"user_id": huawei.ID["carol"], "description": MARKER}}
    huawei.HuaweiClient(url).call("POST", huawei.KEYS, body)


def _huawei_deletes(url: str, target: str) -> None:
    huawei.HuaweiClient(url).call("DELETE", f"{huawei.KEYS}/{target}")


def _huawei_updates(url: str) -> None:
    huawei.HuaweiClient(url).call("PUT", f"{huawei.KEYS}/{huawei.BOB[0]}", {"credential": {"description": SOMEBODYS}})


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
    signing={"api_access_key": huawei.ROOT[0], "api_secret_key": huawei.ROOT[1]},
    steps={
        READ: Step({**_BOB, "status": "active"}, _LISTS_BOBS),
        CREATE: Step(
            {**_KEY, "user_id": huawei.ID["carol"]}, Call("CreatePermanentAccessKey", "create", MARKER), _LISTS_CAROLS
        ),
        UPDATE: Step(_INACTIVE, Call("UpdatePermanentAccessKey", "change", huawei.BOB[0]), _LISTS_BOBS),
        DELETE: Step(
            {**_BOB, "state": "absent"}, Call("DeletePermanentAccessKey", "delete", huawei.BOB[0]), _LISTS_BOBS
        ),
        # The reply to the change of a description does not show it.
        POLL: Step(
            {**_INACTIVE, "description": "polled"},
            Call("ShowPermanentAccessKey", "read", huawei.BOB[0]),
            _LISTS_BOBS,
        ),
    },
    target=huawei.BOB[0],
    wanted="inactive",
    view=_huawei_keys,
    create_action="CreatePermanentAccessKey",
    names_by=lambda key: {"access_key": key["id"], "user_id": huawei.ID["carol"]},
    somebody_creates=_huawei_creates,
    somebody_deletes=_huawei_deletes,
    somebody_updates=_huawei_updates,
)


def _sas(url: str, action: str, **parameters: Any) -> None:
    code = alibaba.Client(url).code(action, parameters)
    if code not in (None, "200"):
        raise ValueError(code)


def _sas_creates(url: str) -> None:
    _sas(url, alibaba.ADD, **alibaba.NEW, VendorAuthAlias=MARKER, AuthModules=["HOST"])


def _sas_deletes(url: str, target: str) -> None:
    _sas(url, alibaba.DELETE, AuthId=target)


def _sas_updates(url: str) -> None:
    _sas(url, alibaba.MODIFY, AuthIds=_ENTRY["auth_id"], VendorAuthAlias=SOMEBODYS)


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
    signing={"api_access_key_id": alibaba.ROOT[0], "api_access_key_secret": alibaba.ROOT[1]},
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
    names_by=lambda entry: {"auth_id": entry["id"]},
    somebody_creates=_sas_creates,
    somebody_deletes=_sas_deletes,
    somebody_updates=_sas_updates,
    yields_secret=False,
    secrets=(VENDOR_SECRET,),
)


def _zstack_creates(url: str, **chosen: str) -> None:
    uuid = zstack.ACCOUNT["carol"]
    params = {"accountUuid": uuid, "userUuid": uuid, "description": MARKER, **chosen}
    zstack.Client(url).finish("POST", "/v1/accesskeys", {"params": params}).raise_for_status()


def _zstack_deletes(url: str, target: str) -> None:
    zstack.Client(url).finish("DELETE", f"/v1/accesskeys/{target}").raise_for_status()


_BOBS_KEY = zstack.KEY_UUID["bob"]
_BOB = {"uuid": _BOBS_KEY}
_NEW_KEY = {**_KEY, "account_uuid": zstack.ACCOUNT["carol"], "wait_timeout": 4}
_READS_BOBS = Call("QueryAccessKey", "read", _BOBS_KEY)
_LISTS_CAROLS = Call("QueryAccessKey", "list the access keys of", zstack.ACCOUNT["carol"])
ZSTACK_KEY = Object(
    name="zstack_key",
    title="ZStack key",
    module="zstack_accesskey",
    cloud="zstack",
    signing={"api_access_key_id": zstack.ADMIN[0], "api_access_key_secret": zstack.ADMIN[1]},
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
    names_by=lambda key: {"uuid": key["id"]},
    somebody_creates=_zstack_creates,
    somebody_deletes=_zstack_deletes,
    jobs=("CreateAccessKey", "ChangeAccessKeyState", "DeleteAccessKey", "QueryJob"),
)


def _chosen_keys(state: Mapping[str, Any]) -> View:
    """What marks such a key is its ID."""
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
    missing=dict.fromkeys((READ, UPDATE, DELETE), "as of every key of ZStack"),
    view=_chosen_keys,
    somebody_creates=partial(_zstack_creates, AccessKeyID=CHOSEN_ID, AccessKeySecret="Canary-Somebodys-Secret-1"),
    yields_secret=False,
    secrets=(CHOSEN_SECRET,),
    like="zstack_key",
)

OBJECTS = {each.name: each for each in (CAM_KEY, CAM_USER, HUAWEI_KEY, SAS_ENTRY, ZSTACK_KEY, ZSTACK_CHOSEN)}
