# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what holds for the objects of every cloud and is not a cell of the fault matrix."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.faults.objects import CREATE, DELETE, UPDATE, Object
from ansible_collections.multicloud.iam.tests.faults.table import FAULTS, OBJECTS
from ansible_collections.multicloud.iam.tests.support.alibaba import ENTRY, listing
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner
from ansible_collections.multicloud.iam.tests.support.relay import Relay
from ansible_collections.multicloud.iam.tests.tooling import canary

Spec = dict[str, Any]
Specs = Mapping[str, list[Spec]]

# Users have no status.
THINGS = {name: thing for name, thing in OBJECTS.items() if not thing.like and name != "cam_user"}
DENIED = {spec["cloud"]: spec for fault in FAULTS if fault.name == "not_allowed" for spec in fault.call}

of_every_object = pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)


def of_each(specs: Specs) -> pytest.MarkDecorator:
    """Parametrise a test with the faults of each object."""
    return pytest.mark.parametrize(
        ("thing", "spec"),
        [
            pytest.param(THINGS[name], spec, id="-".join([name, *map(str, spec.values())])[:90])
            for name, rows in specs.items()
            for spec in rows
        ],
    )


def fault(emulator: Emulator, thing: Object, spec: Mapping[str, Any], operation: str) -> None:
    """Arm a fault for the call of an operation."""
    emulator.faults([{"cloud": thing.cloud, "action": thing.steps[operation].action, **spec}])


def deny(emulator: Emulator, thing: Object, *operations: str) -> None:
    for operation in operations:
        fault(emulator, thing, DENIED[thing.cloud], operation)


def run(emulator: Emulator, thing: Object, operation: str, **more: Any) -> Result:
    """Run the task of an operation."""
    runner = Runner(emulator, thing.module, thing.signing, thing.secrets)
    return runner(**{**thing.steps[operation].options, **more})


def ids(emulator: Emulator, thing: Object) -> set[str]:
    return set(thing.view(emulator.state(thing.cloud)))


def writes(emulator: Emulator) -> list[str]:
    return [call["action"] for call in emulator.journal() if call["write"]]


def assert_quiet(text: str, emulator: Emulator, thing: Object) -> None:
    """Check that a text shows no secret that the task or the emulator knows."""
    for secret in {*emulator.secrets(), *thing.secrets, "Authorization", "Signature", "SecretKey"}:
        if len(secret) >= canary.SHORTEST:
            assert not [form for form in canary.forms(secret) if form in text.encode()]


# --- creations ---


@of_every_object
def test_a_new_object_that_cannot_be_disabled_is_deleted_again(emulator: Emulator, thing: Object) -> None:
    before = ids(emulator, thing)
    deny(emulator, thing, UPDATE)
    result = run(emulator, thing, CREATE, status="inactive")
    assert "which had just been created, was deleted again" in result["msg"]
    assert writes(emulator) == [thing.steps[operation].action for operation in (CREATE, UPDATE, DELETE)]
    assert ids(emulator, thing) == before


@of_every_object
def test_a_new_object_that_cannot_even_be_deleted_is_handed_over(emulator: Emulator, thing: Object) -> None:
    before = ids(emulator, thing)
    deny(emulator, thing, UPDATE, DELETE)
    result = run(emulator, thing, CREATE, status="inactive")
    (made,) = ids(emulator, thing) - before
    assert (result["failed"], result["changed"], result["left_over"]["id"]) == (True, True, made)
    assert made in result["msg"]
    if thing.yields_secret:
        assert result["secret"] in emulator.secrets()


PROCESSED = {"commit": True}
NOT_FOUND = {"fault": "status", "status": 404, **PROCESSED}
# Those that every cloud can send are in the fault matrix.
LOST: Specs = {
    "cam_key": [
        NOT_FOUND,
        {"fault": "status", "status": 409, **PROCESSED},
        {"fault": "null_field", "field": "AccessKey"},
        {"fault": "null_field", "field": "AccessKeyId"},
        {"fault": "null_field", "field": "RequestId", "drop": True},
    ],
    "huawei_key": [
        NOT_FOUND,
        {"fault": "wrong_type", "body": {"credential": []}, **PROCESSED},
        {"fault": "null_field", "field": "credential"},
        {"fault": "null_field", "field": "access", "drop": True},
    ],
    "sas_entry": [
        NOT_FOUND,
        {"fault": "error", "code": "SignatureNonceUsed", "message": "seen", **PROCESSED},
        {"fault": "null_field", "field": "Data"},
        {"fault": "null_field", "field": "AuthId"},
        {"fault": "null_field", "field": "Status", "drop": True},
        {"fault": "null_field", "field": "RequestId", "drop": True},
    ],
}
SECRETS: Specs = {
    "cam_key": [{"fault": "null_field", "field": "SecretAccessKey"}],
    "huawei_key": [{"fault": "null_field", "field": "secret"}],
}


