# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the event source access_key_leaks against the emulator, loaded as ansible-rulebook loads it."""

from __future__ import annotations

import asyncio
import os
import runpy
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.alibaba import AUDITOR, OPERATOR, ROOT
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

SOURCE = (
    Path(__file__).absolute().parents[2] / "extensions" / "eda" / "plugins" / "event_source" / "access_key_leaks.py"
)
LEAKS = "DescribeAccesskeyLeakList"
MAIN = runpy.run_path(str(SOURCE))["main"]
_SECONDS = 10.0


def connection(emulator: Emulator, **more: Any) -> dict[str, Any]:
    """Return arguments of the source, which polls quickly."""
    key = {"api_access_key_id": ROOT[0], "api_access_key_secret": ROOT[1]}
    return {**key, "api_endpoint": emulator.url, "delay": 0.05, **more}


def leak(key_id: str, **more: Any) -> dict[str, Any]:
    return {"access_key_id": key_id, **more}


def seed(emulator: Emulator, *leaks: Mapping[str, Any]) -> None:
    emulator.seed({"alibaba": {"leaks": list(leaks)}})


class Running:
    """Run the source while a test changes the cloud, and collect its events."""

    def __init__(self, args: Mapping[str, Any]) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self._args = dict(args)

    async def __aenter__(self) -> Running:
        self._task = asyncio.create_task(MAIN(self.queue, self._args))
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def ids(self, count: int) -> list[str]:
        """Wait for so many events, and return the IDs of their keys."""
        events = [await asyncio.wait_for(self.queue.get(), _SECONDS) for _number in range(count)]
        return [event["access_key_leak"]["access_key_id"] for event in events]

    async def until(self, is_true: Callable[[], bool]) -> None:
        """Wait until something is true, while the source runs."""
        deadline = time.monotonic() + _SECONDS
        while not await asyncio.to_thread(is_true):
            assert time.monotonic() < deadline
            assert not self._task.done()
            await asyncio.sleep(0.02)

    async def polls(self, emulator: Emulator, count: int) -> None:
        """Wait for so many more complete polls."""
        seen = len(emulator.actions())
        await self.until(lambda: len(emulator.actions()) > seen + count)


