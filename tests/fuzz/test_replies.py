# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that no reply causes a traceback or a false success.

A task runs twice: with the true replies, and with one changed reply. If a client can notice the change, the task must
fail, or its result and the objects of the cloud must be those of the first run. A client cannot notice a reply that is
wrong but plausible, such as one with another status, or a list without one key and without a count. In that case, only
the form of the result is checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from cloud_emulator import seed
from hypothesis import currently_in_test_context, given, note
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.tests.fuzz.cloud import Cloud, Reply
from ansible_collections.multicloud.iam.tests.fuzz.promises import check_result
from ansible_collections.multicloud.iam.tests.fuzz.scenarios import SCENARIOS, Result, Scenario
from ansible_collections.multicloud.iam.tests.fuzz.tampering import (
    TAMPERINGS,
    TEXTS,
    WHOLE_TAMPERINGS,
    Edit,
    Tampering,
    places,
)
from ansible_collections.multicloud.iam.tests.support.cases import cases
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import PROGRAM

_SEED = "\n".join(path.read_text(encoding="utf-8") for path in PROGRAM.glob("*/example_seed.yml"))
_CHOSEN = re.compile(
    r"AKID[0-9A-Za-z]{32}|\b[0-9A-Za-z]{20}\b|\b[0-9a-f]{32}\b|\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b[0-9]{12}\b"
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?|\w{3} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M")
# No decision depends on these members. If a reply does not contain them as it should, they are unknown.
_TOLD_ONLY = {"create_time", "last_used", "last_used_state", "age_days", "unused_days", "message", "vendor_user_name"}
_TOLD_ONLY |= {"area", "name"}
# The cloud can set these at any time, or they count calls, and a retry is one more call.
_RESTLESS = {"service_status", "message", "modules", "sessions", "request_ids", "warnings", "secret"}
_RESTLESS |= {"secret_set", "password_set", "service_time"}


@dataclass(frozen=True)
class Reference:
    """Hold a task with true replies."""

    result: Result
    state: Any
    replies: list[Reply]


def normal(value: Any) -> Any:
    """Return the same value for every run: values that the cloud has chosen become "chosen"."""
    if isinstance(value, dict):
        return {name: normal(each) for name, each in value.items() if name not in _RESTLESS}
    if isinstance(value, list):
        return [normal(each) for each in value]
    if isinstance(value, str):
        value = _CHOSEN.sub(lambda found: found.group() if found.group() in _SEED else "chosen", value)
        return _MOMENT.sub(lambda found: found.group() if _is_of_seed(found.group()) else "now", value)
    if isinstance(value, int) and value > 10**7 and str(value) not in _SEED:
        return "chosen"
    return value


def _is_of_seed(moment: str) -> bool:
    return not any(str(year) in moment for year in (_NOW.year, (_NOW + timedelta(days=1)).year)) or moment[:10] in _SEED


_NOW = datetime.now(timezone.utc)


def differences(have: Any, want: Any, name: str = "", *, is_warned: bool = False) -> Iterator[str]:
    """Yield the differences between a result and the expected one. Members that are only reported may be missing.

    is_warned: a warning names values that cannot be read, and are null or not listed.
    """
    if _may_differ(have, want, name) or (is_warned and have is None):
        return
    if isinstance(have, dict) and isinstance(want, dict):
        for each in sorted(have.keys() | want.keys()):
            inner = differences(have.get(each), want.get(each), each, is_warned=is_warned)
            yield from (f"{name}.{where}" for where in inner)
    elif isinstance(have, list) and isinstance(want, list) and (len(have) == len(want) or is_warned):
        listed = want if len(have) == len(want) else [each for each in want if _is_listed(each, have)]
        if len(have) != len(listed):
            yield f"{name}: {len(have)} instead of {len(listed)}"
        for one, other in zip(have, listed, strict=False):
            yield from differences(one, other, name, is_warned=is_warned)
    elif have != want or type(have) is not type(want):
        yield f"{name}: {have!r} instead of {want!r}"


def _may_differ(have: Any, want: Any, name: str) -> bool:
    if want is None and (name == "vendor_user_name" or (name, have) == ("owner", "chosen")):
        return True  # a new entry only has it after another read, which a reply without enough proof causes
    return name in _TOLD_ONLY and have in (None, "unknown")


def _is_listed(thing: Any, listed: list[Any]) -> bool:
    return any(not list(differences(each, thing, is_warned=True)) for each in listed)


def _is_warned(result: Result) -> bool:
    return any(" cannot be read, and is unknown: " in warning for warning in result.get("warnings", []))


_references: dict[str, Reference] = {}


def reference(cloud: Cloud, scenario: Scenario) -> Reference:
    """Run the task with true replies."""
    if repr(scenario) not in _references:
        cloud.begin()
        result = scenario.run(cloud.url)
        _references[repr(scenario)] = Reference(normal(result), normal(cloud.state(scenario.cloud)), cloud.replies)
    return _references[repr(scenario)]


def all_replies(cloud: Cloud, name: str) -> list[Reply]:
    """Return the replies of one cloud to all tasks."""
    tasks = (scenario for scenario in SCENARIOS if scenario.cloud == name)
    return [reply for scenario in tasks for reply in reference(cloud, scenario).replies]


def object_ids(state: Any) -> set[str]:
    """Return the IDs of all objects that a task could have created."""
    if isinstance(state, dict):
        names = ("access_key_id", "access", "auth_id", "uuid")
        here = {str(state[name]) for name in names if name in state}
        return here.union(*(object_ids(each) for each in state.values()))
    return set().union(*(object_ids(each) for each in state)) if isinstance(state, list) else set()


_SEEDED = {name: object_ids(objects) for name, objects in seed.load(None).items()}


def search_differences(have: Result, want: Result) -> Iterator[str]:
    """Yield what is wrong with a search that says what it does not know: everything else has to be as expected."""
    admitted = {each["id"] for each in have["unknown"]}
    name = "vendor_aks" if "vendor_aks" in want else "access_keys"
    expected = {each["id"]: each for each in want[name]}
    for each in have[name]:
        # An entry whose key cannot be read may hold the sought one.
        if each["id"] in expected:
            yield from differences(each, expected[each["id"]], name, is_warned=_is_warned(have))
        elif each.get("secret_id", "") is not None:
            yield f"{name}: {each['id']} was not sought"
    listed = {each["id"] for each in have[name]}
    lost = [each for each in want[name] if each["id"] not in listed and not admitted & set(map(str, each.values()))]
    yield from (f"{name}: {each['id']} is missing" for each in lost)
    yield from (f"not_found: {each}" for each in {*have["not_found"]} - {*want["not_found"]})
    yield from (f"{each} is missing" for each in {*want["not_found"]} - {*have["not_found"]} - admitted)


@dataclass
class Run:
    """Hold a task with changed replies. plausible: a client cannot notice the change."""

    result: Result
    state: Any
    plausible: bool
    hit: int


def tell(text: str) -> None:
    """Show a text together with the failing case."""
    if currently_in_test_context():
        note(text)


def play(cloud: Cloud, scenario: Scenario, tampering: Tampering) -> Run:
    """Run a task while its replies are changed."""
    true = reference(cloud, scenario).replies
    others = all_replies(cloud, scenario.cloud)
    target = tampering.call % len(true)
    secrets = sorted(scenario.secrets)
    plausible: list[bool] = []

    def tamper(number: int, action: str, perform: Callable[[], Reply]) -> Reply:
        again = tampering.for_good and number > target and action == true[target].action
        if number != target and not again:
            return perform()
        sent, good = tampering.apply(
            perform() if tampering.performed else true[target], others, secrets, scenario.cloud
        )
        tell(
            f"{action} gets the reply {sent.status} {sent.headers} {sent.body[:1000]!r}{', which is good' if good else ''}"
        )
        plausible.append(good)
        return sent

    cloud.begin(tamper)
    result = scenario.run(cloud.url)
    tell(json.dumps(result)[:3000])
    return Run(result, cloud.state(scenario.cloud), any(plausible), len(plausible))


# If the reply to a change proves nothing, the entry is read again, and the list contains more attributes.
TOLD_BY_A_LOOK = (".vendor_ak.owner: 'chosen' instead of None", ".vendor_ak.vendor_user_name: 'AlibabaCloud_")


def check(cloud: Cloud, scenario: Scenario, tampering: Tampering) -> None:
    """Check the rules for every reply."""
    expected = reference(cloud, scenario)
    run = play(cloud, scenario, tampering)
    known = scenario.secrets | (cloud.new_secrets() if len(tampering.edits) < 2 else set())
    check_result(scenario.module, run.result, known)
    made = object_ids(run.state) - _SEEDED[scenario.cloud]
    if run.result.get("failed"):
        # A reply that rejects a call means that nothing was created.
        is_refused = 400 <= (tampering.status or 0) < 500
        # A reply that names another key is about that key.
        is_of_another = tampering.crossed is not None and run.plausible
        is_certain = not (tampering.for_good or is_refused or is_of_another)
        if is_certain and not expected.result.get("failed"):
            for each in made:
                assert each in json.dumps(run.result), f"{each} was created, and not reported"
    elif not run.plausible and run.result.get("unknown"):
        assert not list(search_differences(normal(run.result), expected.result)), "a false result"
        assert normal(run.state) == expected.state
    elif not run.plausible:
        found = differences(normal(run.result), expected.result, is_warned=_is_warned(run.result))
        assert not [each for each in found if not each.startswith(TOLD_BY_A_LOOK)], "a false result"
        assert normal(run.state) == expected.state, "a success that is none"
        if "secret" in run.result:
            assert run.result["secret"] in cloud.new_secrets()


pytestmark = [
    pytest.mark.timeout(3600),
    # urllib3 leaves the connection of a reply with two lengths to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=repr)
def test_with_true_replies_every_run_is_the_same(cloud: Cloud, scenario: Scenario) -> None:
    """Test that the true replies give a stable result, which the others are compared with."""
    expected = reference(cloud, scenario)
    run = play(cloud, scenario, Tampering(0))
    check_result(scenario.module, run.result, scenario.secrets | cloud.new_secrets())
    assert not list(differences(normal(run.result), expected.result))
    assert normal(run.state) == expected.state


def each_call(cloud: Cloud, name: str) -> Iterator[tuple[Scenario, int, Reply]]:
    """Yield every call of every task of a cloud, with its true reply."""
    for scenario in SCENARIOS:
        if scenario.cloud == name:
            for number, reply in enumerate(reference(cloud, scenario).replies):
                yield scenario, number, reply


def each_field(cloud: Cloud, name: str) -> Iterator[tuple[Scenario, Tampering]]:
    """Change each field of each reply: omitted, null, of another type and invalid, for present and absent objects."""
    seen = set()
    for scenario, number, reply in each_call(cloud, name):
        for place, found in enumerate(places(reply.content if reply.body else {})):
            steps = tuple("" if isinstance(step, int) else step for step in found.path)
            kind = (scenario.module, scenario.given.get("state"), reply.action, steps)
            if kind not in seen:
                seen.add(kind)
                another: Any = "text" if isinstance(found.value, (int, list, dict)) else {"text": 5}
                strange = "\0" if isinstance(found.value, str) else -7
                for edit in (
                    Edit("drop", place),
                    Edit("null", place),
                    *(Edit("put", place, junk) for junk in (another, strange)),
                ):
                    yield scenario, Tampering(number, edits=(edit,))


def each_form(cloud: Cloud, name: str) -> Iterator[tuple[Scenario, Tampering]]:
    """Replace a reply to each operation by each text, by each other reply, and by a proxy's reply with each status."""
    seen = set()
    for scenario, number, reply in each_call(cloud, name):
        if reply.action not in seen:
            seen.add(reply.action)
            yield from ((scenario, Tampering(number, text=text)) for text in TEXTS)
            alike = [place for place, other in enumerate(all_replies(cloud, name)) if other.action == reply.action]
            yield from ((scenario, Tampering(number, crossed=place)) for place in alike)
            for status in (200, 204, 302, 401, 403, 404, 429, 500, 502):
                for text in ("page", "message of a proxy", "empty"):
                    yield scenario, Tampering(number, performed=False, status=status, text=text)


@pytest.mark.parametrize("name", CLOUDS)
@pytest.mark.parametrize("each", [each_field, each_form])
def test_each_once(cloud: Cloud, name: str, each: Callable[[Cloud, str], Iterator[tuple[Scenario, Tampering]]]) -> None:
    failed = []
    for scenario, tampering in each(cloud, name):
        try:
            check(cloud, scenario, tampering)
        except AssertionError as error:  # noqa: PERF203 - test each of them, even after a failure
            failed.append(f"{scenario}, {tampering}: {error}")
    assert not failed, "\n\n".join(failed)


@cases(usually=400, together_with=2)
@given(st.sampled_from(SCENARIOS), TAMPERINGS)
def test_a_reply_with_other_content(cloud: Cloud, scenario: Scenario, tampering: Tampering) -> None:
    check(cloud, scenario, tampering)


@cases(usually=400, together_with=2)
@given(st.sampled_from(SCENARIOS), WHOLE_TAMPERINGS)
def test_a_reply_of_another_form(cloud: Cloud, scenario: Scenario, tampering: Tampering) -> None:
    check(cloud, scenario, tampering)


FOUND = {title: found for part in parts("fuzz").values() for title, found in part.FOUND.items()}


@pytest.mark.parametrize(("title", "tampering"), FOUND.values(), ids=FOUND)
def test_what_was_found(cloud: Cloud, title: str, tampering: Tampering) -> None:
    scenario = next(each for each in SCENARIOS if repr(each) == title)
    check(cloud, scenario, tampering)
    result = play(cloud, scenario, tampering).result
    assert result.get("failed") or result.get("unknown") or _is_warned(result)