def assert_named(emulator: Emulator, thing: Object, result: Result, before: set[str]) -> None:
    """Check that a creation was sent once, and that its result names what appeared."""
    (made,) = ids(emulator, thing) - before
    step = thing.steps[CREATE]
    first = step.first or step.call
    assert emulator.actions() == [first.action, first.action, step.action, first.action]
    assert result["failed"]
    assert f"{made} appeared" in result["msg"]
    assert [key["id"] for key in result["appeared"]] == [made]
    assert "secret" not in result


@of_each(LOST)
def test_a_creation_whose_reply_is_lost_is_named_and_never_repeated(
    emulator: Emulator, thing: Object, spec: Spec
) -> None:
    before = ids(emulator, thing)
    fault(emulator, thing, spec, CREATE)
    assert_named(emulator, thing, run(emulator, thing, CREATE), before)


@of_each(SECRETS)
def test_a_creation_without_a_secret_in_its_reply_is_named_and_left_alone(
    emulator: Emulator, thing: Object, spec: Spec
) -> None:
    before = ids(emulator, thing)
    fault(emulator, thing, spec, CREATE)
    result = run(emulator, thing, CREATE)
    assert_named(emulator, thing, result, before)
    assert "the reply carries no secret" in result["msg"]
    assert (result["error"]["api_operation"], result["error"]["retryable"]) == (thing.create_action, False)


ODD_FIELDS: Specs = {
    "cam_key": [{"fault": "null_field", "field": field} for field in ("Status", "CreateTime")],
    "huawei_key": [
        {"fault": "null_field", "field": field} for field in ("status", "create_time", "user_id", "description")
    ],
}


@of_each(ODD_FIELDS)
def test_an_odd_field_in_the_reply_to_a_creation_loses_nothing(emulator: Emulator, thing: Object, spec: Spec) -> None:
    fault(emulator, thing, spec, CREATE)
    result = run(emulator, thing, CREATE)
    assert result["changed"]
    assert result["secret"] in emulator.secrets()
    assert result["access_key"]["status"] == "active"
    assert result["access_key"]["owner"] in map(str, thing.steps[CREATE].options.values())


# --- replies ---

CUT = {"fault": "truncated", "keep_length": False}
EVERYWHERE: list[tuple[Spec, str]] = [
    (CUT, "not JSON"),
    ({"fault": "html", "status": 200}, "not JSON"),
    ({"fault": "empty"}, "it is empty"),
    ({"fault": "wrong_type", "body": []}, "not a JSON object"),
    *(({"fault": "status", "status": status}, f"HTTP status {status}") for status in (401, 403, 404)),
    *(({"fault": "redirect", "location": "http://10.0.0.9/", "status": status}, "redirects to 10.0.0.9")
      for status in (301, 302, 307, 308)),
]  # fmt: skip


def cam(**response: Any) -> Spec:
    return {"fault": "wrong_type", "body": {"Response": response}}


def huawei(**body: Any) -> Spec:
    return {"fault": "wrong_type", "body": body}


def sas(*items: Any, **changes: Any) -> Spec:
    return {"fault": "wrong_type", "body": listing(*items, **changes)}