def test_each_leak_is_sent_once(emulator: Emulator) -> None:
    url = "https://user:password@example.com/repo/file?secret=x#y"
    owner = {"user_name": "operator", "url": url, "discovered": "2026-03-01T00:00:00Z"}
    seed(emulator, leak(OPERATOR[0], **owner), leak("LTAIdone0000", status="dealed"))

    async def run() -> None:
        async with Running(connection(emulator)) as source:
            assert await asyncio.wait_for(source.queue.get(), _SECONDS) == {
                "access_key_leak": {
                    "id": "1",
                    "access_key_id": OPERATOR[0],
                    "user_name": "operator",
                    "user_type": "ram",
                    "url": "https://example.com/repo/file",
                    "discovered_time": "2026-03-01T00:00:00Z",
                }
            }
            await source.polls(emulator, 3)
            seed(emulator, leak(AUDITOR[0]))
            assert await source.ids(1) == [AUDITOR[0]]
            seed(emulator, {"id": 1, "status": "dealed"})
            await source.polls(emulator, 2)
            assert source.queue.empty()
            seed(emulator, {"id": 1, "status": "pending"})
            assert await source.ids(1) == [OPERATOR[0]]

    asyncio.run(run())
    assert set(emulator.actions()) == {LEAKS}


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "status", "status": 500},
        {"fault": "error", "code": "NoPermission", "message": f"no permission for {ROOT[1]}"},
        {"fault": "echo_request"},
        {"fault": "reset_before"},
        {"fault": "html"},
        {"fault": "wrong_type"},
        {"fault": "null_field", "field": "TotalCount"},
        {"fault": "null_field", "field": "RequestId"},
    ],
    ids=lambda fault: "-".join(str(fault[name]) for name in ("fault", "field", "code") if name in fault),
)
def test_an_error_of_the_api_is_logged_and_the_next_poll_tries_again(
    emulator: Emulator, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    seed(emulator, leak(OPERATOR[0]))
    emulator.faults([{**fault, "cloud": "alibaba"}])

    async def run() -> None:
        async with Running(connection(emulator, api_retries=0)) as source:
            await source.until(lambda: len(emulator.actions()) > 2)
            assert source.queue.empty()
            emulator.clear_faults()
            assert await source.ids(1) == [OPERATOR[0]]

    asyncio.run(run())
    assert caplog.records
    assert all("Could not list the leaked keys: " in record.getMessage() for record in caplog.records)
    assert ROOT[1] not in caplog.text


def test_a_leak_that_cannot_be_read_does_not_hide_the_others(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    seed(emulator, leak(OPERATOR[0]), leak("{{ lookup('pipe', 'id') }}"))

    async def run() -> None:
        async with Running(connection(emulator)) as source:
            assert await source.ids(1) == [OPERATOR[0]]
            await source.polls(emulator, 2)
            assert source.queue.empty()

    asyncio.run(run())
    (record,) = caplog.records
    assert "The access_key_id of leak 2 cannot be read" in record.getMessage()


@pytest.mark.parametrize("modes", [{}, {"max_page_size": 20, "oversized_page": "capped"}])
def test_all_pages_are_read(emulator: Emulator, modes: dict[str, Any]) -> None:
    keys = [f"LTAIexample{number:04}" for number in range(230)]
    seed(emulator, *map(leak, keys))
    emulator.modes("alibaba", **modes)

    async def run() -> None:
        async with Running(connection(emulator)) as source:
            assert sorted(await source.ids(230)) == keys

    asyncio.run(run())


def test_old_leaks_are_not_sent(emulator: Emulator) -> None:
    now = datetime.now(timezone.utc)
    old, new = ((now - timedelta(days=days)).isoformat() for days in (3, 1))
    seed(emulator, leak(OPERATOR[0], discovered=old), leak(AUDITOR[0], discovered=new))

    async def run() -> None:
        async with Running(connection(emulator, max_age_days="2")) as source:
            assert await source.ids(1) == [AUDITOR[0]]
            await source.polls(emulator, 2)
            assert source.queue.empty()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"dely": 1}, "dely: there is no such option"),
        ({"delay": 0}, "delay must be greater than 0"),
        ({"delay": "nan"}, "delay must be greater than 0"),
        ({"delay": "often"}, "delay must be a number"),
        ({"api_validate_certs": "perhaps"}, "api_validate_certs must be true or false"),
        ({"api_access_key_secret": None}, "without api_access_key_secret"),
        ({"api_endpoint": "not a URL"}, "api_endpoint"),
        ({"api_expected_account": "2"}, "belong to account 1000000000000001"),
    ],
)
def test_wrong_options_end_the_source(emulator: Emulator, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        asyncio.run(asyncio.wait_for(MAIN(asyncio.Queue(), connection(emulator, **args)), _SECONDS))
    assert ROOT[1] not in str(caught.value)


def test_a_profile_that_is_missing_for_a_while_does_not_end_the_source(
    emulator: Emulator, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(emulator, leak(OPERATOR[0]))
    file = tmp_path / "credentials"
    monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", str(file))
    text = f"[reader]\ntype = access_key\naccess_key_id = {ROOT[0]}\naccess_key_secret = {ROOT[1]}\n"
    file.write_text(text)

    async def run() -> None:
        args = {"api_profile": "reader", "api_endpoint": emulator.url, "delay": 0.05}
        async with Running(args) as source:
            assert await source.ids(1) == [OPERATOR[0]]
            file.unlink()
            await source.until(lambda: bool(caplog.records))
            seed(emulator, leak(AUDITOR[0]))
            file.write_text(text)
            assert await source.ids(1) == [AUDITOR[0]]

    asyncio.run(run())
    assert "the profile 'reader'" in caplog.records[0].getMessage()


def test_it_runs_without_ansible_and_with_credentials_of_the_environment(emulator: Emulator, tmp_path: Path) -> None:
    seed(emulator, leak(OPERATOR[0]))
    environment = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ROOT[0],
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ROOT[1],
        "MULTICLOUD_IAM_ALIBABA_ENDPOINT": emulator.url,
        "HOME": str(tmp_path),
        "PATH": os.defpath,
    }
    (tmp_path / "ansible").mkdir()
    (tmp_path / "ansible" / "__init__.py").write_text("raise ImportError('there is no ansible-core')")
    environment["PYTHONPATH"] = str(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-u", str(SOURCE)], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        process.kill()
    assert OPERATOR[0] in line
