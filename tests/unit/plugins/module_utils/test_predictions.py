# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the predictions that the tasks of a check run share."""

from __future__ import annotations

import errno
import fcntl
import os
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from threading import Thread
from time import sleep

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as categories
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._plan import UNKNOWN, ChosenByTheCloud
from ansible_collections.multicloud.iam.plugins.module_utils._predictions import NO_PREDICTIONS, Kind, predictions_of

USER = Kind("user", "number")
KEY = Kind("key", is_owned=True)
ENDPOINT = "https://cloud.example"
ALICE = {"number": "1", "name": "alice", "remark": ""}
ONE = {"id": "K1", "status": "active", "owner": "1", "note": UNKNOWN}
TWO = {"id": "K2", "status": "active", "owner": "1", "note": None}
NEW = {"id": None, "status": "active", "owner": "1", "note": "new"}


@pytest.fixture
def task(tmp_path):
    """Return a function that starts a task of one check run."""

    def start(check_mode=True, signer="S1", account="A1", endpoint=ENDPOINT):
        predictions = predictions_of(str(tmp_path / "run"), check_mode)
        predictions.at(endpoint, signer, lambda: account)
        return predictions

    return start


def record(predictions, kind, action, current, state):
    with predictions.turn() as is_current:
        predictions.record(kind, action, current, state and (lambda: state))
    return is_current


def keys(predictions, *listed, owner="1", **view):
    """Return the keys of an owner. listed: those that the cloud lists."""
    return predictions.over_owner(KEY, lambda: list(listed), owner=lambda: owner, **view)


def missing():
    raise CloudError(categories.NOT_FOUND, "no such user")


def test_a_real_run_reads_what_there_is_and_looks_up_nothing(tmp_path):
    predictions = predictions_of(None, True)
    assert predictions is NO_PREDICTIONS
    predictions.at(ENDPOINT, "S1", missing)
    assert keys(predictions, ONE) == [ONE]
    assert predictions.found(USER, lambda: ALICE, lambda user: False, "alice") == ALICE
    predictions.record(KEY, "create", None, missing)  # it would look up the owner
    assert record(predictions, KEY, "delete", ONE, None)
    assert keys(predictions, ONE) == [ONE]
    assert not predictions.warnings()
    assert not list(tmp_path.iterdir())


def test_without_predictions_nothing_is_looked_up(tmp_path):
    predictions = predictions_of(str(tmp_path / "run"), True)
    predictions.at(ENDPOINT, "S1", missing)
    assert keys(predictions, ONE) == [ONE]
    assert not predictions.concern(KEY, ONE)
    assert not predictions.warnings()


def test_later_tasks_see_changes_deletions_and_creations(task):
    record(task(), KEY, "update", ONE, {**ONE, "status": "inactive"})
    record(task(), KEY, "delete", TWO, None)
    record(task(), KEY, "create", None, NEW)
    changed, created = keys(task(), {**ONE, "last_used": "today"}, TWO)
    assert changed == {**ONE, "status": "inactive", "last_used": "today"}
    assert isinstance(created.pop("id"), ChosenByTheCloud)
    assert created == {name: value for name, value in NEW.items() if name != "id"}
    assert task().concern(KEY, ONE)
    assert not task().concern(KEY, {**ONE, "id": "K3"})


def test_a_new_object_can_be_changed_and_deleted(task):
    record(task(), KEY, "create", None, NEW)
    (created,) = keys(task())
    record(task(), KEY, "update", created, {**created, "status": "inactive"})
    assert keys(task()) == [{**created, "status": "inactive"}]
    record(task(), KEY, "delete", created, None)
    assert keys(task(), ONE) == [ONE]


def test_two_new_objects_are_not_the_same(task):
    record(task(), KEY, "create", None, NEW)
    record(task(), KEY, "create", None, NEW)
    one, other = keys(task())
    assert one["id"] != other["id"]
    assert ChosenByTheCloud("x") == ChosenByTheCloud("x") != UNKNOWN


def test_a_listing_contains_only_what_belongs_to_it(task):
    record(task(), KEY, "create", None, {**NEW, "owner": "2"})
    record(task(), KEY, "update", ONE, {**ONE, "note": "moved"})
    assert task().over(KEY, [TWO], lambda key: key["note"] is None) == [TWO]
    assert task().over(KEY, [ONE], lambda key: key["note"] is None) == []
    assert task().over(KEY, [], lambda key: key["note"] == "moved") == [{**ONE, "note": "moved"}]
    (shown,) = keys(task(), owner="2", view={"owner": None})
    assert shown["owner"] is None


