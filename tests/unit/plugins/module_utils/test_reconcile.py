# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the reconciler on a cloud in memory, for promises that need a step to fail at a chosen moment."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils import _creation
from ansible_collections.multicloud.iam.plugins.module_utils import _errors as categories
from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import Claim, Turn
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import InterruptedBySignalError, report_of
from ansible_collections.multicloud.iam.plugins.module_utils._plan import Attribute
from ansible_collections.multicloud.iam.plugins.module_utils._predictions import Kind, predictions_of
from ansible_collections.multicloud.iam.plugins.module_utils._reconcile import reconcile
from ansible_collections.multicloud.iam.plugins.module_utils._resource import ResourceDefaults

SCHEMA = {
    "status": Attribute(),
    "note": Attribute(),
    "description": Attribute(mutable=False),
    "password": Attribute(write_only="on_create", secret=True),
}
TEXTS = st.one_of(st.none(), st.sampled_from(["", "x", "y"]))
STATUSES = st.one_of(st.none(), st.sampled_from(["active", "inactive"]))
DESIRED = st.fixed_dictionaries({"status": STATUSES, "note": TEXTS, "description": TEXTS, "password": TEXTS})
CURRENT = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"id": st.just("K1"), "status": st.sampled_from(["active", "inactive"]), "note": TEXTS, "description": TEXTS}
    ),
)


OWNERS = count()


@contextmanager
def reports(kind, match):
    """Check that an exception is raised that reports what it leaves behind."""
    with pytest.raises(kind) as caught:
        yield caught
    assert re.search(match, str(report_of(caught.value)))


class Cloud(ResourceDefaults):
    """Hold one object at most. Its create call does not accept a status, like the real ones."""

    kind = Kind("thing")
    label = "thing T"
    schema = SCHEMA
    yields_secret = True

    def __init__(self, current, desired, **failures):
        self.current, self.desired, self.failures = current, desired, failures
        self.calls = []
        self.keeps_description = True
        self.owner = f"owner {next(OWNERS)}"  # unique, so that no cloud waits for objects of another one

    def _called(self, name, *details):
        self.calls.append(name)
        if name in self.failures:
            raise self.failures[name]

    def identify(self, state):
        return f"id {state['id']}"

    def read(self):
        self._called("read")
        return self.current

    def blank(self):
        return {"id": None, "status": "active", "note": None, "description": None}

    def guard(self, todo, current):
        self.calls.append("guard")
        if "guard" in self.failures:
            raise self.failures["guard"]

    @property
    def claim(self):
        known_as = {"owner": self.owner, "description": self.desired.get("description")}
        return Claim("http://cloud", "thing", 60.0, (self.owner,), known_as, (known_as,))

    def create(self, attributes):
        self._called("create")
        kept = {name: attributes.get(name) for name in ("note", "description")}
        if not self.keeps_description:
            kept["description"] = None
        self.current = {**self.blank(), "id": "NEW", **kept}
        return self.current, self.failures.get("secret", "s3cr3t")

    def is_same(self, state):
        return True

    def appeared(self):
        self._called("appeared")
        return self.failures.get("found", [])

    def update(self, current, attributes):
        self._called("update")
        assert "password" not in attributes or self.current["id"] != "NEW"
        self.current = {**self.current, **{k: v for k, v in attributes.items() if k != "password"}}

    def delete(self, current):
        self._called("delete")
        self.current = None


def writes(cloud):
    return [call for call in cloud.calls if call in ("create", "update", "delete")]


def run(cloud, present=True, check_mode=False, home=True):
    return reconcile(cloud, present, check_mode, home)


@given(CURRENT, DESIRED, st.booleans())
def test_check_mode_is_the_real_run_without_writes(current, desired, present):
    checked, real = Cloud(current, desired), Cloud(current, desired)
    refused = None
    try:
        outcome = run(real, present)
    except CloudError as error:
        refused = str(error)
    if refused is not None:
        with pytest.raises(CloudError) as caught:
            run(checked, present, check_mode=True)
        assert (str(caught.value), writes(real)) == (refused, [])
        return
    promised = run(checked, present, check_mode=True)
    assert not writes(checked)
    assert (promised.changed, promised.before, promised.after) == (outcome.changed, outcome.before, outcome.after)
    assert promised.yields_secret == outcome.yields_secret
    assert promised.secret is None
    assert (promised.state is None) == (outcome.state is None)
    for name, value in (promised.state or {}).items():
        assert value in (None, outcome.state[name]) or (value == "" and outcome.state[name] is None)


