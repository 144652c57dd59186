# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Define the sessions: `make test` runs the default ones, `make test-matrix` those of every ansible-core.

antsibull-nox brings the static ones (lint, docs-check, license-check, ...), and antsibull-nox.toml configures them. Its
ansible-test sessions need containers and downloads by git, so this file has its own.
"""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import antsibull_nox
import findpython
import nox
from antsibull_fileutils.copier import GitCopier

ROOT = Path(__file__).parent.resolve()
# `make test` runs two halves side by side: "code" checks or calls the code, "runs" runs playbooks. The playbooks on the
# oldest core belong to "code", so that both halves take equally long.
PART = os.environ.get("TEST_PART")
HOME = ROOT / ".nox" / f"home-{PART or 'all'}"
LOGS = ROOT / "tests" / "output"
COUNTS = ROOT / "tests" / "rotation" / "counts"


class Core(NamedTuple):
    """Describe a supported ansible-core and the Pythons (3.x) that its controller runs on."""

    requirement: str
    pythons: range
    stable: bool = True


CORES = {
    "2.18": Core("ansible-core~=2.18.0", range(11, 14)),
    "2.19": Core("ansible-core~=2.19.0", range(11, 14)),
    "2.20": Core("ansible-core~=2.20.0", range(12, 15)),
    "2.21": Core("ansible-core~=2.21.0", range(12, 15)),
    "2.22": Core("ansible-core>=2.22.0rc1,<2.23", range(13, 16), stable=False),
}
# The ansible package in tests/benchmark/requirements.txt needs this version.
BENCH_CORE = "2.21"
# ansible-test installs these versions of pip: the first up to 2.19, the second from 2.20 on.
ANSIBLE_TEST_PIPS = ("24.2", "25.2")
# The oldest Python of a target host, and the newest core whose module_utils run on it.
TARGET_PYTHON, TARGET_CORE = "3.9", "2.21"
TARGET_TESTS = ("tests/unit/plugins/module_utils", "tests/unit/plugins/modules")
OVER_HTTP = ("tests/contract", "tests/emulator", "tests/modules", "tests/eda/test_access_key_leaks.py")
# These tests spend half of their time waiting.
SIDE_BY_SIDE = ("--numprocesses", "3")
# The coverage data of the sessions in MEASURED, one file each, and the minimum percentage of covered lines.
PROOF = "ansible_collections.multicloud.iam.tests.tooling.rotation_proof"
COVERAGE, COVERED = ROOT / ".nox" / "covered", 95
MEASURE = ("--cov", "--cov-report=")

# The tests must not see the settings of a shell that is set up for a real cloud or for other playbooks.
FRAGMENTS = [path.read_text(encoding="utf-8") for path in (ROOT / "plugins" / "doc_fragments").glob("*.py")]
VARIABLES = {name for text in FRAGMENTS for name in re.findall(r"E\((\w+)\)", text)}
FOREIGN = ("ANSIBLE_", *{f"{name.partition('_')[0]}_" for name in VARIABLES})

nox.options.error_on_missing_interpreters = False  # skip them, in CI as well
nox.options.default_venv_backend = "virtualenv"  # uv does not read pip's settings
nox.options.reuse_existing_virtualenvs = True


def find_pythons() -> dict[str, Path]:
    """Return the directory of each interpreter that starts. A pyenv shim may exist and not start."""
    logging.getLogger("findpython").setLevel(logging.WARNING)  # nox prints everything that is logged
    # Prefer the interpreter that runs nox for its version: it can certainly create virtual environments.
    found = {f"3.{sys.version_info.minor}": Path(sys.base_prefix, "bin")}
    for python in findpython.find_all(3):
        found.setdefault(f"3.{python.minor}", python.real_path.parent)
    return found


def prepare_home() -> None:
    """Create a separate home for the sessions, so that the user's is neither changed nor read."""
    # Only pip needs the user's settings. They go into a file, because ansible-test drops PIP_* variables. pip lists
    # variables first, and they take precedence: in the reversed list they come last, and overwrite the rest.
    listing = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(listing, check=True, capture_output=True, text=True).stdout
    options = (line.split("=", 1) for line in reversed(listed.splitlines()))
    values = {name.split(".")[-1]: ast.literal_eval(value).split() for name, value in options}
    values["quiet"] = ["1"]
    config = HOME / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.touch(mode=0o600)  # the URL of an index may contain a password
    lines = [f"{name} = {' '.join(value)}\n" for name, value in values.items()]
    config.write_text("".join(["[global]\n", *lines]), encoding="utf-8")

    # ansible-test downloads this script unless it is in its cache.
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in ANSIBLE_TEST_PIPS:
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        shutil.copy(ROOT / "tests" / "tooling" / "get_pip.py", script)