def test_the_keys_of_a_new_owner_are_not_read(task):
    record(task(), USER, "create", None, {**ALICE, "number": None})
    user = task().found(USER, missing, lambda user: user["name"] == "alice", "alice")
    assert isinstance(user["number"], ChosenByTheCloud)
    assert task().over_owner(KEY, missing, owner=lambda: user["number"]) == []
    record(task(), KEY, "create", None, {**NEW, "owner": user["number"]})
    assert len(task().over_owner(KEY, missing, owner=lambda: user["number"])) == 1
    assert not keys(task())


def test_a_deleted_owner_is_not_found_and_has_no_keys(task):
    record(task(), USER, "delete", ALICE, None)
    for look in (
        lambda: task().found(USER, lambda: ALICE, lambda user: user["name"] == "alice", "user alice"),
        lambda: keys(task(), ONE),
    ):
        with pytest.raises(CloudError, match="an earlier task of this check run would delete it") as caught:
            look()
        assert caught.value.category == categories.NOT_FOUND
    assert task().without_deleted(USER, {"1", "2"}) == {"2"}


def test_accounts_and_endpoints_are_separate(task):
    record(task(), KEY, "delete", ONE, None)
    assert keys(task(signer="S2", account="A2"), ONE) == [ONE]
    assert keys(task(endpoint="https://other.example"), ONE) == [ONE]
    assert keys(task(signer="S3"), ONE) == []


def test_the_account_is_looked_up_once_for_each_signer(task):
    record(task(), KEY, "delete", ONE, None)
    again = task()
    again.at(ENDPOINT, "S1", missing)
    assert keys(again, ONE) == []
    assert again.caller(lambda: "7") == task().caller(missing) == "7"


def test_an_account_that_cannot_be_looked_up_is_known_by_the_key_that_signs(task):
    for signer in ("S1", "S2"):
        first, second = task(), task()
        for each in (first, second):
            each.at(ENDPOINT, signer, missing)
        assert keys(first, ONE) == [ONE]
        record(first, KEY, "delete", ONE, None)
        assert keys(second, ONE) == []


def test_rejected_credentials_are_not_sent_again(task):
    def rejected():
        raise CloudError(categories.AUTHENTICATION, "the key does not exist")

    record(task(), KEY, "delete", ONE, None)
    again = task()
    with pytest.raises(CloudError, match="does not exist"):
        again.at(ENDPOINT, "S2", rejected)


def test_a_key_that_an_earlier_task_would_create_cannot_sign(task):
    record(task(), KEY, "create", None, {**NEW, "id": "K9", "access_key_id": "S9"})
    with pytest.raises(CloudError, match="would create the key S9, which signs") as failure:
        task(signer="S9")
    assert failure.value.category == categories.AUTHENTICATION
    record(task(), KEY, "update", {**NEW, "id": "K9", "access_key_id": "S9"}, {**NEW, "id": "K9", "status": "inactive"})
    with pytest.raises(CloudError, match="would disable or delete the key K9"):
        task(signer="K9")


def test_a_task_is_told_that_another_one_was_faster(task):
    slow, fast = task(), task()
    keys(slow)
    keys(fast)
    assert record(fast, KEY, "create", None, NEW)
    with slow.turn() as is_current:
        assert not is_current
        assert len(keys(slow)) == 1


def test_tasks_predict_one_after_the_other(task):
    def predict():
        mine = task()
        keys(mine)
        with mine.turn():
            if not keys(mine):
                mine.record(KEY, "create", None, lambda: NEW)

    threads = [Thread(target=predict) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys(task())) == 1


def test_a_real_task_sees_no_predictions_and_takes_the_place_of_those_that_it_touches(task):
    record(task(), USER, "create", None, {**ALICE, "number": None})
    user = task().found(USER, missing, lambda user: True, "alice")
    record(task(), KEY, "create", None, {**NEW, "owner": user["number"]})
    real = task(check_mode=False)
    with pytest.raises(CloudError, match="no such user"):
        real.found(USER, missing, lambda user: True, "alice")
    real.settle(USER, {**ALICE, "number": "9"}, lambda user: user["name"] == "alice")
    assert task().found(USER, lambda: {**ALICE, "number": "9"}, lambda user: True, "alice")["number"] == "9"
    assert [key["note"] for key in keys(task(), owner="9")] == ["new"]


def test_a_real_change_replaces_the_prediction_about_its_object(task):
    record(task(), KEY, "update", ONE, {**ONE, "status": "inactive"})
    record(task(), KEY, "delete", TWO, None)
    task(check_mode=False).settle(KEY, ONE, lambda key: False)
    assert keys(task(), ONE, TWO) == [ONE]


def test_a_real_task_without_predictions_leaves_nothing(task, tmp_path):
    task(check_mode=False).settle(KEY, ONE, lambda key: True)
    assert not list(tmp_path.iterdir())