@given(CURRENT, DESIRED)
def test_the_second_run_changes_nothing(current, desired):
    cloud = Cloud(current, desired)
    try:
        run(cloud)
    except CloudError:
        return
    cloud.calls.clear()
    assert not run(cloud).changed
    assert cloud.calls == ["read", "guard"]


def test_one_read_then_at_most_the_needed_write():
    cloud = Cloud({"id": "K1", "status": "active", "note": "", "description": None}, {"status": "inactive"})
    assert run(cloud).changed
    assert cloud.calls == ["read", "guard", "update"]


def test_predictions_that_cannot_be_used_do_not_fail_a_change_that_is_done(tmp_path):
    (tmp_path / "run").write_text("")
    predictions = predictions_of(str(tmp_path / "run"), check_mode=False)
    cloud = Cloud(None, {"status": "active"})
    outcome = reconcile(cloud, True, False, True, predictions=predictions)
    assert (outcome.changed, outcome.secret) == (True, "s3cr3t")
    assert "Later tasks of this check run may not know what this task has changed" in outcome.warnings[0]
    assert outcome.warnings[0].count(str(tmp_path / "run")) == 1


def test_a_status_that_the_create_call_cannot_take_is_set_after_it():
    cloud = Cloud(None, {"status": "inactive", "description": "x"})
    outcome = run(cloud)
    assert writes(cloud) == ["create", "update"]
    assert (outcome.state["status"], outcome.secret) == ("inactive", "s3cr3t")


BOOM = CloudError(categories.UNAVAILABLE, "boom", advice="Try later.")


def test_when_a_step_after_the_creation_fails_the_object_is_deleted_again():
    cloud = Cloud(None, {"status": "inactive"}, update=BOOM)
    with pytest.raises(CloudError, match=r"boom.*id NEW, which had just been created, was deleted. Try later"):
        run(cloud)
    assert (writes(cloud), cloud.current) == (["create", "update", "delete"], None)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_after_the_creation_cleans_up_and_is_raised_again(interrupt):
    cloud = Cloud(None, {"status": "inactive"}, update=interrupt())
    with pytest.raises(interrupt):
        run(cloud)
    assert cloud.current is None


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_during_the_creation_names_what_appeared_and_is_raised_again(interrupt):
    cloud = Cloud(None, {"note": "x"}, create=interrupt(), found=[{"id": "K7"}])
    with reports(interrupt, match="Could not create thing T: interrupted.*id K7 appeared"):
        run(cloud)
    assert writes(cloud) == ["create"]


@pytest.mark.parametrize(
    ("update", "delete"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt()),
        (KeyboardInterrupt(), CloudError(categories.DENIED, "no")),
        (CloudError(categories.DENIED, "no"), KeyboardInterrupt()),
    ],
)
def test_an_interrupt_names_what_is_left_over_and_is_raised_again(update, delete):
    cloud = Cloud(None, {"status": "inactive"}, update=update, delete=delete)
    with reports(KeyboardInterrupt, match=r"Could not create thing T: .*id NEW.*Delete it"):
        run(cloud)


def test_an_unexpected_error_over_the_reply_to_a_creation_does_not_hide_what_appeared():
    cloud = Cloud(None, {"note": "x"}, create=RecursionError("deep"), found=[{"id": "K7"}])
    with pytest.raises(
        CloudError, match=r"unexpected RecursionError while reading the reply: deep.*id K7 appeared"
    ) as caught:
        run(cloud)
    assert caught.value.details["appeared"] == [{"id": "K7"}]
    assert writes(cloud) == ["create"]


def test_when_even_that_fails_the_object_and_its_secret_are_reported():
    cloud = Cloud(None, {"status": "inactive"}, update=BOOM, delete=CloudError(categories.NETWORK, "gone"))
    with pytest.raises(CloudError, match=r"id NEW.*failed as well: gone") as caught:
        run(cloud)
    result = caught.value.as_result()
    assert (result["secret"], result["left_over"]["id"], result["changed"]) == ("s3cr3t", "NEW", True)
    assert "s3cr3t" not in str(caught.value)


