# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the other modes, rate limits, and the faults in ZStack's own envelopes."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.zstack import (
    ACCOUNT,
    ADMIN,
    BOB,
    EXPIRED_SESSION,
    KEY_UUID,
    SESSION,
    Client,
)

KEYS = "/v1/accesskeys"
CREATE = {"params": {"accountUuid": ACCOUNT["carol"], "userUuid": ACCOUNT["carol"]}}


def test_masked_secrets(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", mask_secrets=True)
    assert admin.create("carol")["AccessKeySecret"] == "*****"
    assert {key["AccessKeySecret"] for key in admin.listed()} == {"*****"}
    assert len(admin.listed(f"AccessKeySecret={BOB[1]}")) == 1


def test_secrets_that_queries_do_not_tell(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", omit_secret_in_query=True)
    assert len(admin.create("carol")["AccessKeySecret"]) == 40
    assert not any("AccessKeySecret" in key for key in admin.listed())
    assert not any("AccessKeySecret" in key for key in admin.call("GET", f"{KEYS}/{KEY_UUID['bob']}")["inventories"])


def test_stored_results_of_jobs(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", stored_job_results_lack_secret=True)
    made = admin.create("carol")
    assert "AccessKeySecret" not in made
    assert len(admin.listed(f"uuid={made['uuid']}")[0]["AccessKeySecret"]) == 40


def test_creations_for_others(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", create_checks_owner=True)
    bob = replace(admin, key=BOB)
    uuid = ACCOUNT["bob"]
    assert bob.details("POST", KEYS, CREATE) == (
        "SYS.1007",
        f"no pemission to do the operation for [accountUuid:{uuid}, userUuid:{uuid}]",
    )
    assert bob.create("bob")["accountUuid"] == uuid
    assert admin.create("carol")["accountUuid"] == ACCOUNT["carol"]


def test_ids_whose_case_matters(emulator: Emulator, admin: Client) -> None:
    lower = replace(admin, key=(ADMIN[0].lower(), ADMIN[1]))
    assert lower.send("GET", KEYS).status_code == 200
    emulator.modes("zstack", case_insensitive_ids=False)
    assert lower.send("GET", KEYS).status_code == 403
    assert admin.listed(f"AccessKeyID={BOB[0].lower()}") == []
    assert admin.listed("description~=CI%") == []


def test_ids_that_are_unique(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", duplicate_access_key_id=False)
    body = {"params": {**CREATE["params"], "AccessKeyID": BOB[0], "AccessKeySecret": "Another-Secret-0001"}}
    error = admin.details("POST", KEYS, body)
    assert error is not None
    assert error[0] == "SYS.1000"


def test_other_limits(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", max_keys=1)
    assert [admin.details("POST", KEYS, CREATE) is None for _unused in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("mode", "code", "field"),
    [
        ("absent", "ID.1001", None),
        ("field", "ID.1001", "ORG_ZSTACK_IDENTITY_10020"),
        ("code", "ORG_ZSTACK_IDENTITY_10020", None),
    ],
)
def test_global_error_codes(emulator: Emulator, admin: Client, mode: str, code: str, field: str | None) -> None:
    emulator.modes("zstack", global_error_code=mode)
    expired = replace(admin, session_uuid=EXPIRED_SESSION)
    for method, path in (("GET", KEYS), ("DELETE", f"{KEYS}/{KEY_UUID['bob']}")):
        error = expired.call(method, path)["error"]
        assert (error["code"], error.get("globalErrorCode")) == (code, field)


def test_keys_may_have_a_type(emulator: Emulator, admin: Client) -> None:
    assert "type" not in admin.listed()[0]
    emulator.modes("zstack", inventory_type=True)
    assert all("type" in key for key in admin.listed())


def test_a_build_without_access_keys(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", access_key_module=False)
    assert admin.text("GET", "/v1/accounts") == (500, "")
    session = replace(admin, session_uuid=SESSION)
    assert session.send("GET", "/v1/accounts").status_code == 200
    assert session.text("GET", KEYS) == (404, f"no api mapping to {KEYS}")


def test_content_type(emulator: Emulator, admin: Client) -> None:
    for path in (KEYS, "/v1/nothing"):
        assert "Content-Type" not in admin.send("GET", path).headers
    emulator.modes("zstack", content_type="application/json;charset=utf-8")
    assert admin.send("GET", KEYS).headers["Content-Type"] == "application/json;charset=utf-8"
    assert admin.send("GET", "/v1/nothing").headers["Content-Type"] == "text/plain;charset=utf-8"


def test_late_visibility(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", visibility_delay_seconds=1.0)
    made = admin.create("carol")
    new_key = replace(admin, key=(made["AccessKeyID"], made["AccessKeySecret"]))
    assert admin.listed(f"uuid={made['uuid']}") == []
    assert new_key.send("GET", KEYS).status_code == 403
    assert admin.change(made["uuid"], "disable")["error"]["code"] == "SYS.1003"
    assert admin.call("DELETE", f"{KEYS}/{made['uuid']}") == {}
    time.sleep(1.1)
    assert admin.listed(f"uuid={made['uuid']}") == [made]
    assert new_key.send("GET", KEYS).status_code == 200
    assert admin.change(made["uuid"], "disable")["inventory"]["state"] == "Disabled"


def test_rate_limits(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", rate_limits=True, requests_per_minute=3)
    while time.time() % 60 > 55:  # all calls must be in one minute
        time.sleep(1)
    assert [admin.send("GET", KEYS).status_code for _unused in range(3)] == [200] * 3
    assert admin.text("GET", KEYS) == (429, "Rate limit exceeded")
    assert replace(admin, key=None).text("PUT", "/v1/login", {}) == (429, "Rate limit exceeded")
    assert emulator.journal()[-1]["code"] == "429"
    emulator.modes("zstack", rate_limits=False)
    assert admin.send("GET", KEYS).status_code == 200


@pytest.mark.parametrize(
    "modes",
    [
        {"product": "other"},
        {"timezone": "Nowhere/City"},
        {"timezone": "+99:00"},
        {"timezone": "../etc"},
        {"timezone": 8},
        {"date_parser": "both"},
        {"job_delay_seconds": "1"},
        {"max_keys": "2"},
        {"unknown": 1},
    ],
)
def test_senseless_modes_are_refused(emulator: Emulator, modes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="400"):
        emulator.modes("zstack", mask_secrets=True, **modes)
    assert emulator.control("POST", "modes", {})["zstack"]["mask_secrets"] is False


def test_throttling(emulator: Emulator, admin: Client) -> None:
    emulator.fault("throttle", "CreateAccessKey", cloud="zstack", times=1)
    assert admin.text("POST", KEYS, CREATE) == (429, "Rate limit exceeded")
    assert admin.create("carol")["state"] == "Enabled"


def test_errors(emulator: Emulator, admin: Client) -> None:
    emulator.fault("error", cloud="zstack", code="500", message="100 % broken", times=1)
    assert admin.text("GET", KEYS) == (500, "100 % broken")
    emulator.fault("error", cloud="zstack", code="SYS.1010", message="100 % busy", times=1)
    reply = admin.send("GET", KEYS)
    assert reply.status_code == 503
    assert reply.json()["error"] == {
        "code": "SYS.1010",
        "description": "The management server is not ready",
        "details": "100 % busy",
    }
    emulator.fault("error", "CreateAccessKey", cloud="zstack", code="SYS.1000", commit=True)
    assert admin.send("POST", KEYS, CREATE).status_code == 503
    assert len(admin.listed(f"accountUuid={ACCOUNT['carol']}")) == 1


def test_echoed_requests(emulator: Emulator, admin: Client) -> None:
    emulator.fault("echo_request", cloud="zstack")
    status, text = admin.text("POST", KEYS, {"params": {"AccessKeySecret": "Echoed-Secret-0001"}})
    assert status == 403
    assert "Echoed-Secret-0001" in text
    assert f"Authorization: ZStack {ADMIN[0]}:" in text


def test_null_fields(emulator: Emulator, admin: Client) -> None:
    emulator.fault("null_field", "QueryAccessKey", cloud="zstack", field="state", times=1)
    assert {key["state"] for key in admin.listed()} == {None}
    emulator.fault("null_field", "QueryJob", cloud="zstack", field="AccessKeySecret", drop=True, times=1)
    assert "AccessKeySecret" not in admin.create("carol")
    # Plain text has no fields.
    emulator.fault("null_field", cloud="zstack", field="state", times=1)
    assert admin.text("GET", "/v1/nothing") == (404, "no api mapping to /v1/nothing")
