# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the jobs of docs/examples/infrastructure-repository literally, with the built collection and an empty home."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.examples.steps import Steps
from ansible_collections.multicloud.iam.tests.support.cloud import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "infrastructure-repository"
JOBS = yaml.safe_load((EXAMPLE / ".github" / "workflows" / "access-keys.yml").read_text(encoding="utf-8"))["jobs"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steps]:
    place = tmp_path_factory.mktemp("example")
    directory = place / "repository"
    shutil.copytree(EXAMPLE, directory)
    build = ["ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(place)]
    subprocess.run([sys.executable, str(Path(sys.executable).parent / build[0]), *build[1:]], check=True)
    (artefact,) = place.glob("*.tar.gz")
    # This is the only change: the collection comes from a file instead of Galaxy.
    wanted = {"collections": [{"name": str(artefact), "type": "file"}]}
    (directory / "requirements.yml").write_text(yaml.safe_dump(wanted), encoding="utf-8")
    steps = Steps(directory, installed=True)
    yield steps
    steps.run("make stop")


def test_the_job_for_a_pull_request_succeeds_without_an_account(repository: Steps) -> None:
    outputs = {}
    for step in JOBS["test"]["steps"]:
        if "run" in step:
            outputs[step["run"]] = repository.succeed(step["run"])
    recaps = [line.split() for line in outputs["make check"].splitlines() if " : ok=" in line]
    assert {words[0] for words in recaps} == {"tencent-prod", "huawei-prod"}
    assert all("changed=0" in words and "failed=0" in words for words in recaps)
    assert "Molecule executed 1 scenario" in outputs["make molecule"]
    assert not (repository.directory / ".work" / "emulator" / "environment").exists()


def test_the_drift_job_fails_if_an_account_differs(repository: Steps) -> None:
    (step,) = [step["run"] for step in JOBS["drift"]["steps"] if step.get("run") not in (None, "make install")]
    repository.succeed("make install\nmake emulator")
    url = (repository.directory / ".work" / "emulator" / "url").read_text(encoding="utf-8").strip()
    more = {"tencent": {"users": [{"name": "build", "keys": [{"access_key_id": "AKIDunexpected"}]}]}}
    request = urllib.request.Request(f"{url}/_emulator/seed", json.dumps(more).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as reply:
        assert reply.status == 200
    done = repository.run(step)
    assert done.returncode != 0
    recaps = {line.split()[0]: line for line in done.stdout.splitlines() if " : ok=" in line}
    assert "failed=1" in recaps["tencent-prod"]
    assert "failed=0" in recaps["huawei-prod"]
    plan = (repository.directory / "plans" / "tencent-prod.json").read_text(encoding="utf-8")
    assert "AKIDunexpected" in plan
    assert done.stdout.count("AKIDunexpected") > 0