def test_not_found_does_not_prove_that_the_object_was_deleted(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    cloud = Cloud(None, {"status": "inactive"}, update=BOOM, delete=CloudError(categories.NOT_FOUND, "unknown"))
    with pytest.raises(CloudError, match=r"id NEW.*failed as well: unknown") as caught:
        run(cloud)
    assert caught.value.details["secret"] == "s3cr3t"
    assert "deleted, or is not visible yet: look for id NEW" in str(caught.value)


def test_a_deletion_by_another_user_counts():
    current = {"id": "K1", "status": "active", "note": "", "description": None}
    assert run(Cloud(current, {}, delete=CloudError(categories.NOT_FOUND, "unknown")), present=False).changed


@pytest.mark.parametrize("secret", [None, ""])
def test_a_creation_whose_reply_has_no_secret_is_not_undone(secret):
    cloud = Cloud(None, {"note": "x"}, secret=secret, found=[{"id": "NEW"}])
    with pytest.raises(
        CloudError, match=r"id NEW, and the reply contains no secret.*id NEW appeared.*another user"
    ) as caught:
        run(cloud)
    assert (writes(cloud), caught.value.details["appeared"]) == (["create"], [{"id": "NEW"}])
    assert not caught.value.retryable


def test_without_a_secret_only_a_proven_creation_is_deleted():
    cloud = Chooser(None, {"note": "x"}, secret=None, found=[{"id": "MINE"}, {"id": "K7"}])
    with pytest.raises(CloudError, match=r"no secret.*had created id MINE, and deleted it\.") as caught:
        run(cloud)
    assert (writes(cloud), caught.value.retryable) == (["create", "delete"], False)


@pytest.mark.parametrize("yields_secret", [True, False])
@pytest.mark.parametrize("failures", [{}, {"update": BOOM}, {"update": KeyboardInterrupt()}])
def test_a_reply_that_names_an_older_object_is_not_a_creation(failures, yields_secret):
    cloud = Cloud(None, {"status": "inactive"}, **failures)
    cloud.listed_ids = {"NEW"}
    cloud.yields_secret = yields_secret
    with pytest.raises(CloudError, match=r"create thing T: .*id NEW, which existed before the creation"):
        run(cloud)
    assert writes(cloud) == ["create"]
    assert cloud.calls[-1] == "appeared"


def test_a_secret_that_the_caller_has_chosen_is_never_returned():
    cloud = Cloud(None, {"status": "inactive"})
    cloud.yields_secret = False
    assert run(cloud).secret is None
    cloud = Cloud(None, {"status": "inactive"}, update=BOOM, delete=CloudError(categories.NETWORK, "gone"))
    cloud.yields_secret = False
    with pytest.raises(CloudError, match=r"failed as well: gone") as caught:
        run(cloud)
    assert "secret" not in caught.value.as_result()


def test_a_description_that_was_not_stored_cannot_identify_a_key():
    cloud = Cloud(None, {"description": "x"})
    cloud.keeps_description = False
    outcome = run(cloud)
    assert "cannot identify the object" in outcome.warnings[0]
    assert "id NEW" in outcome.warnings[0]
    assert (outcome.secret, writes(cloud)) == ("s3cr3t", ["create"])


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([], "Nothing new is listed"),
        ([{"id": "K7"}], "id K7 appeared.*another user"),
        ([{"id": "K7"}, {"id": "K8"}], "id K7, id K8 appeared"),
    ],
)
def test_a_lost_reply_is_never_followed_by_a_second_create(found, message):
    cloud = Cloud(None, {"note": "x"}, create=CloudError(categories.NETWORK, "reset", maybe_done=True), found=found)
    with pytest.raises(CloudError, match=message) as caught:
        run(cloud)
    assert writes(cloud) == ["create"]
    assert not caught.value.retryable  # the key would be there, and its secret would not


def test_a_lost_reply_and_a_failed_lookup_leave_the_outcome_unknown():
    cloud = Cloud(
        None,
        {"note": "x"},
        create=CloudError(categories.NETWORK, "reset", maybe_done=True),
        appeared=CloudError(categories.NETWORK, "dn"),
    )
    with pytest.raises(CloudError, match=r"not known.*dn"):
        run(cloud)


