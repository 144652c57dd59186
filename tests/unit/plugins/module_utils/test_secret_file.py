# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that a file with secrets is whole after any failure, and that no writer loses the change of another one."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils import _secret_path
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._secret_file import change_file, read_files
from ansible_collections.multicloud.iam.plugins.module_utils._wait import Clock

MARK = b"$ENCRYPTED;"
OLD, NEW = {"secret": "old"}, {"secret": "new" * 1000}
STEPS = ("open", "write", "fsync", "fchmod", "fchown", "rename", "unlink", "close", "listdir", "fstat", "stat")


class FakeVault:
    """Encrypt by turning the bytes around."""

    def __init__(self, *ids: str, default_id: str | None = None) -> None:
        self.ids: Sequence[str] = ids
        self.default_id = default_id

    def is_encrypted(self, data: bytes) -> bool:
        return data.startswith(MARK)

    def decrypt(self, data: bytes) -> tuple[bytes, str]:
        _mark, vault_id, text = data.split(b";", 2)
        if vault_id.decode() not in self.ids:
            raise ValueError(f", which is marked with the vault ID {vault_id.decode()}")
        return bytes(255 - byte for byte in text), vault_id.decode()

    def encrypt(self, text: str, vault_id: str) -> bytes:
        return MARK + vault_id.encode() + b";" + bytes(255 - byte for byte in text.encode())

    def parse_yaml(self, text: str) -> Any:
        raise ValueError("it is no YAML")


VAULT = FakeVault("default")


def change(path: Path, content: Any = None, check_mode: bool = False, vault: FakeVault = VAULT, **more: Any) -> Any:
    options = {
        "path": str(path),
        "content": content,
        "state": "present",
        "encrypt": True,
        "vault_id": None,
        "mode": "0600",
        "expected_version": None,
        **more,
    }
    return change_file(options, str(path), vault, check_mode)[0]


def delete(path: Path, **more: Any) -> Any:
    return change(path, state="absent", **more)


def read(path: Path, vault: FakeVault = VAULT) -> Any:
    files, failures = read_files([(str(path), str(path))], vault)
    if failures:
        raise failures[0]
    return files[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys ü" / "ci.yml"


@pytest.fixture(autouse=True)
def _directory(path: Path) -> None:
    path.parent.mkdir()


def left_over(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir()} - {path.name}


class Stepwise:
    """Stand in for a module of Python, and count the calls of functions that change or read a file."""

    def __init__(self, at: int, act: Callable[[str, Callable[[], Any]], Any]) -> None:
        self.at = at
        self.act = act
        self.names: list[str] = []

    def wrap(self, module: Any, names: tuple[str, ...]) -> SimpleNamespace:
        return SimpleNamespace(**{**vars(module), **{name: self._wrapped(module, name) for name in names}})

    def _wrapped(self, module: Any, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.names.append(name)
            original = getattr(module, name)
            if len(self.names) - 1 != self.at:
                return original(*arguments, **named)
            return self.act(name, lambda: original(*arguments, **named))

        return call

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_secret_path, "os", self.wrap(os, STEPS))
        monkeypatch.setattr(_secret_path, "fcntl", self.wrap(fcntl, ("flock",)))


def steps_of(work: Callable[[], Any]) -> list[str]:
    """Return the steps of a piece of work, in their order."""
    counted = Stepwise(-1, lambda name, original: original())
    with pytest.MonkeyPatch.context() as patch:
        counted.install(patch)
        work()
    return counted.names


def in_child(work: Callable[[], Any]) -> int:
    """Run work in a forked process. Return 0, 1 after an exception, or the negative number of a signal."""
    child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill(_name: str, original: Callable[[], Any], side: str) -> None:
    try:
        if side == "after":
            original()
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


WORKS: dict[str, tuple[Callable[[Path], Any], list[Any]]] = {
    # what is done to the old file, and the content that may be found after it was killed
    "update": (lambda path: change(path, NEW), [OLD, NEW]),
    "delete": (delete, [OLD, None]),
    "create": (lambda path: change(path, NEW), [None, NEW]),
}


def prepare(work: str, path: Path) -> None:
    if work != "create":
        change(path, OLD)


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("work", WORKS)
def test_a_killed_writer_leaves_the_old_or_the_new_content(path: Path, work: str, side: str) -> None:
    do, allowed = WORKS[work]
    prepare(work, path)
    names = steps_of(lambda: do(path))
    assert names.count("flock") == 2
    assert work == "delete" or {"write", "rename"} < set(names)
    found = []
    for at in range(len(names)):
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        prepare(work, path)
        with pytest.MonkeyPatch.context() as patch:
            Stepwise(at, lambda name, original: kill(name, original, side)).install(patch)
            assert in_child(lambda: do(path)) == -signal.SIGKILL
        content = read(path)["content"]
        assert content in allowed
        found.append(content)
        assert all(
            b"old" not in each.read_bytes() and b"new" not in each.read_bytes() for each in path.parent.iterdir()
        )
        # The next writer finishes the work, and removes what was left behind.
        do(path)
        assert read(path)["content"] == allowed[1]
        change(path, {"and": "another"})
        assert not left_over(path)
    # In the order of the steps: first the old content, then the new one.
    assert found == sorted(found, key=lambda content: content == allowed[1])
    assert found[-1] == allowed[1]


def message_of(work: Callable[[], Any]) -> str:
    """Return the message of a failure, or "" after a success."""
    try:
        work()
    except CloudError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO, errno.EFBIG])
