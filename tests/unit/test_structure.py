# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the structure that docs/dev/architecture.md promises: thin modules, layers, a core without vendors."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
MODULES = sorted((PLUGINS / "modules").glob("*.py"))
VENDORS = tuple(path.name[1:] for path in (PLUGINS / "module_utils").glob("_[a-z]*") if path.is_dir())
COLLECTION = "ansible_collections.multicloud.iam"
UTILS = COLLECTION + ".plugins.module_utils."


@cache
def imports(path: Path) -> set[str]:
    """Return the full names of the imported modules, of relative imports too."""
    package = ".".join((COLLECTION, *path.relative_to(ROOT).parts[:-1]))
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {
        name
        for node in nodes
        for name in (
            [resolve_name("." * node.level + (node.module or ""), package)]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }


def code_lines(path: Path) -> int:
    """Count the lines with code, without docstrings, comments and blank lines."""
    source = path.read_text(encoding="utf-8")
    docs = {
        line
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        and getattr(node.targets[0], "id", "") in ("DOCUMENTATION", "EXAMPLES", "RETURN")
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return len({token.start[0] for token in tokens if token.type not in skipped} - docs)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_has_only_documentation_and_wiring(module):
    assert code_lines(module) <= 60
    assert not [
        node
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, (ast.If, ast.For)) and node.col_offset
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_module_has_its_action_plugin_and_is_in_the_action_groups(module):
    assert (PLUGINS / "action" / module.name).exists()
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    # The groups are for options about the connection, which a module without a cloud does not have.
    has_cloud = not module.stem.startswith("secret_file")
    assert (module.stem in groups["all"]) == has_cloud
    assert sum(module.stem in members for name, members in groups.items() if name != "all") == has_cloud


def test_requests_is_imported_in_one_place() -> None:
    places = {file.stem for file in PLUGINS.glob("**/*.py") if imports(file) & {"requests", "urllib3"}}
    assert places == {"_requests"}


@pytest.mark.parametrize(
    "file",
    [file for folder in ("module_utils", "plugin_utils") for file in sorted((PLUGINS / folder).glob("*.py"))],
    ids=lambda path: path.stem,
)
def test_the_core_names_no_vendor(file):
    text = file.read_text(encoding="utf-8").lower()
    assert not [vendor for vendor in VENDORS if vendor in text]


@pytest.mark.parametrize("file", sorted((PLUGINS / "module_utils").glob("_*/*.py")), ids=lambda path: path.stem)
def test_a_vendor_imports_no_other_and_no_runtime(file):
    own = UTILS + file.parent.name
    foreign = [
        name
        for name in imports(file)
        if name.startswith(tuple(UTILS + "_" + vendor for vendor in VENDORS)) and not name.startswith(own)
    ]
    assert not foreign
    assert not imports(file) & {UTILS + name for name in ABOVE_VENDORS}


@pytest.mark.parametrize("file", sorted((PLUGINS / "module_utils").rglob("*.py")), ids=lambda path: path.stem)
def test_only_the_clock_reads_the_time(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert file.stem == "_wait" or not re.search(r"\btime\.(time|monotonic|sleep)\b", text)


ABOVE_VENDORS = ("_apply", "_lost_reply", "_creation", "_reconcile", "_module", "_key_status", "_runtime")
CORE_LAYERS = [
    {"_errors", "_given", "_key_facts", "_permissions", "_traits", "_plan", "_secrets", "_wait", "_masked", "_tls"},
    {
        "_account",
        "_recorder",
        "_endpoint",
        "_error_table",
        "_parallel",
        "_timed_reply",
        "_sources",
        "_surroundings",
        "_reply",
    },
    {"_requests", "_retry", "_secret_path", "_secret_record"},
    {"_http_errors", "_predictions"},
    {"_creation_lock", "_interrupts", "_transport", "_credentials", "_task", "_key_report", "_selection", "_owners"},
    {"_caller", "_resource", "_search", "_service_time", "_rotation_time"},
    {"_api", "_apply", "_keys", "_lost_reply", "_options", "_rotation_record"},
    {"_creation", "_declared_keys", "_findings", "_listing", "_rotation_facts"},
    {"_key_differences", "_reconcile", "_report", "_rotation_input", "_rotation_rules"},
    {"_module", "_report_texts", "_rotation"},
    {
        "_arguments",
        "_key_status",
        "_key_export",
        "_key_run",
        "_key_stop",
        "_report_page",
        "_secret_file",
        "_rotation_run",
    },
    {"_report_run", "_runtime"},
]
ACTION_LAYERS = [
    {"_conditions", "_in_process", "_register", "_rejections", "_runtime_choice", "_vault"},
    {"_api_calls", "_check_run", "_module_process", "_output", "_recording"},
    {"_action", "_secret_action"},
]
# The files of every cloud, and the extra ones that a single cloud needs. A resource is named as its module, without prefix.
EXTRA_FILES = {
    "attributes": "_alibaba",
    "identity": "_alibaba",
    "leaks": "_alibaba",
    "validation": "_alibaba",
    "jobs": "_zstack",
    "session": "_zstack",
    "times": "_zstack",
}
RESOURCES = {module.stem.split("_", 1)[1] for module in MODULES if not module.stem.endswith("_info")}
VENDOR_LAYERS = [
    {"options", "permissions", "times", "traits"},
    {"signer", "errors", "checks"},
    {"jobs"},
    {"session"},
    {"client"},
    {"account"},
    {"attributes", "find", "identity", "leaks", "validation"},
    RESOURCES,
    {"report"},
]
REQUIRED_FILES = {"options", "errors", "checks", "client", "account", "report", "permissions", "traits"}
FOLDERS = sorted({file.parent.name for file in (PLUGINS / "module_utils").glob("_*/*.py")})


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_cloud_has_the_same_files(folder: str) -> None:
    names = {file.stem for file in (PLUGINS / "module_utils" / folder).glob("*.py")}
    assert names >= REQUIRED_FILES
    assert names & RESOURCES
    assert names <= set().union(*VENDOR_LAYERS)
    assert {name for name in names if name in EXTRA_FILES} == {
        name for name, owner in EXTRA_FILES.items() if owner == folder
    }


@pytest.mark.parametrize(
    ("folder", "layers"),
    [
        ("module_utils", CORE_LAYERS),
        ("plugin_utils", ACTION_LAYERS),
        *((f"module_utils/{folder}", VENDOR_LAYERS) for folder in FOLDERS),
    ],
)
def test_imports_go_downwards_only(folder: str, layers: list[set[str]]) -> None:
    rank = {name: level for level, names in enumerate(layers) for name in names}
    prefix = COLLECTION + ".plugins." + folder.replace("/", ".") + "."
    files = list((PLUGINS / folder).glob("*.py"))
    assert {file.stem for file in files} <= set(rank)
    for file in files:
        used = {name[len(prefix) :] for name in imports(file) if name.startswith(prefix)}
        assert all(rank[name] < rank[file.stem] for name in used if name in rank), (file.stem, used)


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [
        ("action", ("plugins.modules.", "plugins.plugin_utils._action", "plugins.plugin_utils._secret_action")),
        ("plugin_utils", ("plugins.module_utils._", "plugins.plugin_utils._")),
        ("callback", ("plugins.plugin_utils._api_calls", "plugins.plugin_utils._recording")),
        (
            "filter",
            tuple(
                f"plugins.module_utils._{name}" for name in ("account", "declared_keys", "key_", "report", "rotation")
            ),
        ),
        (
            "modules",
            (
                "plugins.module_utils._key_status",
                "plugins.module_utils._options",
                "plugins.module_utils._module",
                "plugins.module_utils._runtime",
                *(f"plugins.module_utils._{vendor}." for vendor in VENDORS),
            ),
        ),
    ],
)
def test_the_files_of_a_folder_import_only_what_is_allowed(folder: str, allowed: tuple[str, ...]) -> None:
    prefixes = tuple(f"{COLLECTION}.{name}" for name in allowed)
    for file in (PLUGINS / folder).glob("*.py"):
        own = {name for name in imports(file) if name.startswith(COLLECTION)}
        assert all(name.startswith(prefixes) for name in own), (file.name, own)