@pytest.mark.parametrize("create", [KeyboardInterrupt(), CloudError(categories.NETWORK, "reset", maybe_done=True)])
def test_an_interrupted_lookup_after_a_lost_reply_leaves_the_outcome_unknown(create):
    cloud = Cloud(None, {"note": "x"}, create=create, appeared=KeyboardInterrupt())
    with reports(KeyboardInterrupt, match=r"Could not create thing T: .*not known.*interrupted.*Look for it"):
        run(cloud)


def test_a_creation_that_certainly_failed_is_not_looked_up():
    cloud = Cloud(None, {"note": "x"}, create=CloudError(categories.DENIED, "no"))
    with pytest.raises(CloudError, match=r"no"):
        run(cloud)
    assert "appeared" not in cloud.calls


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_unregistered_secret_is_refused_before_any_call(check_mode):
    cloud = Cloud(None, {"note": "x"})
    with pytest.raises(CloudError, match=r"'register'"):
        run(cloud, check_mode=check_mode, home=False)
    assert not writes(cloud)


def test_a_task_that_creates_nothing_needs_no_register():
    cloud = Cloud({"id": "K1", "status": "active", "note": "", "description": None}, {"status": "inactive"})
    assert run(cloud, home=False).changed


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("present", [True, False])
def test_an_immutable_difference_is_refused(check_mode, present):
    cloud = Cloud({"id": "K1", "status": "active", "note": "", "description": "x"}, {"description": "y"})
    with pytest.raises(CloudError, match=r"description is 'x' and 'y' was asked for"):
        run(cloud, present, check_mode)
    assert not writes(cloud)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("present", [True, False])
def test_guards_refuse_before_any_write(check_mode, present):
    cloud = Cloud(
        {"id": "K1", "status": "active", "note": "", "description": ""},
        {"status": "inactive"},
        guard=CloudError(categories.REFUSED, "your own key"),
    )
    with pytest.raises(CloudError, match=r"(change|delete) thing T: your own key"):
        run(cloud, present, check_mode)
    assert not writes(cloud)


class SlowCloud(Cloud):
    """Show a change only at the n-th look."""

    volatile = ("mood",)

    def __init__(self, looks, **failures):
        super().__init__(
            {"id": "K1", "status": "active", "note": "", "description": None, "mood": "fine"},
            {"status": "inactive"},
            **failures,
        )
        self.looks, self.before = looks, self.current

    def reread(self, state):
        self._called("reread")
        self.looks -= 1
        return {**self.before, "mood": "odd"} if self.looks else {**self.current, "mood": "odd"}


@pytest.fixture
def no_sleep(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))


def test_the_state_that_the_cloud_shows_after_a_change_is_returned(no_sleep):
    cloud = SlowCloud(looks=3)
    outcome = run(cloud)
    assert (outcome.state["status"], outcome.state["mood"]) == ("inactive", "odd")
    assert cloud.calls == ["read", "guard", "update", "reread", "reread", "reread"]
    assert run(SlowCloud(looks=3), check_mode=True).state["mood"] is None


@pytest.mark.parametrize(
    ("proof", "calls", "mood"),
    [(None, ["update", "reread"], "odd"), ({}, ["update"], "fine"), ({"mood": "glad"}, ["update"], "glad")],
)
def test_a_change_that_its_reply_proves_is_not_read_again(proof, calls, mood):
    class Prover(SlowCloud):
        def update(self, current, attributes):
            super().update(current, attributes)
            return proof

    cloud = Prover(looks=1)
    state = run(cloud).state
    assert (state["status"], state["mood"]) == ("inactive", mood)
    assert cloud.calls[2:] == calls


@pytest.mark.parametrize("current", [None, {"id": "K1", "status": "active", "note": "old", "description": None}])
def test_a_prediction_has_the_derived_fields(current):
    class Titled(Cloud):
        def complete(self, state):
            return {**state, "title": state["note"]}

    assert run(Titled(current, {"note": "new"}), check_mode=True).state["title"] == "new"