@pytest.mark.parametrize("work", WORKS)
def test_a_failed_step_is_one_error_and_leaves_a_whole_file(path: Path, work: str, number: int) -> None:
    def fail(name: str, original: Callable[[], Any]) -> None:
        if name == "close":
            original()
        raise OSError(number, os.strerror(number), "SECRET")

    do, allowed = WORKS[work]
    prepare(work, path)
    names = steps_of(lambda: do(path))
    failed = 0
    for at, name in enumerate(names):
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        prepare(work, path)
        with pytest.MonkeyPatch.context() as patch:
            Stepwise(at, fail).install(patch)
            message = message_of(lambda: do(path))
        if message:
            failed += 1
            assert os.strerror(number).lower() in message.lower(), name
            assert str(path) in message
            assert "SECRET" not in message
        assert read(path)["content"] in allowed
        assert not {each for each in left_over(path) if each.endswith(".tmp")}
    assert failed >= len(names) // 2


def test_a_full_disk_keeps_the_old_file(path: Path) -> None:
    """The limit for the size of files fails as a full disk does: in the middle of a write."""
    change(path, OLD)

    def write_too_much() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        with pytest.raises(CloudError, match="(?i)file too large") as raised:
            change(path, {"secret": "x" * 10000})
        assert raised.value.category == "quota"

    assert in_child(write_too_much) == 0
    assert read(path)["content"] == OLD
    assert not left_over(path)