if os.environ.get("HOME") != str(HOME):  # nox can load this file twice
    prepare_home()
    for variable in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[variable]
    os.environ["HOME"] = str(HOME)

PYTHONS = find_pythons()
os.environ["PATH"] = os.pathsep.join([*map(str, PYTHONS.values()), os.environ["PATH"]])

antsibull_nox.load_antsibull_nox_toml()


def python_for(core: str) -> str | None:
    """Return the oldest Python found that the core's controller runs on, or None."""
    candidates = (f"3.{minor}" for minor in CORES[core].pythons)
    return next((python for python in candidates if python in PYTHONS), None)


STABLE = [core for core in CORES if CORES[core].stable and python_for(core)] or list(CORES)
OLDEST_AND_NEWEST = {STABLE[0], STABLE[-1]}
PRE_RELEASES = {core for core in CORES if not CORES[core].stable}
# Tests of the parts that a pre-release has changed: how a value is hidden, and when conditions are evaluated.
TESTS_OF_PRE_RELEASES = tuple(
    f"tests/playbooks/test_{name}.py" for name in ("secrets_in_output", "action_plugin", "api_calls")
)
MEASURED = ("unit", "contract", f"playbooks-{STABLE[-1]}")
RUNS: list[str] = []


@contextmanager
def collection(session: nox.Session) -> Iterator[None]:
    """Work in a copy of the collection, in the folder where Ansible looks for it.

    The copy is outside of the checkout. Inside, ansible-test would ask git, and find only ignored files.
    """
    with tempfile.TemporaryDirectory(prefix="multicloud-iam-") as place:
        tree = Path(place, "ansible_collections", "multicloud", "iam")
        tree.parent.mkdir(parents=True)
        GitCopier().copy(ROOT, tree)
        session.env.update(PYTHONPATH=place, ANSIBLE_COLLECTIONS_PATH=place)
        with session.chdir(tree):
            yield


@contextmanager
def counting(session: nox.Session, *topics: str) -> Iterator[None]:
    """Let the tests of the matrix write their counts of a rotation, and write docs/rotation-proof.md from these.

    A selection of tests adds to the counts of earlier ones.
    """
    if not os.environ.get("TEST_EVERY_STEP") and not os.environ.get("TEST_KILLS"):
        yield
        return
    if not session.posargs:
        for topic in topics:
            (COUNTS / f"{topic}.json").unlink(missing_ok=True)
    session.env["ROTATION_COUNTS"] = str(COUNTS)
    yield
    session.run("python", "-m", PROOF, "--page", str(ROOT / "docs" / "rotation-proof.md"), str(COUNTS))


def add_session(
    function: Callable[[nox.Session], None], core: str, *, name: str, default: bool, tag: str, part: str
) -> None:
    """Add a session that runs the function in a copy of the collection with this ansible-core."""
    python = python_for(core)

    def run(session: nox.Session) -> None:
        if python is None:
            session.skip(f"no Python found that ansible-core {core} runs on")
        session.install(CORES[core].requirement, "-r", "tests/requirements-unit.txt")
        session.install("-r", "requirements.txt")
        with collection(session):
            function(session)

    run.__doc__ = f"{function.__doc__} [ansible-core {core}, Python {python}]"
    default = default and PART in {None, part}
    nox.session(name=name, python=python or False, default=default, tags=[tag])(run)
    if default and PART == "runs":
        RUNS.append(name)


def coverage_file(session: nox.Session) -> dict[str, str]:
    """Return the variable that names the session's file of coverage data, after removing what an earlier run left."""
    COVERAGE.mkdir(parents=True, exist_ok=True)
    for file in COVERAGE.glob(f"{session.name}*"):
        file.unlink()
    return {"COVERAGE_FILE": str(COVERAGE / session.name)}


def unit(session: nox.Session) -> None:
    """Run the unit tests."""
    session.run("pytest", "tests/unit", *MEASURE, *session.posargs, env=coverage_file(session))


def unit_on_target_python(session: nox.Session) -> None:
    """Run the unit tests of code for target hosts on the oldest Python of a target host."""
    if TARGET_PYTHON not in PYTHONS:
        session.skip(f"Python {TARGET_PYTHON} not found")
    # The controller of ansible-core needs a newer Python. Its module_utils do not.
    core = CORES[TARGET_CORE].requirement
    session.install("--ignore-requires-python", "--no-deps", core)
    session.install("-r", "requirements.txt", "-r", "tests/requirements-unit.txt")
    with collection(session):
        found = [path for path in TARGET_TESTS if Path(path).exists()]
        session.run("pytest", *found, *session.posargs)


