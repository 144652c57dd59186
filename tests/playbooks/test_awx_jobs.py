# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run jobs with ansible-runner, with exactly the environment that AWX renders from the credential types."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.faults.objects import UPDATE, Object
from ansible_collections.multicloud.iam.tests.playbooks.jobs import Jobs, slices
from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION
from ansible_collections.multicloud.iam.tests.support import awx
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

pytestmark = pytest.mark.any_core

in_matrix = pytest.mark.skipif(not os.environ.get("TEST_EVERY_STEP"), reason="runs in the matrix only")
_TIMES = {"generated_at", "time", "age_days", "unused_days", "oldest_days"}
TYPES = awx.credential_types()
THINGS: dict[str, Object] = {cloud: part.OBJECTS[0] for cloud, part in parts("faults").items()}
# Lists objects in each cloud, changes one, and creates a key.
PLAY = {
    "hosts": "all",
    "connection": "local",
    "gather_facts": False,
    "tasks": [
        *({"name": f"List {cloud.name}", f"multicloud.iam.{cloud.reader}": {}} for cloud in CLOUDS.values()),
        *(
            {"name": f"Change {cloud}", f"multicloud.iam.{thing.module}": dict(thing.steps[UPDATE].options)}
            for cloud, thing in THINGS.items()
        ),
        {
            "name": "Create a key",
            "multicloud.iam.cam_access_key": {"user_name": "carol", "description": "job"},
            "register": "created",
        },
    ],
}


def blank(cloud: str, url: str) -> dict[str, str]:
    return awx.inputs_of(cloud, url)


def missing(cloud: str, url: str) -> dict[str, str]:
    return {name: value for name, value in awx.inputs_of(cloud, url).items() if value}


def filled(cloud: str, url: str) -> dict[str, str]:
    """Give every optional input, and temporary credentials where the emulator has some that the type can hold."""
    given = awx.inputs_of(cloud, url)
    optional = {"region": "ap-southeast-1", "timezone": "+08:00", "domain_id": CLOUDS[cloud].account}
    given.update({name: value for name, value in optional.items() if name in given})
    temporary = {name.removeprefix("api_"): value for name, value in parts("playbooks")[cloud].CASES.temporary.items()}
    return {**given, **(temporary if set(temporary) <= set(given) else {})}


def environment(inputs: Any, url: str) -> dict[str, str]:
    """Return what AWX sets for one credential of each type."""
    rendered: dict[str, str] = {}
    for cloud in CLOUDS:
        rendered.update(awx.environment_of(TYPES[cloud], inputs(cloud, url)))
    return rendered


@pytest.fixture
def jobs(emulator: Emulator, tmp_path: Path) -> Jobs:
    return Jobs(emulator, tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "play.yml").write_text(yaml.safe_dump([PLAY]))
    return folder


@pytest.mark.parametrize(
    ("inputs", "verbosity"),
    [(blank, 4), pytest.param(missing, 0, marks=in_matrix), pytest.param(filled, 4, marks=in_matrix)],
)
def test_a_job_has_all_that_the_modules_need(
    jobs: Jobs, project: Path, emulator: Emulator, inputs: Any, verbosity: int
) -> None:
    env = environment(inputs, emulator.url)
    assert "" in env.values()
    known = emulator.secrets()
    job = jobs(project, "play.yml", env, verbosity=verbosity)
    assert job.status == "successful", job.output
    assert {cloud: thing.view(emulator.state(cloud))[thing.target][1] for cloud, thing in THINGS.items()} == {
        cloud: thing.wanted for cloud, thing in THINGS.items()
    }
    assert [call["cloud"] for call in emulator.journal() if call["write"]] == [*CLOUDS, "tencent"]
    # The secret of the new key was searched for, too.
    assert len(emulator.secrets() - known) == 1


@in_matrix
def test_the_slices_of_a_job_report_each_account_once(jobs: Jobs, tmp_path: Path, emulator: Emulator) -> None:
    """As the guide to reports shows it: three slices, another job that merges them, and one job for all accounts."""
    written = tmp_path / "reports"
    written.mkdir()
    guide = (COLLECTION / "docs" / "guide-report.md").read_text(encoding="utf-8")
    texts = blocks(guide.partition("## Slices of a job")[2].replace("/srv/reports", str(written)))
    variables, merge = yaml.safe_load(texts[0]), texts[1]
    (tmp_path / "report.yml").write_text("- ansible.builtin.import_playbook: multicloud.iam.access_key_report\n")
    (tmp_path / "merge.yml").write_text(merge)
    env = environment(blank, emulator.url)
    accounts = {f"{cloud}-{number}": {"access_key_account": {"cloud": cloud}} for cloud in CLOUDS for number in (1, 2)}

    listed = []
    for hosts in slices(accounts, 3):
        part = {host: accounts[host] for host in hosts}
        job = jobs(tmp_path, "report.yml", env, inventory=part, extra_vars=variables)
        assert job.status == "successful", job.output
        listed.append(max(written.iterdir(), key=lambda path: path.stat().st_mtime_ns))
    names = [[account["name"] for account in json.loads(path.read_text())["accounts"]] for path in listed]
    assert sorted(name for part in names for name in part) == sorted(accounts)
    assert sorted(map(len, names)) == [2, 3, 3]

    job = jobs(tmp_path, "merge.yml", env)
    assert job.status == "successful", job.output
    single = {**variables, "access_key_report_file": "all"}
    assert jobs(tmp_path, "report.yml", env, inventory=accounts, extra_vars=single).status == "successful"
    merged, whole = (timeless(written / f"{name}.json") for name in ("access_keys", "all"))
    assert len(merged["keys"]) > len(accounts)
    assert merged == whole


def timeless(path: Path) -> dict[str, Any]:
    """Return a report without times, and without numbers of days: a key becomes a day older between two jobs."""
    text = re.sub(r"\b\d+ days", "n days", path.read_text(encoding="utf-8"))
    return dict(json.loads(text, object_hook=lambda each: {name: each[name] for name in each if name not in _TIMES}))


def blocks(page: str) -> list[str]:
    """Return the YAML examples of a page."""
    return re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


EXAMPLES = blocks((COLLECTION / "docs" / "guide-awx.md").read_text(encoding="utf-8"))
(WITHOUT_ENVIRONMENT,) = [example for example in EXAMPLES if "gather_subset" in example]


@in_matrix
def test_a_fact_cache_has_no_credentials_if_a_play_does_as_the_guide_says(
    jobs: Jobs, tmp_path: Path, emulator: Emulator
) -> None:
    env = environment(filled, emulator.url)
    for name, text in {"guide": WITHOUT_ENVIRONMENT, "all": "- hosts: localhost\n"}.items():
        (tmp_path / f"{name}.yml").write_text(text)
        job = jobs.run(tmp_path, f"{name}.yml", env, fact_cache=True)
        assert job.status == "successful", job.output
        assert list((job.directory / "fact_cache").iterdir())
        leaks = jobs.leaks(job)
        assert leaks == [] if name == "guide" else any("fact_cache" in leak for leak in leaks)
