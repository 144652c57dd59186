# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the creation lock and its records, with real files, and with real processes where it matters."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import stat
import tempfile
import time

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils import _creation_lock as lock
from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import Claim, Turn, forget
from ansible_collections.multicloud.iam.plugins.module_utils._errors import REFUSED, UNAVAILABLE, CloudError
from ansible_collections.multicloud.iam.tests.support.clock import Time

CARAS = {"owner": "cara", "description": "ci"}


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"multicloud-iam-{os.geteuid()}"


def claim(turns=("owner cara",), known_as=None, sought=None, **fields):
    known_as = known_as or CARAS
    place = {"endpoint": "https://cloud.example", "kind": "key", "patience": 60.0, **fields}
    return Claim(turns=turns, known_as=known_as, sought=(known_as,) if sought is None else sought, **place)


def turn(*arguments, at=None, **fields):
    at = at or Time(1_000_000.0)
    return Turn(claim(*arguments, **fields), at)


def in_child(work):
    """Fork a child that does some work and then ends. Return its process ID."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    return child


def is_free(*arguments, **fields):
    try:
        with turn(*arguments, patience=0.0, **fields):
            return True
    except CloudError:
        return False


# --- whose turn it is ---


def test_a_second_task_waits_until_its_time_is_over_and_sends_nothing(directory):
    at = Time(1_000_000.0)
    with (
        turn(),
        pytest.raises(
            CloudError, match=r"another task of this user.*not ended after 60 s.*Nothing was sent. Run this"
        ) as caught,
    ):
        turn(at=at).__enter__()
    assert at.now == pytest.approx(1_000_060.0, abs=0.1)
    assert caught.value.category == UNAVAILABLE
    assert caught.value.retryable
    assert str(directory) in str(caught.value)
    assert is_free()


@pytest.mark.parametrize(
    "other",
    [
        {"turns": ("owner bob",)},
        {"kind": "user"},
        {"endpoint": "https://another.example"},
        {"endpoint": "https://cloud.example:8443"},
    ],
)
def test_tasks_for_other_owners_kinds_and_endpoints_do_not_wait(other):
    with turn():
        assert is_free(**other)


@pytest.mark.parametrize("endpoint", ["https://CLOUD.example", "https://cloud.example:443", "https://cloud.example"])
def test_spellings_of_one_endpoint_share_a_lock(endpoint):
    with turn():
        assert not is_free(endpoint=endpoint)


def test_a_task_gets_all_of_its_locks_or_none():
    with turn(("id 1",)):
        assert not is_free(("owner cara", "id 1"))
        assert is_free(("owner cara",))
    with turn(("owner cara", "id 1")):
        assert not is_free(("id 1",))
        assert not is_free(("owner cara",))


def test_a_lock_ends_with_its_task_even_if_a_forked_child_lives_on():
    with turn():
        child = in_child(lambda: time.sleep(60))
    try:
        assert is_free()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_lock_ends_with_a_killed_process(number, tmp_path):
    held = tmp_path / "held"

    def hold():
        with turn():
            held.touch()
            time.sleep(60)

    child = in_child(hold)
    while not held.exists():
        time.sleep(0.01)
    assert not is_free()
    os.kill(child, number)
    os.waitpid(child, 0)
    assert is_free()


def test_twenty_processes_hold_the_lock_one_after_the_other(tmp_path):
    shared = tmp_path / "shared"
    shared.write_text("0")

    def count():
        with Turn(claim()):
            number = int(shared.read_text())
            time.sleep(0.005)
            shared.write_text(str(number + 1))

    for child in [in_child(count) for _each in range(20)]:
        os.waitpid(child, 0)
    assert shared.read_text() == "20"


def test_a_deleted_lock_file_blocks_no_task_for_long(directory, monkeypatch):
    real = lock._lock
    tidied: list[str] = []

    def tidy_up_first(file):
        if not tidied:
            tidied.append(file.path)
            os.unlink(file.path)
        return real(file)

    monkeypatch.setattr(lock, "_lock", tidy_up_first)
    with turn():
        assert not is_free()


def test_an_interrupt_ends_the_wait_at_once_and_holds_no_lock():
    def interrupted(_seconds):
        raise KeyboardInterrupt

    at = Time(1_000_000.0)
    at.sleep = interrupted  # type: ignore[method-assign]
    with turn(), pytest.raises(KeyboardInterrupt):
        turn(at=at).__enter__()
    assert is_free()


# --- where it is ---


def test_the_directory_and_its_files_are_private_and_remain(directory):
    before = os.umask(0)
    try:
        with turn() as mine:
            mine.note_begun()
    finally:
        os.umask(before)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()} == {0o600}
    assert len(list(directory.iterdir())) == 2


def test_the_lock_needs_no_home_directory(monkeypatch):
    monkeypatch.setenv("HOME", "/nonexistent")
    assert is_free()


def test_the_number_of_lock_files_is_limited(directory):
    for number in range(300):
        assert is_free((f"owner {number}",))
    assert len(list(directory.iterdir())) <= 64


def a_link(directory, tmp_path):
    (tmp_path / "other").mkdir(mode=0o700)
    directory.symlink_to(tmp_path / "other")


def a_file(directory, _tmp_path):
    directory.touch()


def open_to_others(directory, _tmp_path):
    directory.mkdir()
    directory.chmod(0o755)


def unwritable_place(_directory, tmp_path):
    tempfile.tempdir = str(tmp_path / "missing")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (a_link, "it is a link"),
        (a_file, "Not a directory"),
        (open_to_others, r"others have rights in it \(mode 0755\)"),
        (unwritable_place, "No such file or directory"),
    ],
)
def test_a_directory_that_others_may_have_created_is_not_used(spoil, why, directory, tmp_path):
    spoil(directory, tmp_path)
    with pytest.raises(
        CloudError, match=rf"multicloud-iam-\d+: {why}. Nothing was sent. Correct that, or set TMPDIR"
    ) as caught:
        turn().__enter__()
    assert caught.value.category == REFUSED
    assert not list(tmp_path.glob("other/*"))


def test_another_users_directory_is_not_used(directory, monkeypatch):
    assert is_free()
    monkeypatch.setattr(
        lock, "_check", lambda path, status: real(path, os.stat_result((*status[:4], 4711, *status[5:])))
    )
    with pytest.raises(CloudError, match="it belongs to the user 4711"):
        turn().__enter__()


real = lock._check


def test_a_planted_link_for_a_file_is_not_followed(directory, tmp_path):
    assert is_free()
    (file,) = directory.iterdir()
    file.unlink()
    (tmp_path / "target").write_text("precious")
    file.symlink_to(tmp_path / "target")
    with pytest.raises(CloudError, match=r"cannot be used: .*Nothing was sent"):
        turn().__enter__()
    assert (tmp_path / "target").read_text() == "precious"


def test_a_file_system_without_locks_is_not_used(monkeypatch):
    def no_locks(_file, operation):
        if operation != fcntl.LOCK_UN:
            raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(CloudError, match="cannot be used: .*Operation not supported"):
        turn().__enter__()


@pytest.fixture(params=["nothing", "a part"])
def full_disk(request, monkeypatch):
    """Fill the disk, except for a part of a record."""
    write = os.pwrite

    def full(file, text, offset):
        if request.param == "nothing":
            raise OSError(28, "No space left on device")
        return write(file, text[:-1], offset)

    return lambda: monkeypatch.setattr(os, "pwrite", full)


def test_a_record_that_cannot_be_written_fails_before_any_call(full_disk):
    with turn() as mine:
        full_disk()
        with pytest.raises(CloudError, match="No space left on device. Nothing was sent"):
            mine.note_begun()
        mine.note_created("id 1")  # too late to fail


@pytest.mark.parametrize("step", ["pwrite", "ftruncate"])
def test_a_task_that_is_stopped_while_it_writes_keeps_the_records_of_others(step, monkeypatch):
    at = Time(time.time())
    make(at, "id 2", known_as={"owner": "bob"})
    make(at)

    def stopped(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, stopped)
        forget(claim(), "id 2")
    with turn(at=at) as mine:
        assert mine.earlier_creation().named == "id 1"


# --- what was created a moment ago ---


def make(at, named="id 1", **fields):
    with turn(at=at, **fields) as mine:
        mine.note_begun()
        if named:
            mine.note_created(named)


@pytest.mark.parametrize("named", ["id 1", None])
def test_the_next_task_learns_what_was_created(named):
    at = Time(1_000_000.0)
    make(at, named)
    at.now += 12
    with turn(at=at) as mine:
        record = mine.earlier_creation()
        assert (record.named, record.known_as, mine.age(record)) == (named, CARAS, 12)


@pytest.mark.parametrize(
    ("sought", "is_reported"),
    [
        ((CARAS,), True),
        (({"owner": "cara"},), True),  # any key of that owner
        (({"owner": "bob"}, CARAS), True),
        (({"owner": "cara", "description": "another"},), False),
        (({"owner": "bob", "description": "ci"},), False),
        ((), False),
    ],
)
def test_only_a_matching_record_is_reported(sought, is_reported):
    at = Time(1_000_000.0)
    make(at)
    with turn(at=at, sought=sought) as mine:
        assert bool(mine.earlier_creation()) == is_reported


def test_a_task_ignores_its_own_record():
    with turn() as mine:
        mine.note_begun()
        mine.note_created("id 1")
        assert mine.earlier_creation() is None


@pytest.mark.parametrize("seconds", [61, -61, 86400 * 365, -86400 * 365])
def test_a_record_expires_even_if_the_clock_changes(seconds):
    at = Time(1_000_000.0)
    make(at)
    at.now += seconds
    with turn(at=at) as mine:
        assert mine.earlier_creation() is None


@pytest.mark.parametrize("marks", [{"named": "id 1"}, {"sought": (CARAS,)}])
def test_an_object_that_was_read_before_it_was_finished_is_read_again(marks):
    meant = {"named": "another", "sought": (), **marks}

    def is_being_created(since):
        return lock.is_being_created(claim(sought=meant["sought"]), meant["named"], since)

    at = Time(time.time())
    with turn(at=at) as mine:
        mine.note_begun()
        mine.note_created("id 1")
        assert is_being_created(since=at.now)
        at.now += 2
        mine.note_settled()
    assert is_being_created(since=at.now - 1)
    assert not is_being_created(since=at.now + 1)
    assert not lock.is_being_created(claim(sought=({"owner": "bob"},)), "another", at.now - 1)


@pytest.mark.parametrize("has_records", [False, True])
def test_where_nothing_was_created_lately_no_lock_is_taken(directory, has_records, monkeypatch):
    if has_records:
        make(Time(time.time() - 100), "id 1")
        (file,) = directory.glob("*-records")
        os.utime(file, (time.time() - 100, time.time() - 100))
    monkeypatch.setattr(lock, "_open", None)
    assert not lock.is_being_created(claim(), "id 1", time.time())
    forget(claim(), "id 1")
    assert directory.exists() == has_records


def test_the_number_of_records_is_limited(directory):
    at = Time(1_000_000.0)
    for number in range(200):
        make(at, known_as={"owner": str(number)})
        at.now += 10
    (file,) = directory.glob("*-records")
    assert len(json.loads(file.read_text())) <= 7


@pytest.mark.parametrize("how", ["undone", "deleted", "deleted by another process"])
def test_after_a_deletion_no_task_waits(how):
    at = Time(time.time())
    with turn(at=at) as mine:
        mine.note_begun()
        mine.note_created("id 1")
        if how == "undone":
            mine.forget()
    make(at, "id 2", known_as={"owner": "bob"})
    if how == "deleted":
        forget(claim(), "id 1")
    elif how == "deleted by another process":
        os.waitpid(in_child(lambda: forget(claim(), "id 1")), 0)
    with turn(at=at) as mine:
        assert mine.earlier_creation() is None
    with turn(at=at, known_as={"owner": "bob"}) as mine:
        assert mine.earlier_creation().named == "id 2"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"null",
        b'{"a": 1}',
        b'[1, null, {}, {"creation": "x"}]',
        b'[{"creation": "x", "time": "now", "named": null, "settled": null, "known_as": {"owner": "cara", "description": "ci"}}]',
        b'[{"creation": "x", "time": NaN, "named": null, "settled": null, "known_as": {"owner": "cara", "description": "ci"}}]',
        b'[{"creation": "x", "time": 1e999, "named": null, "settled": null, "known_as": {"owner": "cara", "description": "ci"}}]',
        b'[{"creation": "x", "time": 1000000, "named": null, "settled": null, "known_as": ["owner"]}]',
        b'[{"creation": "x", "time": 1000000, "na',
    ],
)
def test_an_invalid_record_is_ignored_and_overwritten(content, directory):
    make(Time(1_000_000.0))
    (file,) = directory.glob("*-records")
    file.write_bytes(content)
    at = Time(1_000_000.0)
    with turn(at=at) as mine:
        assert mine.earlier_creation() is None
    make(at)
    with turn(at=at) as mine:
        assert mine.earlier_creation().named == "id 1"


def test_a_deletion_does_not_fail_because_of_the_records(directory):
    open_to_others(directory, None)
    forget(claim(), "id 1")
    assert not lock.is_being_created(claim(), "id 1", 0.0)