def contract(session: nox.Session) -> None:
    """Test the emulator, the modules over HTTP, and the official SDKs against the emulator and our signers."""
    session.install("-r", "tests/requirements-contract.txt")
    session.run("pytest", *OVER_HTTP, *SIDE_BY_SIDE, *MEASURE, *session.posargs, env=coverage_file(session))


def coverage(session: nox.Session) -> None:
    """Report the lines of plugins/ that the last run of each measured session has not reached. Fail if there are too many."""
    session.install("coverage>=7.10")
    data = f"--data-file={COVERAGE}/all"
    session.run("coverage", "combine", "--keep", "--quiet", data, *(str(COVERAGE / name) for name in MEASURED))
    session.run("coverage", "report", data, f"--fail-under={COVERED}")


def prose(session: nox.Session) -> None:
    """Check spelling, and the word list in tests/tooling/words.toml."""
    session.install("-r", "tests/requirements-prose.txt")
    session.run("codespell")
    session.run("python", "tests/tooling/prose.py", *session.posargs)


def pages(session: nox.Session) -> None:
    """Write the pages of the docs site from the Markdown pages. In CI, only check that they are up to date."""
    session.install("-r", "tests/docsite/requirements-pages.txt")
    arguments = (*(("--check",) if os.environ.get("CI") else ()), str(ROOT / "docs" / "docsite" / "rst"))
    with collection(session):
        session.run("python", "-m", "ansible_collections.multicloud.iam.tests.tooling.docsite", *arguments)


def docsite(session: nox.Session) -> None:
    """Build the docs site without network in tests/output/docsite, and fail if there is a warning."""
    session.install("-r", "tests/docsite/requirements.txt")
    site = LOGS / "docsite"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    session.run(
        *("antsibull-docs", "sphinx-init", "--use-current", "--fail-on-error", "--squash-hierarchy"),
        *("--dest-dir", str(site), "--title", "multicloud.iam", "--project", "multicloud.iam"),
        *("--copyright", "multicloud.iam contributors", "multicloud.iam"),
        silent=True,
    )
    # The labels of Ansible's documentation that the pages refer to. Its own inventory would be a download.
    session.run("sphobjinv", "convert", "zlib", "--quiet", "tests/docsite/ansible.inv.txt", str(site / "ansible.inv"))
    mapping = {"ansible": ("https://docs.ansible.com/projects/ansible/devel/", "../ansible.inv")}
    # Before the first release, the page of the changelog has no title.
    is_released = "releases: {}" not in Path("changelogs/changelog.yaml").read_text(encoding="utf-8")
    suppressed = [] if is_released else ["toc.no_title"]
    with (site / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(f"intersphinx_mapping = {mapping}\nsuppress_warnings = {suppressed}\n")
    session.run("bash", str(site / "build.sh"), external=True, env={"NO_COLOR": "1"})


def workflows(session: nox.Session) -> None:
    """Check the workflows and forms of GitHub."""
    session.install("-r", "tests/requirements-workflows.txt")
    files = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(".github/workflows/*.yml"))]
    session.run("actionlint", "--shellcheck=", *files)  # a program that no package contains
    session.run("zizmor", "--offline", "--quiet", "--min-severity", "medium", ".github")
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    forms = ("problem.yml", "idea.yml")
    for schema, names in (
        ("github-issue-forms", [f".github/ISSUE_TEMPLATE/{name}" for name in forms]),
        ("github-issue-config", [".github/ISSUE_TEMPLATE/config.yml"]),
        ("dependabot", [".github/dependabot.yml"]),
    ):
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *names)


def oldest(session: nox.Session) -> None:
    """Run the tests of `contract` and `faults` with the oldest libraries that requirements.txt allows."""
    wanted = ("requirements.txt", "tests/requirements-contract.txt", "tests/playbooks/requirements.txt")
    files = [part for file in wanted for part in ("--requirement", file)]
    session.install(*files, "--constraint", "tests/constraints-oldest.txt")
    for tests in ([*OVER_HTTP, *SIDE_BY_SIDE], ["tests/faults"]):
        session.run("pytest", *tests, *session.posargs, env={"TEST_EVERY_STEP": None})  # only with the newest libraries


def fuzz(session: nox.Session) -> None:
    """Test generated replies and options, and the states of a rotation: a sample, or for the matrix ten times as many."""
    session.install("-r", "tests/requirements-contract.txt")
    signers = Path("tests/contract").glob("test_*_signer.py") if os.environ.get("TEST_EVERY_STEP") else ()
    with counting(session, "states", "mutants"):
        session.run("pytest", "tests/fuzz", "tests/rotation", *sorted(map(str, signers)), *session.posargs)