def test_a_change_that_is_accepted_but_has_no_effect_is_a_failure(no_sleep):
    cloud = SlowCloud(looks=1000)
    with pytest.raises(CloudError, match=r"confirm the change of thing T: .*still shows status as 'active'") as caught:
        run(cloud)
    assert caught.value.as_result()["changed"] is True
    assert writes(cloud) == ["update"]


def test_a_change_that_cannot_be_confirmed_is_a_failure_with_changed():
    with pytest.raises(CloudError, match=r"confirm the change of thing T: boom") as caught:
        run(SlowCloud(looks=1, reread=CloudError(categories.UNAVAILABLE, "boom")))
    assert caught.value.as_result()["changed"] is True


class Patient(Cloud):
    def finish(self, state):
        self._called("finish")
        return {**state, "note": "ready"}


@pytest.mark.parametrize(
    ("current", "present", "check_mode", "waited"),
    [
        (None, True, False, True),
        (None, True, True, False),
        ("inactive", True, False, True),
        ("inactive", True, True, True),
        ("active", True, True, False),
        ("active", False, False, False),
    ],
)
def test_the_wait_comes_last_and_only_after_a_write(current, present, check_mode, waited):
    state = current and {"id": "K1", "status": current, "note": "", "description": None}
    cloud = Patient(state, {"status": "inactive"})
    outcome = run(cloud, present, check_mode)
    assert ("finish" in cloud.calls, (outcome.state or {}).get("note") == "ready") == (waited, waited)


def test_a_wait_that_fails_keeps_the_object():
    cloud = Patient(None, {"note": "x"}, finish=BOOM)
    with pytest.raises(CloudError) as caught:
        run(cloud)
    assert caught.value.as_result()["changed"] is True
    assert writes(cloud) == ["create"]


class Chooser(Cloud):
    """Choose the identity of the object before creating it."""

    chosen_id = "MINE"


@pytest.mark.parametrize(
    ("failures", "expected", "message", "retryable"),
    [
        ({}, ["create", "delete"], r"had created id MINE, and deleted it\.", True),
        (
            {"delete": CloudError(categories.DENIED, "no")},
            ["create", "delete"],
            r"created id MINE, and deleting it failed: no",
            False,
        ),
    ],
)
def test_a_proven_creation_is_deleted_if_its_secret_is_lost(failures, expected, message, retryable):
    lost = CloudError(categories.NETWORK, "reset", maybe_done=True)
    cloud = Chooser(None, {"note": "x"}, create=lost, found=[{"id": "MINE"}, {"id": "K7"}], **failures)
    with pytest.raises(CloudError, match=message) as caught:
        run(cloud)
    assert (writes(cloud), caught.value.retryable) == (expected, retryable)


@pytest.mark.parametrize("appeared", [[], CloudError(categories.NETWORK, "dn"), KeyboardInterrupt()])
@pytest.mark.parametrize("lost", [CloudError(categories.NETWORK, "reset", maybe_done=True), KeyboardInterrupt()])
def test_an_invisible_creation_is_named_by_its_chosen_id(lost, appeared):
    found = {"found": appeared} if isinstance(appeared, list) else {"appeared": appeared}
    cloud = Chooser(None, {"note": "x"}, create=lost, **found)
    with reports((CloudError, KeyboardInterrupt), match=r"[Ll]ook for id MINE before you run this again"):
        run(cloud)


def test_an_interrupt_during_the_deletion_names_the_object():
    lost = CloudError(categories.NETWORK, "reset", maybe_done=True)
    cloud = Chooser(None, {"note": "x"}, create=lost, found=[{"id": "MINE"}], delete=KeyboardInterrupt())
    with reports(KeyboardInterrupt, match=r"created id MINE, and deleting it was interrupted. Delete it"):
        run(cloud)


def test_an_object_without_a_secret_is_kept():
    lost = CloudError(categories.NETWORK, "reset", maybe_done=True)
    cloud = Chooser(None, {"note": "x"}, create=lost, found=[{"id": "MINE"}])
    cloud.yields_secret = False
    with pytest.raises(CloudError, match=r"id MINE appeared: run this again"):
        run(cloud)
    assert writes(cloud) == ["create"]


# --- many tasks that ask for one object ---

MADE = {"id": "NEW", "status": "active", "note": "x", "description": None}


