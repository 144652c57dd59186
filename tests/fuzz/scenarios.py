# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that together make every call that our modules make, on the objects of the emulator's example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicloud.iam.plugins.plugin_utils import _in_process
from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack
from ansible_collections.multicloud.iam.tests.support.modules import load_module, run_in_worker

Result = dict[str, Any]

CLOUD_OF = {
    "cam_access_key": "tencent",
    "cam_access_key_info": "tencent",
    "cam_user": "tencent",
    "cam_user_info": "tencent",
    "iam_credential": "huawei",
    "iam_credential_info": "huawei",
    "sas_vendor_ak": "alibaba",
    "sas_vendor_ak_info": "alibaba",
    "zstack_accesskey": "zstack",
    "zstack_accesskey_info": "zstack",
}
_SIGNING: Mapping[str, Mapping[str, Any]] = {
    "tencent": {"api_secret_id": tencent.ROOT[0], "api_secret_key": tencent.ROOT[1]},
    "huawei": {"api_access_key": huawei.ROOT[0], "api_secret_key": huawei.ROOT[1]},
    "alibaba": {"api_access_key_id": alibaba.ROOT[0], "api_access_key_secret": alibaba.ROOT[1]},
    "zstack": {
        "api_access_key_id": zstack.ADMIN[0],
        "api_access_key_secret": zstack.ADMIN[1],
        "api_timezone": "Asia/Shanghai",
    },
}
# Nobody really waits, but each repeat is a call.
_REACHING = {"api_timeout": 5, "api_retries": 2}
_WAITING = {"wait_timeout": 10}


@dataclass(frozen=True)
class Scenario:
    """A task. given: its options; those that are None take away one that signs."""

    module: str
    title: str
    given: Mapping[str, Any]

    @property
    def cloud(self) -> str:
        """The cloud that its module is for."""
        return CLOUD_OF[self.module]

    @property
    def secrets(self) -> set[str]:
        """The secrets among its options."""
        spec = load_module(self.module).argument_spec
        return {str(value) for name, value in self.options("").items() if spec.get(name, {}).get("no_log")}

    def options(self, url: str) -> dict[str, Any]:
        """All options of the task."""
        waiting = _WAITING if "wait_timeout" in load_module(self.module).argument_spec else {}
        options = {"api_endpoint": url, **_REACHING, **waiting, **_SIGNING[self.cloud], **self.given}
        return {name: value for name, value in options.items() if value is not None}

    def run(self, url: str, *, check_mode: bool = False) -> Result:
        """The result of the task."""
        return run(self.module, self.options(url), check_mode=check_mode)

    def __repr__(self) -> str:
        return f"{self.module}: {self.title}"


def run(module: str, options: Mapping[str, Any], *, check_mode: bool = False) -> Result:
    """The result of a module in the worker, none of which is of an earlier task."""
    _in_process._kept.clear()
    return run_in_worker(module, options, check_mode)


_SAVED = {"allow_unregistered_secret": True}
_VENDOR_KEY = {
    "vendor": "AWS",
    "ak_type": "sub",
    "secret_id": "AKIAFUZZ000000000001",
    "secret_key": "Fuzz-Vendor/Secret+1=",
    "domain": "global",
    "auth_modules": ["HOST", "CSPM"],
    "regions": ["us-east-1"],
}
_UIN = {name: str(uin) for name, uin in tencent.UIN.items()}
_BY_PASSWORD = {
    "api_access_key_id": None,
    "api_access_key_secret": None,
    "api_account_name": "admin",
    "api_password": "password",
}