def faults(session: nox.Session) -> None:
    """Test every fault in every operation: in process all, as module process a sample, or for the matrix all."""
    session.install("-r", "tests/playbooks/requirements.txt")
    session.run("pytest", "tests/faults", *session.posargs)


def playbooks(session: nox.Session) -> None:
    """Test whole runs of ansible-playbook against the emulator, and against a server for the store vault_kv2."""
    files = ("requirements.txt", "requirements-awx.txt", "requirements-vault.txt")
    session.install(*(part for file in files for part in ("-r", f"tests/playbooks/{file}")))
    unpacked = ("community.hashi_vault", "tests/playbooks/requirements-collections.txt")
    session.run_install("python", "tests/tooling/unpack_collection.py", *unpacked)
    core = session.name.partition("-")[2]
    is_sample = not os.environ.get("TEST_EVERY_STEP") and core != STABLE[-1]
    tests = TESTS_OF_PRE_RELEASES if is_sample and core in PRE_RELEASES else ("tests/playbooks",)
    if core == STABLE[-1] and not session.posargs:
        session.install("-r", "tests/release/requirements-changelog.txt")
        tests = (*tests, "tests/release/test_changelog.py")
    selected = ("-m", "not any_core") if is_sample else ()
    env = coverage_file(session) if session.name in MEASURED else {}
    session.run("pytest", *tests, *selected, *session.posargs, env=env)
    if env:  # each worker of ansible-core has left a file
        session.run("coverage", "combine", "--quiet", env=env)


def release(session: nox.Session) -> None:
    """Release the next version in a copy of the repository, have it judged, install it and use it."""
    session.install("-r", "tests/release/requirements.txt")
    session.run("pytest", "tests/release", *session.posargs)


def report(session: nox.Session) -> None:
    """Validate reports about keys against their schemas, and use the page in a Chromium if there is one."""
    session.install("-r", "tests/report/requirements.txt")
    session.run("pytest", "tests/report", "-rs", *session.posargs)


def kills(session: nox.Session) -> None:
    """Kill rotations of access keys and run them again: one in each way, or for the matrix at every point."""
    session.install("-r", "tests/playbooks/requirements.txt", "-r", "tests/playbooks/requirements-vault.txt")
    unpacked = ("community.hashi_vault", "tests/playbooks/requirements-collections.txt")
    session.run_install("python", "tests/tooling/unpack_collection.py", *unpacked)
    with counting(session, "kills", "points", "replay", "two-runs"):
        session.run("pytest", "tests/kills", *SIDE_BY_SIDE, *session.posargs)
    if os.environ.get("TEST_EVERY_STEP") and not os.environ.get("TEST_KILLS") and not session.posargs:
        session.run("python", "-m", PROOF, "--check", str(COUNTS))


def sanity(session: nox.Session) -> None:
    """Run ansible-test sanity: every test, every Python found, nothing ignored. Of the oldest core a sample."""
    tests: tuple[str, ...] = ()
    if session.name == f"sanity-{STABLE[0]}" != f"sanity-{STABLE[-1]}" and not os.environ.get("TEST_EVERY_STEP"):
        tests = ("--test", "validate-modules", "--test", "ansible-doc", "--test", "action-plugin-docs")
    elif session.name == "sanity-2.22":
        # The release candidate installs a part of pylint from a place that is no package index.
        tests = ("--skip-test", "pylint")
    session.run("ansible-test", "sanity", "--local", "--color", "no", *tests, *session.posargs)


def integration(session: nox.Session) -> None:
    """Run ansible-test integration at -vvvv, and search all its output for the secrets used."""
    session.install("-r", "tests/integration/requirements.txt")
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{session.name}.log"
    with tempfile.TemporaryDirectory(prefix="multicloud-iam-canary-") as secrets:
        # ansible-test does not pass the environment on. The content of this file becomes extra variables.
        variables: dict[str, object] = {"multicloud_iam_canary_dir": secrets, "ansible_remote_tmp": str(HOME / "tmp")}
        if session.name == f"integration-{STABLE[0]}" and os.environ.get("TEST_EVERY_STEP"):
            # A task with any environment variable is handed over to the module.
            variables["setup_cloud_emulator_environment"] = {"AS_MODULE": "1"}
        Path("tests/integration/integration_config.yml").write_text(json.dumps(variables), encoding="utf-8")
        command = ["ansible-test", "integration", "--local", "-vvvv", "--color", "no"]
        try:
            with log.open("w", encoding="utf-8") as output:
                session.run(*command, *session.posargs, stdout=output, stderr=subprocess.STDOUT)
        except nox.command.CommandFailed:
            print(*log.read_text(encoding="utf-8").splitlines()[-100:], log, sep="\n")
            raise
        recaps = [line for line in log.read_text(encoding="utf-8").splitlines() if " : ok=" in line]
        print(*recaps, f"Complete output: {log}", sep="\n")
        session.run("python", "tests/tooling/canary.py", str(log), "--secrets", secrets)