class Seen(Cloud):
    """Show the object from the n-th look on: that of another user, or this task's own."""

    def __init__(self, from_look, desired, there=None, owner=None, **failures):
        super().__init__(there, desired, **failures)
        self.from_look, self.looks = from_look, 0
        self.owner = owner or self.owner

    def read(self):
        self._called("read")
        self.looks += 1
        return self.current if self.looks >= self.from_look else None


@pytest.fixture
def half_a_second(monkeypatch):
    """Wait half a second at most for an object that is not listed."""
    monkeypatch.setattr(_creation, "UNTIL_LISTED", 0.5)


def test_a_creation_is_two_reads_and_one_write():
    cloud = Cloud(None, {"note": "x"})
    assert run(cloud).changed
    assert cloud.calls == ["read", "guard", "read", "guard", "create"]


@pytest.mark.parametrize(
    ("desired", "expected"), [({"note": "x"}, ([], False)), ({"note": "y", "status": "inactive"}, (["update"], True))]
)
def test_an_object_that_another_task_has_created_is_only_updated(desired, expected):
    cloud = Seen(2, desired, MADE)
    outcome = run(cloud)
    assert (writes(cloud), outcome.changed) == expected
    assert (outcome.secret, outcome.yields_secret, outcome.state["id"]) == (None, False, "NEW")
    assert outcome.before == ({} if not outcome.changed else {"note": "x", "status": "active"})


def test_an_object_that_another_task_has_created_is_guarded():
    class Guarded(Seen):
        def guard(self, todo, current):
            if current:
                raise CloudError(categories.REFUSED, "your own key")

    cloud = Guarded(2, {"status": "inactive"}, MADE)
    with pytest.raises(CloudError, match="change thing T: your own key"):
        run(cloud)
    assert not writes(cloud)


def test_other_tasks_wait_for_the_desired_state_and_not_for_the_validation():
    class Watched(Patient):
        def held(self):
            try:
                with Turn(replace(self.claim, patience=0.0)):
                    return False
            except CloudError:
                return True

        def update(self, current, attributes):
            super().update(current, attributes)
            assert self.held()

        def finish(self, state):
            assert not self.held()
            return super().finish(state)

    assert run(Watched(None, {"status": "inactive"})).changed


def test_a_recent_creation_is_waited_for():
    first = Cloud(None, {"note": "x"})
    run(first)
    second = Seen(4, {"note": "x"}, MADE, first.owner)
    assert not run(second).changed
    assert second.calls.count("read") == 4
    assert not writes(second)


@pytest.mark.parametrize(
    ("failures", "record_text"),
    [
        ({}, r"creation of id NEW \(owner '{owner}', description 'd'\) was begun on this machine \d+ s ago, and"),
        (
            {"create": CloudError(categories.NETWORK, "reset", maybe_done=True)},
            r"one with owner '{owner}', description 'd' was begun on this machine \d+ s ago with an outcome that is not known",
        ),
        ({"create": KeyboardInterrupt()}, r"one with owner '{owner}', description 'd' was begun"),
        ({"status": "inactive", "update": BOOM, "delete": BOOM}, r"id NEW \(owner"),
    ],
)
def test_no_second_object_is_created_if_the_first_is_not_listed(failures, record_text, half_a_second):
    first = Cloud(None, {"description": "d", "status": failures.pop("status", None)}, **failures)
    try:
        run(first)
    except (CloudError, KeyboardInterrupt):
        assert failures
    second = Seen(1000, {"description": "d"}, owner=first.owner)
    message = rf"Could not create thing T: .*{record_text.format(owner=first.owner)}.*not listed.*No other one was created.*60 s"
    with pytest.raises(CloudError, match=message) as caught:
        run(second)
    assert (writes(second), caught.value.retryable) == ([], True)


@pytest.mark.parametrize(
    "failures",
    [
        {"create": CloudError(categories.DENIED, "no")},
        {"create": CloudError(categories.INVALID, "no")},
        {"status": "inactive", "update": BOOM},
        {"status": "inactive", "update": KeyboardInterrupt()},
    ],
)
def test_no_task_waits_for_a_failed_or_undone_creation(failures):
    first = Cloud(None, {"description": "d", "status": failures.pop("status", None)}, **failures)
    with pytest.raises((CloudError, KeyboardInterrupt)):
        run(first)
    second = Seen(3, {"description": "d"}, owner=first.owner)
    assert run(second).changed
    assert second.calls.count("read") == 2


