# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what holds for the objects of every cloud and is not a cell of the fault matrix."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._recorder import Recorder
from ansible_collections.multicloud.iam.tests.faults.objects import CREATE, DELETE, UPDATE, Object
from ansible_collections.multicloud.iam.tests.faults.table import FAULTS
from ansible_collections.multicloud.iam.tests.modules.cases import Replies, Spec
from ansible_collections.multicloud.iam.tests.support.clouds import parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner, run_module
from ansible_collections.multicloud.iam.tests.support.relay import Relay
from ansible_collections.multicloud.iam.tests.tooling import canary

# One for each cloud.
FIRST: dict[str, Object] = {cloud: part.OBJECTS[0] for cloud, part in parts("faults").items()}
THINGS = {thing.name: thing for thing in FIRST.values()}
REPLIES: dict[str, Replies] = {FIRST[cloud].name: part.REPLIES for cloud, part in parts("modules").items()}
DENIED = {spec["cloud"]: spec for fault in FAULTS if fault.name == "not_allowed" for spec in fault.call}

of_every_object = pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)


def of_each(which: str) -> pytest.MarkDecorator:
    """Parametrise a test with replies to each object."""
    return pytest.mark.parametrize(
        ("thing", "spec"),
        [
            pytest.param(THINGS[name], spec, id="-".join([name, *map(str, spec.values())])[:90])
            for name, replies in REPLIES.items()
            for spec in getattr(replies, which)
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
    assert "which had just been created, was deleted." in result["msg"]
    assert emulator.writes() == [thing.steps[operation].action for operation in (CREATE, UPDATE, DELETE)]
    assert ids(emulator, thing) == before


@of_every_object
def test_a_new_object_that_cannot_even_be_deleted_is_reported(emulator: Emulator, thing: Object) -> None:
    before = ids(emulator, thing)
    deny(emulator, thing, UPDATE, DELETE)
    result = run(emulator, thing, CREATE, status="inactive")
    (made,) = ids(emulator, thing) - before
    assert (result["failed"], result["changed"], result["left_over"]["id"]) == (True, True, made)
    assert made in result["msg"]
    if thing.yields_secret:
        assert result["secret"] in emulator.secrets()


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


@of_each("lost")
def test_a_creation_whose_reply_is_lost_is_named_and_never_repeated(
    emulator: Emulator, thing: Object, spec: Spec
) -> None:
    before = ids(emulator, thing)
    fault(emulator, thing, spec, CREATE)
    assert_named(emulator, thing, run(emulator, thing, CREATE), before)


@of_each("without_secret")
def test_a_creation_without_a_secret_in_its_reply_is_named_and_left_alone(
    emulator: Emulator, thing: Object, spec: Spec
) -> None:
    before = ids(emulator, thing)
    fault(emulator, thing, spec, CREATE)
    result = run(emulator, thing, CREATE)
    assert_named(emulator, thing, result, before)
    assert "the reply contains no secret" in result["msg"]
    assert (result["error"]["api_operation"], result["error"]["retryable"]) == (thing.create_action, False)


@of_each("odd_fields")
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


@pytest.mark.parametrize(
    ("thing", "spec", "text"),
    [
        pytest.param(thing, spec, text, id=f"{name}-{spec}"[:100])
        for name, thing in THINGS.items()
        for spec, text in [*EVERYWHERE, *REPLIES[name].broken]
    ],
)
@pytest.mark.parametrize("operation", [UPDATE, DELETE])
def test_a_reply_that_the_api_does_not_promise_is_an_error(
    emulator: Emulator, thing: Object, operation: str, spec: Spec, text: str
) -> None:
    # On ZStack, the task only reads all pages when it searches for a marker.
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
    """urllib3 warns about the header, with the URL and a traceback. Both may contain secrets."""
    with Relay(emulator.port, alter=lambda reply: reply.replace(b"\r\n\r\n", b"\r\nodd line\r\n\r\n", 1)) as way:
        assert run(emulator, thing, CREATE, api_endpoint=way.url)["changed"]
    warnings = [record for record in caplog.records if "Failed to parse headers" in record.message]
    assert len(warnings) == len(emulator.journal())
    assert not [record for record in warnings if record.exc_info or record.exc_text]
    assert_quiet(caplog.text, emulator, thing)


# --- records for the callback api_calls ---


@of_every_object
@pytest.mark.parametrize("is_denied", [False, True], ids=["allowed", "denied"])
def test_a_change_is_recorded_as_the_cloud_has_seen_it(emulator: Emulator, thing: Object, is_denied: bool) -> None:
    if is_denied:
        deny(emulator, thing, UPDATE)
    recorder = Recorder(None)
    result = run_module(
        thing.module,
        recorder=recorder,
        **{"api_endpoint": emulator.url, **thing.signing, **thing.steps[UPDATE].options},
    )
    assert {entry["cloud"] for entry in recorder.entries} == {thing.cloud}
    # A job is recorded when it has ended, and each poll before that.
    assert sorted(entry["operation"] for entry in recorder.entries) == sorted(emulator.actions())
    (write,) = [entry["write"] for entry in recorder.entries if entry["write"]]
    assert write["request_id"] in result["request_ids"]
    assert write["outcome"] == ("failed" if is_denied else "done")
    assert bool(write["category"]) is is_denied
    assert write["key_id"] in ids(emulator, thing)
    assert write["before"] != write["after"]
    assert_quiet(str(recorder.entries), emulator, thing)