_TASKS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "cam_access_key": {
        "create": {"target_uin": _UIN["carol"], "description": "fuzz", **_SAVED},
        "create inactive by name": {"user_name": "carol", "description": "fuzz", "status": "inactive", **_SAVED},
        "no room": {"target_uin": _UIN["alice"], "description": "third", **_SAVED},
        "disable the only one": {"target_uin": _UIN["bob"], "status": "inactive"},
        "nothing to do": {
            "user_name": "alice",
            "description": "ci-deploy",
            "status": "active",
            "api_expected_account": _UIN["root"],
        },
        "delete": {"user_name": "alice", "access_key_id": tencent.ALICE_INACTIVE[0], "state": "absent"},
        "delete what is not there": {"target_uin": _UIN["carol"], "access_key_id": tencent.BOB[0], "state": "absent"},
    },
    "cam_user": {
        "create": {
            "name": "fuzz",
            "remark": "made",
            "console_login": True,
            "password": "Fuzz-Password-1",
            "phone_num": "13900000009",
            "country_code": "86",
            "email": "fuzz@example.com",
        },
        "change": {"name": "bob", "remark": "changed", "email": ""},
        "nothing to do": {"name": "alice", "remark": "Release engineering", "email": "alice@example.com"},
        "delete": {"name": "carol", "state": "absent"},
        "delete with keys": {"name": "bob", "state": "absent", "force": True},
        "delete what is not there": {"name": "nobody", "state": "absent"},
    },
    "cam_access_key_info": {
        "own": {},
        "some": {"target_uins": [_UIN["alice"]], "user_names": ["bob"]},
        "all": {"all_users": True},
    },
    "cam_user_info": {"all": {}, "some": {"names": ["alice", "nobody"]}},
    "iam_credential": {
        "create": {"user_id": huawei.ID["carol"], "description": "fuzz", **_SAVED},
        "create inactive by name": {"user_name": "carol", "description": "fuzz", "status": "inactive", **_SAVED},
        "no room": {"user_id": huawei.ID["alice"], "description": "third", **_SAVED},
        "change": {
            "user_id": huawei.ID["bob"],
            "access_key": huawei.BOB[0],
            "status": "inactive",
            "description": "changed",
        },
        "change by id alone": {"access_key": huawei.BOB[0], "status": "inactive"},
        "nothing to do": {
            "user_name": "alice",
            "description": "ci-deploy",
            "status": "active",
            "api_expected_account": huawei.DOMAIN,
        },
        "create for the caller by token": {
            "api_access_key": None,
            "api_secret_key": None,
            "api_auth_token": huawei.ROOT_TOKEN,
            "description": "fuzz",
            **_SAVED,
        },
        "delete": {"user_id": huawei.ID["alice"], "access_key": huawei.ALICE_INACTIVE[0], "state": "absent"},
        "delete by id alone": {"access_key": huawei.ALICE_INACTIVE[0], "state": "absent"},
        "delete what is not there": {"access_key": "HSTNOTTHERE000000001", "state": "absent"},
    },
    "iam_credential_info": {
        "own": {},
        "some": {"user_ids": [huawei.ID["alice"]], "user_names": ["bob"]},
        "all": {"all_users": True},
    },
    "sas_vendor_ak": {
        "create": {"vendor_auth_alias": "fuzz", **_VENDOR_KEY, "wait": True},
        "create inactive": {**_VENDOR_KEY, "status": "inactive"},
        "change": {
            "vendor_auth_alias": "aws-prod",
            "vendor": "AWS",
            "domain": "global",
            "status": "inactive",
            "auth_modules": ["HOST"],
        },
        "send another secret": {"auth_id": "2832", **_VENDOR_KEY, "update_secret": "always", "wait": True},
        "nothing to do": {
            "vendor": "Tencent",
            "secret_id": "AKIDEmulatorTencent00000000000000001",
            "status": "active",
            "api_expected_account": alibaba.ACCOUNT,
        },
        "delete": {"auth_id": "2834", "state": "absent"},
        "delete what is not there": {"auth_id": "99", "state": "absent"},
    },
    "sas_vendor_ak_info": {
        "all": {},
        "of a vendor": {"vendor": "AWS", "regions_of": "AWS", "supported_modules": True},
    },
    "zstack_accesskey": {
        "create": {"account_uuid": zstack.ACCOUNT["carol"], "description": "fuzz", **_SAVED},
        "create inactive by name": {"account_name": "carol", "description": "fuzz", "status": "inactive", **_SAVED},
        "create with an id and a secret": {
            "account_uuid": zstack.ACCOUNT["carol"],
            "access_key_id": "FuzzKey0000000000001",
            "access_key_secret": "FuzzSecret00000000000000000000000000001",
        },
        "create by password": {**_BY_PASSWORD, "account_name": "carol", "description": "fuzz", **_SAVED},
        "no room": {"account_uuid": zstack.ACCOUNT["alice"], "description": "third", **_SAVED},
        "disable": {"uuid": zstack.KEY_UUID["bob"], "status": "inactive"},
        "nothing to do": {
            "account_name": "alice",
            "description": "ci-deploy",
            "status": "active",
            "api_expected_account": zstack.ACCOUNT["admin"],
        },
        "nothing to do by id and secret": {"access_key_id": zstack.ALICE[0], "access_key_secret": zstack.ALICE[1]},
        "delete": {"uuid": zstack.KEY_UUID["alice disabled"], "state": "absent"},
        "delete by marker": {
            "account_uuid": zstack.ACCOUNT["alice"],
            "description": "ci-deploy-old",
            "state": "absent",
        },
        "delete what is not there": {"uuid": zstack.UNKNOWN_UUID, "state": "absent"},
    },
    "zstack_accesskey_info": {
        "own": {},
        "some": {"account_uuids": [zstack.ACCOUNT["alice"], zstack.ACCOUNT["carol"]], "account_names": ["bob"]},
        "all": {"all_users": True},
    },
}

SCENARIOS = [Scenario(module, title, given) for module, tasks in _TASKS.items() for title, given in tasks.items()]