zstack = huawei
OWN: dict[str, list[tuple[Spec, str]]] = {
    "cam_key": [
        ({"fault": "wrong_type", "body": {"Response": []}}, "Response is of another type"),
        (cam(RequestId="1"), "AccessKeys is missing"),
        (cam(AccessKeys={}, RequestId="1"), "is of another type"),
        (cam(AccessKeys=[1], RequestId="1"), "while reading"),
        (cam(AccessKeys=[{}], RequestId="1"), "AccessKeyId is missing"),
        (cam(Error="no", RequestId="1"), "Error is of another type"),
        ({"fault": "null_field", "field": "RequestId"}, "RequestId is missing"),
    ],
    "huawei_key": [
        (huawei(), "credentials is missing"),
        (huawei(credentials={}), "credentials is of another type"),
        (huawei(credentials=[1]), "not a JSON object"),
        (huawei(credentials=[{"status": "odd"}]), "access is missing"),
        ({"fault": "null_field", "field": "access"}, "access is missing"),
        ({"fault": "null_field", "field": "user_id", "drop": True}, "user_id is missing"),
        ({"fault": "status", "status": 204}, "not a JSON object"),
    ],
    "sas_entry": [
        ({"fault": "wrong_type", "body": {"RequestId": "1"}}, "PageInfo is missing"),
        (sas(RequestId=None), "RequestId is missing"),
        (sas(PageInfo={}), "TotalCount is missing"),
        (sas(PageInfo={"TotalCount": "1"}), "TotalCount is of another type"),
        (sas(CloudVendorAccountAKs={}), "CloudVendorAccountAKs is of another type"),
        (sas(ENTRY, CloudVendorAccountAKs=None), "as its Count says"),
        (sas(1), "not a JSON object"),
        (sas({**ENTRY, "AuthId": "2832"}), "AuthId is of another type"),
        (sas({**ENTRY, "AuthId": True}), "AuthId is of another type"),
        (sas({**ENTRY, "AuthId": 0}), "AuthId is not above 0"),
        (sas(Code="Odd", Message="odd"), "Odd: odd"),
        (sas(Success=False, Code="Odd"), "Odd: the API gives no text"),
        (sas(ENTRY, ENTRY), "the list changes while it is being read"),
        (sas(HttpStatusCode=500, Message="broken"), "broken"),
        ({"fault": "null_field", "field": "RequestId"}, "RequestId is missing"),
        ({"fault": "status", "status": 404, "body": '{"Code": null, "Message": "x"}'}, "HTTP status 404"),
        ({"fault": "status", "status": 400, "body": '{"Code": -101, "Message": ["x"]}'}, "-101: the API gives no text"),
        ({"fault": "status", "status": 201}, "HTTP status 201"),
    ],
    "zstack_key": [
        (zstack(), "inventories is missing"),
        (zstack(inventories={}, total=1), "inventories is of another type"),
        (zstack(inventories=[1], total=1), "not a JSON object"),
        (zstack(inventories=[]), "total is missing"),
        (zstack(inventories=[], total="0"), "total is of another type"),
        (zstack(inventories=[], total=3), "the list changed every time"),
        ({"fault": "status", "status": 202, "body": {}}, "accepted as a job"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("thing", "spec", "text"),
    [
        pytest.param(thing, spec, text, id=f"{name}-{spec}"[:100])
        for name, thing in THINGS.items()
        for spec, text in EVERYWHERE + OWN.get(name, [])
    ],
)
@pytest.mark.parametrize("operation", [UPDATE, DELETE])
def test_a_reply_that_the_api_does_not_promise_is_an_error(
    emulator: Emulator, thing: Object, operation: str, spec: Spec, text: str
) -> None:
    # ZStack reads all pages only when it looks for a marker.
    step = thing.steps[CREATE if thing.cloud == "zstack" else operation]
    first = step.first or step.call
    emulator.faults([{**spec, "cloud": thing.cloud, "action": first.action}])
    state = "absent" if operation == DELETE else "present"
    result = Runner(emulator, thing.module, thing.signing)(**{**step.options, "state": state, "api_retries": 0})
    assert result["failed"]
    assert text in result["msg"]
    assert first.names in result["msg"]
    assert set(emulator.actions()) == {first.action}


@of_every_object
def test_an_error_under_another_content_type_is_an_error(emulator: Emulator, thing: Object) -> None:
    emulator.fault("content_type", cloud=thing.cloud, value="text/plain")
    *_names, secret = thing.signing
    result = run(emulator, thing, UPDATE, **{secret: "wrong-" * 5})
    assert result["error"]["category"] == "authentication"


# --- logs ---


@of_every_object
def test_nothing_secret_is_logged_at_debug_level(
    emulator: Emulator, thing: Object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert run(emulator, thing, CREATE)["changed"]
    assert "POST" in caplog.text
    assert_quiet(caplog.text, emulator, thing)


@of_every_object
def test_an_odd_header_has_no_secret_logged(
    emulator: Emulator, thing: Object, caplog: pytest.LogCaptureFixture
) -> None:
    """urllib3 warns of the header, with the URL and a traceback that both may have secrets."""
    with Relay(emulator.port, alter=lambda reply: reply.replace(b"\r\n\r\n", b"\r\nodd line\r\n\r\n", 1)) as way:
        assert run(emulator, thing, CREATE, api_endpoint=way.url)["changed"]
    warnings = [record for record in caplog.records if "Failed to parse headers" in record.message]
    assert len(warnings) == len(emulator.journal())
    assert not [record for record in warnings if record.exc_info or record.exc_text]
    assert_quiet(caplog.text, emulator, thing)