def test_a_report_shows_the_account_as_it_is_and_warns(task):
    record(task(), KEY, "delete", ONE, None)
    report = task()
    report.show_reality()
    assert keys(report, ONE) == [ONE]
    assert "does not contain what earlier tasks of this check run would change" in report.warnings()[0]
    assert not task(signer="S2", account="A2").warnings()


def test_a_line_that_is_not_complete_is_ignored(task, tmp_path):
    record(task(), KEY, "delete", ONE, None)
    (file,) = [path for path in (tmp_path / "run").iterdir() if path.name != "known"]
    with file.open("a") as stream:
        stream.write('{"kind": ')
    assert keys(task(), ONE, TWO) == [TWO]


def test_a_directory_that_cannot_be_used_is_an_error(task, tmp_path):
    predictions = task()
    (tmp_path / "run").write_text("")
    with pytest.raises(CloudError, match="ANSIBLE_LOCAL_TEMP"), predictions.turn():
        pass
    with pytest.raises(CloudError, match="ANSIBLE_LOCAL_TEMP"):
        keys(predictions, ONE)


def test_a_file_system_without_locks_is_an_error(task, monkeypatch):
    def flock(_file, _operation):
        raise OSError(errno.ENOLCK, "No locks available")

    predictions = task(account=None)
    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(CloudError, match="No locks available"), predictions.turn():
        pass


def test_other_users_cannot_read_predictions(task, tmp_path):
    record(task(), KEY, "delete", ONE, None)
    paths = [tmp_path / "run", *(tmp_path / "run").iterdir()]
    assert {os.stat(path).st_mode & 0o077 for path in paths} == {0}


@pytest.mark.parametrize("spelling", ["https://cloud.example:443", "https://CLOUD.example", "https://cloud.example/"])
def test_two_spellings_of_an_endpoint_share_predictions(task, spelling):
    record(task(), KEY, "delete", ONE, None)
    assert keys(task(endpoint=spelling), ONE) == []


def test_two_signers_whose_account_is_not_known_share_nothing(task):
    record(task(signer="S1", account=None), KEY, "delete", ONE, None)
    assert keys(task(signer="S2", account=None), ONE) == [ONE]
    assert keys(task(signer="S1", account=None), ONE) == []


def test_a_token_that_signs_is_in_no_file(task, tmp_path):
    record(task(signer="Invented-Token"), KEY, "delete", ONE, None)
    assert keys(task(signer="Invented-Token"), ONE) == []
    assert not [path for path in (tmp_path / "run").iterdir() if b"Invented-Token" in path.read_bytes()]


@pytest.mark.parametrize(
    ("action", "state"), [("delete", None), ("update", {**ONE, "status": "inactive"})], ids=["delete", "disable"]
)
@pytest.mark.parametrize("own", [{}, {"access_key_id": "S9"}], ids=["by ID", "by access_key_id"])
def test_a_key_that_an_earlier_task_would_disable_or_delete_signs_nothing(task, action, state, own):
    key = {**ONE, **own}
    record(task(), KEY, action, key, state and {**state, **own})
    with pytest.raises(CloudError, match="would disable or delete the key") as caught:
        task(signer=own.get("access_key_id", "K1"))
    assert caught.value.category == categories.AUTHENTICATION
    task(signer="K2")
    task(check_mode=False, signer="K1")


def test_the_account_is_looked_up_once_by_tasks_that_run_at_the_same_time(task):
    looked_up = []

    def look_up():
        looked_up.append(1)
        sleep(0.02)
        return "A1"

    def predict():
        mine = task()
        mine.at(ENDPOINT, "S9", look_up)
        record(mine, KEY, "delete", ONE, None)

    threads = [Thread(target=predict) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_up) == 1


def test_a_full_disk_is_an_error_and_leaves_no_half_line(task, tmp_path):
    record(task(), KEY, "delete", ONE, None)
    size = max(path.stat().st_size for path in (tmp_path / "run").iterdir())
    limits = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (size + 10, limits[1]))
    try:
        with pytest.raises(CloudError, match="ANSIBLE_LOCAL_TEMP"):
            record(task(), KEY, "delete", TWO, None)
    finally:
        setrlimit(RLIMIT_FSIZE, limits)
    record(task(), KEY, "delete", {**TWO, "id": "K3"}, None)
    assert keys(task(), ONE, TWO, {**TWO, "id": "K3"}) == [TWO]


@pytest.mark.parametrize("chosen", [None, "K9"], ids=["by the cloud", "by the task"])
def test_a_new_object_is_known_whoever_chooses_its_id(task, chosen):
    record(task(), KEY, "create", None, {**NEW, "id": chosen})
    record(task(), KEY, "update", ONE, {**ONE, "status": "inactive"})
    changed, created = keys(task(), ONE)
    assert task().would_create(KEY, created)
    assert not task().would_create(KEY, changed)
    assert not predictions_of(None, True).would_create(KEY, created)