def test_no_task_waits_for_a_creation_that_was_deleted_again():
    lost = CloudError(categories.NETWORK, "reset", maybe_done=True)
    first = Chooser(None, {"description": "d"}, create=lost, found=[{"id": "MINE"}])
    with pytest.raises(CloudError):
        run(first)
    assert run(Seen(3, {"description": "d"}, owner=first.owner)).changed


def test_after_a_deletion_no_task_waits():
    first = Cloud(None, {"description": "d"})
    run(first)
    assert run(first, present=False).changed
    second = Seen(3, {"description": "d"}, owner=first.owner)
    assert run(second).changed
    assert second.calls.count("read") == 2


class KnownByNote(Seen):
    """Be identified by an attribute that an update can change."""

    @property
    def claim(self):
        known_as = {"owner": self.owner, "note": self.desired.get("note")}
        return Claim("http://cloud", "thing", 60.0, (self.owner,), known_as, (known_as,))


@pytest.mark.parametrize(
    ("changes", "from_look", "changed"), [({"note": "y"}, 1000, True), ({"status": "inactive"}, 3, False)]
)
def test_no_task_waits_for_a_renamed_object(changes, from_look, changed, half_a_second):
    first = KnownByNote(1, {"note": "x"})
    run(first)
    first.desired = {"note": "x", **changes}
    assert run(first).changed
    second = KnownByNote(from_look, {"note": "x"}, first.current, first.owner)
    assert (run(second).changed, second.calls.count("read")) == (changed, 2 if changed else 3)


def test_check_mode_and_tasks_that_create_nothing_do_not_wait(monkeypatch):
    monkeypatch.setattr(_creation, "Turn", None)
    assert run(Cloud(None, {"note": "x"}), check_mode=True).changed
    assert run(Cloud(dict(MADE), {"note": "y"})).changed
    assert run(Cloud(dict(MADE), {}), present=False).changed
    assert not run(Cloud(None, {}), present=False).changed


def test_without_the_lock_nothing_is_sent(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    cloud = Cloud(None, {"note": "x"})
    with pytest.raises(CloudError, match=r"Could not create thing T: the lock .* cannot be used: .*Nothing was sent"):
        run(cloud)
    assert not writes(cloud)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, InterruptedBySignalError(15)])
def test_an_interrupted_wait_for_the_lock_says_that_nothing_was_sent(interrupt, monkeypatch):
    def interrupted(_turn):
        raise interrupt

    monkeypatch.setattr(Turn, "__enter__", interrupted)
    cloud = Cloud(None, {"note": "x"})
    with reports(BaseException, match=r"Could not create thing T: interrupted.*waited.*Nothing was sent. Run"):
        run(cloud)
    assert not writes(cloud)


def test_an_interrupted_wait_for_a_creation_says_that_nothing_was_sent():
    first = Cloud(None, {"note": "x"})
    run(first)

    class Interrupted(Seen):
        def read(self):
            if self.looks == 2:
                raise KeyboardInterrupt
            return super().read()

    second = Interrupted(1000, {"note": "x"}, owner=first.owner)
    with reports(KeyboardInterrupt, match=r"Could not create thing T: interrupted.*Nothing was sent. Run"):
        run(second)
    assert not writes(second)


def taken(category, is_taken):
    return CloudError(category, "in use", is_taken=is_taken)


@pytest.mark.parametrize(
    ("category", "is_taken", "from_look"),
    [(categories.INVALID, True, 5), (categories.INVALID, False, 3), (categories.QUOTA, False, 3)],
)
def test_after_a_rejected_creation_an_object_of_another_user_is_looked_for(category, is_taken, from_look):
    cloud = Seen(from_look, {"note": "y"}, MADE, create=taken(category, is_taken))
    outcome = run(cloud)
    assert (writes(cloud), outcome.changed, outcome.state["note"]) == (["create", "update"], True, "y")
    assert not outcome.yields_secret