def molecule(session: nox.Session) -> None:
    """Run the Molecule scenarios against the emulator, without containers: all, or those that `-s` names."""
    session.install("-r", "tests/integration/requirements.txt", "-r", "tests/requirements-molecule.txt")
    session.run("molecule", "test", *(session.posargs or ("--all",)))


def examples(session: nox.Session) -> None:
    """Run what docs/examples and docs/guide-testing.md show, and let ansible-builder read the execution environment."""
    files = ("integration/requirements.txt", "requirements-molecule.txt", "examples/requirements.txt")
    session.install(*(part for file in files for part in ("-r", f"tests/{file}")))
    session.run("pytest", "tests/examples", *session.posargs)


def eda(session: nox.Session) -> None:
    """Run the rulebooks with ansible-rulebook, which needs Java."""
    if shutil.which("java") is None:
        session.skip("Java not found")
    session.install("-r", "tests/eda/requirements.txt")
    session.run("pytest", "tests/eda/test_rulebooks.py", *session.posargs)


def bench(session: nox.Session) -> None:
    """Compare the modules with their peers, and write docs/benchmark.md."""
    # Install both together, so that the package with the peers cannot replace the core.
    session.install(CORES[BENCH_CORE].requirement, "-r", "tests/benchmark/requirements.txt")
    written = ["--output", str(LOGS / "bench.json"), "--page", str(ROOT / "docs" / "benchmark.md")]
    session.run("python", "tests/benchmark/bench.py", *written, *session.posargs)


def demo(session: nox.Session) -> None:
    """Show the collection at work on the emulator."""
    session.install("-r", "tests/integration/requirements.txt")
    session.run("demo/run", *session.posargs, external=True)


for _core in CORES:
    _usual = _core in OLDEST_AND_NEWEST
    add_session(sanity, _core, name=f"sanity-{_core}", default=_usual, tag="matrix", part="code")
    # The playbook tests cover the cycles on the oldest core. The matrix tests every single step there.
    _newest = _core == STABLE[-1]
    add_session(integration, _core, name=f"integration-{_core}", default=_newest, tag="matrix", part="runs")
    # The way to hide secrets depends on the core, and changes with 2.22.
    _usual = _usual or _core in PRE_RELEASES
    _part = "runs" if _newest else "code"
    add_session(playbooks, _core, name=f"playbooks-{_core}", default=_usual, tag="matrix", part=_part)
for _function in (unit, contract):
    add_session(_function, STABLE[-1], name=_function.__name__, default=True, tag="test", part="code")
add_session(oldest, STABLE[0], name=oldest.__name__, default=False, tag="matrix", part="code")
for _function in (fuzz, faults, kills, report):
    add_session(_function, STABLE[-1], name=_function.__name__, default=True, tag="matrix", part="code")
add_session(eda, STABLE[-1], name=eda.__name__, default=False, tag="matrix", part="runs")
add_session(release, STABLE[-1], name=release.__name__, default=False, tag="matrix", part="code")
add_session(examples, STABLE[-1], name=examples.__name__, default=False, tag="matrix", part="runs")
add_session(molecule, STABLE[-1], name=molecule.__name__, default=False, tag="matrix", part="runs")
add_session(docsite, STABLE[-1], name=docsite.__name__, default=False, tag="matrix", part="code")
for _function, _core in ((bench, BENCH_CORE), (demo, STABLE[-1])):
    add_session(_function, _core, name=_function.__name__, default=False, tag="show", part="runs")
nox.session(name="coverage", default=False)(coverage)
nox.session(name="workflows", default=False, tags=["matrix"])(workflows)
nox.session(name="prose", default=PART in {None, "code"}, tags=["lint"])(prose)
nox.session(name="pages", default=PART in {None, "code"}, tags=["lint"])(pages)
nox.session(
    name=f"unit-{TARGET_PYTHON}",
    python=TARGET_PYTHON if TARGET_PYTHON in PYTHONS else False,
    default=PART in {None, "code"},
)(unit_on_target_python)
if PART == "runs":  # antsibull-nox's sessions do not know the parts, and all belong to the other one
    nox.options.sessions = RUNS