@pytest.fixture
def foreign() -> Iterator[Path]:
    """Provide a directory that another user may enter."""
    directory = Path(tempfile.mkdtemp(dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def as_nobody(work: Callable[[], Any]) -> int:
    def drop_and_work() -> None:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        work()

    return in_child(drop_and_work if os.geteuid() == 0 else work)


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_directory_that_cannot_be_written_is_refused_in_check_mode_too(foreign: Path, check_mode: bool) -> None:
    path = foreign / "ci.yml"
    foreign.chmod(0o555)

    def refused() -> None:
        with pytest.raises(CloudError, match="permission denied"):
            change(path, NEW, check_mode)

    assert as_nobody(refused) == 0
    foreign.chmod(0o755)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of another user")
def test_the_file_of_another_user_is_refused_except_for_root_who_keeps_its_owner(foreign: Path) -> None:
    path = foreign / "ci.yml"
    change(path, OLD)
    foreign.chmod(0o777)
    path.chmod(0o644)

    def refused() -> None:
        with pytest.raises(CloudError, match="belongs to the user 0"):
            change(path, NEW)

    assert as_nobody(refused) == 0
    os.chown(path, 65534, -1)
    change(path, NEW)
    assert path.stat().st_uid == 65534
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def put_symbolic_link(path: Path) -> None:
    (path.parent / "target").write_text("{}")
    path.symlink_to("target")


def put_hard_link(path: Path) -> None:
    (path.parent / "target").write_text("{}")
    os.link(path.parent / "target", path)


IN_THE_WAY: dict[str, Callable[[Path], Any]] = {
    "a symbolic link": put_symbolic_link,
    "a hard link": put_hard_link,
    "a directory": Path.mkdir,
    "a FIFO": os.mkfifo,
}


@pytest.mark.parametrize("what", IN_THE_WAY)
@pytest.mark.parametrize("do", [lambda path: change(path, NEW), lambda path: change(path, NEW, True), delete, read])
def test_what_is_in_the_way_is_refused_and_left_alone(path: Path, what: str, do: Callable[[Path], Any]) -> None:
    IN_THE_WAY[what](path)
    before = path.lstat()
    with pytest.raises(CloudError, match=f"it is {what}") as raised:
        do(path)
    assert raised.value.category == "refused"
    assert path.lstat().st_ino == before.st_ino
    target = path.parent / "target"
    assert not target.exists() or target.read_text() == "{}"


def test_a_link_in_place_of_the_lock_is_refused(path: Path) -> None:
    (path.parent / f".{path.name}.lock").symlink_to("elsewhere")
    with pytest.raises(CloudError, match="symbolic links"):
        change(path, NEW)
    assert not (path.parent / "elsewhere").exists()


def test_a_missing_directory_is_an_error_for_a_write_only(path: Path) -> None:
    path.parent.rmdir()
    for check_mode in (True, False):
        with pytest.raises(CloudError, match="no such file or directory"):
            change(path, NEW, check_mode)
    assert read(path)["found"] is False
    assert delete(path)["changed"] is False
    assert delete(path, expected_version="")["changed"] is False
    with pytest.raises(CloudError, match="does not exist"):
        delete(path, expected_version="v")


def test_the_life_of_a_file(path: Path) -> None:
    predicted = change(path, OLD, True)
    assert not path.exists()
    created = change(path, OLD)
    assert created["changed"]
    assert {**created, "version": None} == predicted
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert change(path, OLD) == {**created, "changed": False, "members": {"added": [], "changed": [], "removed": []}}
    assert read(path) == {
        "path": str(path),
        "found": True,
        "version": created["version"],
        "content": OLD,
        "vault_id": "default",
        "mode": "0600",
    }
    updated = change(path, NEW, expected_version=created["version"])
    assert updated["version"] != created["version"]
    back = change(path, OLD)
    assert back["version"] not in (created["version"], updated["version"])
    assert delete(path, expected_version=back["version"]) == {"changed": True, "path": str(path), "version": ""}
    assert delete(path)["changed"] is False
    assert not left_over(path)


def test_a_file_keeps_its_version_if_only_its_mode_changes(path: Path) -> None:
    version = change(path, OLD)["version"]
    path.chmod(0o644)
    assert change(path, OLD, True)["version"] == version
    assert path.stat().st_mode & 0o777 == 0o644
    changed = change(path, OLD)
    assert (changed["changed"], changed["mode"], changed["version"]) == (True, "0600", version)
    assert path.stat().st_mode & 0o777 == 0o600
    assert change(path, OLD)["changed"] is False


def test_a_file_can_be_in_plaintext_if_that_is_requested(path: Path) -> None:
    none = FakeVault()
    with pytest.raises(CloudError, match="no vault secrets to encrypt"):
        change(path, OLD, vault=none)
    plain = change(path, OLD, vault=none, encrypt=False)
    assert plain["vault_id"] is None
    assert "old" in path.read_text()
    assert change(path, OLD, vault=none, encrypt=False)["changed"] is False
    encrypted = change(path, OLD)
    assert (encrypted["changed"], encrypted["vault_id"]) == (True, "default")
    assert b"old" not in path.read_bytes()


def test_the_vault_id_is_chosen_as_ansible_vault_does(path: Path) -> None:
    several = FakeVault("dev", "prod")
    with pytest.raises(CloudError, match="several vault secrets, with the IDs dev, prod"):
        change(path, OLD, vault=several)
    with pytest.raises(CloudError, match="no vault secret with the ID test.*dev, prod"):
        change(path, OLD, vault=several, vault_id="test")
    assert change(path, OLD, vault=FakeVault("dev", "prod", default_id="prod"))["vault_id"] == "prod"
    assert change(path, NEW, vault=several)["vault_id"] == "prod"
    assert change(path, NEW, vault=several, vault_id="dev")["changed"]
    with pytest.raises(CloudError, match="marked with the vault ID dev. The vault IDs prod were tried"):
        read(path, FakeVault("prod"))
    with pytest.raises(CloudError, match="cannot be decrypted"):
        change(path, OLD, vault=FakeVault("prod"))
    with pytest.raises(CloudError, match="no vault secrets"):
        read(path, FakeVault())
    assert delete(path, vault=FakeVault())["changed"]


def test_the_other_files_are_read_although_one_cannot_be(path: Path) -> None:
    change(path, OLD)
    broken = path.with_name("broken.yml")
    broken.write_bytes(b"\xff")
    files, failures = read_files([(str(each), str(each)) for each in (broken, path)], VAULT)
    assert [file["content"] for file in files] == [OLD]
    assert [str(broken) in str(failure) for failure in failures] == [True]


def outcome(work: Callable[[], Any]) -> int:
    """Return 0 after a success, and 2 after a refusal."""
    try:
        work()
    except CloudError as error:
        return 2 if error.category == "refused" else 3
    return 0


@pytest.mark.parametrize("exists", [False, True])
def test_of_many_writers_who_expect_the_same_version_one_wins(path: Path, exists: bool) -> None:
    if exists:
        change(path, OLD)
    version = read(path)["version"]
    start, begin = os.pipe()
    children = []
    for number in range(8):
        child = os.fork()
        if not child:
            os.close(begin)
            os.read(start, 1)  # until all have been started
            os._exit(outcome(lambda: change(path, {"writer": number}, expected_version=version)))  # noqa: B023
        children.append(child)
    os.close(begin)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    os.close(start)
    assert sorted(codes) == [0] + [2] * 7
    assert read(path)["content"] == {"writer": codes.index(0)}
    assert not left_over(path)


def test_writers_who_read_again_lose_nothing(path: Path) -> None:
    change(path, {"count": 0})

    def count() -> None:
        done = 0
        while done < 10:
            file = read(path)
            content = {"count": file["content"]["count"] + 1}
            code = outcome(lambda: change(path, content, expected_version=file["version"]))  # noqa: B023
            assert code in (0, 2)
            done += code == 0

    children = []
    for _number in range(4):
        child = os.fork()
        if not child:
            os._exit(in_child(count))
        children.append(child)
    assert {os.waitpid(child, 0)[1] for child in children} == {0}
    assert read(path)["content"] == {"count": 40}


def test_a_writer_waits_for_another_one_and_gives_up(path: Path) -> None:
    lock = os.open(path.parent / f".{path.name}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    times = iter([0.0, 1.0, 31.0])

    class FakeClock(Clock):
        def monotonic(self) -> float:
            return next(times)

        def sleep(self, seconds: float) -> None:
            pass

    with (
        _secret_path.SecretPath(str(path), FakeClock()) as file,
        pytest.raises(CloudError, match="30 s"),
        file.locked(),
    ):
        pytest.fail("it is locked")
    os.close(lock)


def test_a_large_content(path: Path) -> None:
    large = {"text": "x" * (1 << 20), "names": {str(number): number for number in range(10000)}}
    assert change(path, large)["changed"]
    assert read(path)["content"] == large