@pytest.mark.parametrize(
    ("category", "is_taken", "reads"),
    [(categories.INVALID, True, 5), (categories.INVALID, False, 3), (categories.DENIED, False, 2)],
)
def test_a_rejected_creation_is_a_failure_if_nothing_is_found(category, is_taken, reads, half_a_second):
    cloud = Seen(1000, {"note": "y"}, create=taken(category, is_taken))
    with pytest.raises(CloudError, match="in use"):
        run(cloud)
    assert (writes(cloud), cloud.calls.count("read")) == (["create"], reads)


def test_an_object_that_was_not_finished_when_it_was_read_is_read_again_and_not_changed_twice():
    first = Cloud(None, {"note": "y"})

    class FinishedMeanwhile(Seen):
        def read(self):
            if self.looks == 1:
                self.current = {**MADE, "note": "y"}
            return super().read()

        def guard(self, todo, current):
            if self.looks == 1:
                run(first)

    second = FinishedMeanwhile(1, {"note": "y"}, MADE, first.owner)
    assert not run(second).changed
    assert (second.calls, writes(first)) == (["read", "read"], ["create"])


def test_an_object_that_was_created_a_moment_ago_and_finished_is_read_once():
    first = Cloud(None, {"note": "x"})
    run(first)
    second = Seen(1, {"note": "y"}, MADE, first.owner)
    assert run(second).changed
    assert second.calls == ["read", "guard", "update"]


def test_no_task_waits_after_a_lost_creation_was_deleted():
    lost = CloudError(categories.NETWORK, "reset", maybe_done=True)
    first = Chooser(None, {"description": "d"}, create=lost)
    with pytest.raises(CloudError, match="look for id MINE"):
        run(first)
    late = Seen(1, {}, {**MADE, "id": "MINE"}, first.owner)
    assert run(late, present=False).changed
    assert run(Seen(3, {"description": "d"}, owner=first.owner)).changed


# --- what was made, and what is known of it ---


@pytest.mark.parametrize("create", [KeyboardInterrupt(), CloudError(categories.NETWORK, "reset", maybe_done=True)])
@pytest.mark.parametrize("found", [{}, {"found": [{"id": "K7"}]}, {"appeared": CloudError(categories.NETWORK, "dn")}])
def test_a_lost_creation_is_reported_with_the_time_of_the_call(create, found):
    cloud = Cloud(None, {"note": "x"}, create=create, **found)
    now = f"{datetime.now(timezone.utc):%Y-%m-%dT%H:}"
    with reports((CloudError, KeyboardInterrupt), match=rf"It was sent at {now}\d\d:\d\dZ\."):
        run(cloud)


def test_a_creation_is_recorded_until_it_is_deleted():
    made: dict[str, Any] = {}
    reconcile(Cloud(None, {"note": "x"}), True, False, True, created=made)
    assert (made["left_over"]["id"], made["secret"], made["changed"]) == ("NEW", "s3cr3t", True)
    made = {}
    with pytest.raises(CloudError):
        reconcile(Cloud(None, {"status": "inactive"}, update=BOOM), True, False, True, created=made)
    assert made == {}
    failures = {"update": BOOM, "delete": CloudError(categories.NETWORK, "gone")}
    with pytest.raises(CloudError):
        reconcile(Cloud(None, {"status": "inactive"}, **failures), True, False, True, created=made)
    assert made["left_over"]["id"] == "NEW"


@pytest.mark.parametrize("check_mode", [True, False])
def test_conditions_are_evaluated_on_the_prediction_before_a_creation(check_mode):
    seen = []

    def judge(outcome):
        seen.append(outcome)
        raise CloudError(categories.REFUSED, "the secret would be lost")

    cloud = Cloud(None, {"note": "x"})
    with pytest.raises(CloudError, match=r"Could not create thing T: the secret would be lost"):
        reconcile(cloud, True, check_mode, True, judge)
    assert not writes(cloud)
    assert (seen[0].changed, seen[0].state["note"], seen[0].yields_secret) == (True, "x", True)
    # What needs no creation, or yields no secret, is not judged.
    current = {"id": "K1", "status": "active", "note": "", "description": None}
    reconcile(Cloud(current, {"status": "inactive"}), True, check_mode, True, judge)
    silent = Cloud(None, {"note": "x"})
    silent.yields_secret = False
    reconcile(silent, True, check_mode, True, judge)
    assert len(seen) == 1
