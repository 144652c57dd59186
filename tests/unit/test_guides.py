# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that the tables and examples of the guides match the code."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils import _errors
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba import checks
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.options import SITES
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.options import HOSTS
from ansible_collections.multicloud.iam.plugins.module_utils._sources import Field
from ansible_collections.multicloud.iam.tests.support.links import links

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = "ansible_collections.multicloud.iam.plugins"
GUIDES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("guide*.md"))}
CLOUDS = [path.name[1:] for path in sorted((ROOT / "plugins" / "module_utils").glob("_[a-z]*")) if path.is_dir()]
FILES = {
    **{name: ROOT / "docs" / f"{name}.md" for name in GUIDES},
    "README": ROOT / "README.md",
    "role": ROOT / "roles" / "cloud_emulator" / "README.md",
}
PAGES = {name: path.read_text(encoding="utf-8") for name, path in FILES.items()}
ROTATION = ROOT / "roles" / "rotate_access_key"
VARIABLE = r"[A-Z]+(?:_[A-Z]+)+"


class Loader(yaml.SafeLoader):
    """Load the YAML of a playbook, with texts that Ansible does not evaluate."""


Loader.add_constructor("!unsafe", lambda _loader, node: node.value)


def rows(page: str, first_heading: str) -> list[list[str]]:
    """Return the cells of the table with this heading of its first column."""
    table = page.partition(f"\n| {first_heading} |")[2].partition("\n\n")[0]
    assert table, first_heading
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def linked(page: str) -> set[str]:
    """Return the guides that a page links to."""
    return {link.file.stem for link in links(FILES[page]) if link.file.parent == ROOT / "docs"}


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def fields(cloud: str) -> Iterator[Field]:
    """Return everything that a cloud reads from the environment."""
    sources = importlib.import_module(f"{PLUGINS}.module_utils._{cloud}.options").SOURCES
    for family in sources.families:
        yield from (*family.members, *family.places)
    yield from sources.anywhere
    if sources.profiles:
        yield Field(sources.profiles.option, sources.profiles.variables)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_guide_and_module_documentation_name_the_variables_that_the_cloud_reads(cloud: str) -> None:
    source = (ROOT / "plugins" / "module_utils" / f"_{cloud}" / "options.py").read_text(encoding="utf-8")
    resolved = {name for field in fields(cloud) for name in field.variables}
    # Of files, or a part of a name.
    named = set(re.findall(rf'"({VARIABLE})"', source))
    read = resolved | {name for name in named if not any(name in variable for variable in resolved)}
    assert set(re.findall(rf"`({VARIABLE})\b", GUIDES[f"guide-{cloud}"])) == read
    fragment = importlib.import_module(f"{PLUGINS}.doc_fragments._{cloud}").ModuleDocFragment.DOCUMENTATION
    assert set(re.findall(r"E\((\w+)\)", fragment)) == read


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_guide_names_variables_in_the_order_in_which_they_count(cloud: str) -> None:
    rows_and_paragraphs = re.split(r"\n\n|\n(?=\|)", GUIDES[f"guide-{cloud}"])
    for field in fields(cloud):
        in_order = re.compile(".*".join(f"`{name}`" for name in field.variables), re.DOTALL)
        assert any(in_order.search(text) for text in rows_and_paragraphs), field


def test_the_categories_of_errors_are_those_of_the_code() -> None:
    categories = {value for name, value in vars(_errors).items() if name.isupper() and isinstance(value, str)}
    documented = [code(category)[0] for category, _meaning in rows(GUIDES["guide"], "`error.category`")]
    assert sorted(documented) == sorted(categories)


def test_the_categories_of_blocked_rotations_are_those_of_the_code() -> None:
    """The guide says what to do about each of them, and the contract of the planner what holds."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "plugins/module_utils").glob("_rotation*.py")
    ]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    categories = set()
    for call in calls:
        place = {"blocked": 0, "_odd": 1}.get(getattr(call.func, "id", ""))
        categories |= set() if place is None else {ast.literal_eval(call.args[place])}
    assert len(categories) > 10
    for page in (GUIDES["guide-rotation"], (ROOT / "docs/dev/rotation.md").read_text(encoding="utf-8")):
        heading = "`blocked`" if page is GUIDES["guide-rotation"] else "category"
        assert sorted(code(category)[0] for category, _text in rows(page, heading)) == sorted(categories)


def test_the_docs_site_lists_every_page_and_every_playbook() -> None:
    site = ROOT / "docs" / "docsite"
    sections = yaml.safe_load((site / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    listed = [page for section in sections for page in section["toctree"]]
    assert sorted(listed) == sorted(path.stem for path in (site / "rst").glob("*.rst"))
    assert set(GUIDES) <= set(listed)
    playbooks = (site / "rst" / "playbooks.rst").read_text(encoding="utf-8")
    labels = re.findall(
        r"^\.\. _ansible_collections\.multicloud\.iam\.docsite\.playbooks\.(\w+):$", playbooks, re.MULTILINE
    )
    assert sorted(labels) == sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def test_the_docs_site_links_to_no_markdown_page_of_its_own() -> None:
    site = ROOT / "docs" / "docsite" / "rst"
    links = [
        link
        for page in site.glob("*.rst")
        for link in re.findall(r"<([^<>`]+\.md\b[^<>`]*)>`", page.read_text(encoding="utf-8"))
    ]
    assert links
    assert not [link for link in links if not link.startswith("https://")]


def test_every_guide_leads_to_the_one_about_rotations() -> None:
    for name in {*GUIDES, "README"} - {"guide-rotation"}:
        assert "guide-rotation" in linked(name), name


def members(options: dict[str, Any], given: dict[str, Any], place: str = "") -> Iterator[str]:
    """Give the members that an example sets and that the role does not know."""
    for name, value in given.items():
        if name not in options:
            yield f"{place}{name}"
        elif "options" in options[name]:
            for each in value if isinstance(value, list) else [value]:
                yield from members(options[name]["options"], each, f"{place}{name}.")


def rotation_variables(value: Any) -> Iterator[dict[str, Any]]:
    """Give the dictionaries with variables of the role."""
    if isinstance(value, dict):
        found = {name: each for name, each in value.items() if name.startswith("rotate_access_key_")}
        if "rotate_access_key_keys" in found:
            yield found
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from rotation_variables(each)


def test_the_examples_of_rotations_set_variables_of_the_role() -> None:
    options = yaml.safe_load((ROTATION / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    readme = (ROTATION / "README.md").read_text(encoding="utf-8")
    for page, count in ((GUIDES["guide-rotation"], 1), (readme, 2)):
        blocks = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
        examples = [each for block in blocks for each in rotation_variables(yaml.safe_load(block))]
        assert len(examples) >= count
        assert [odd for example in examples for odd in members(options["main"]["options"], example)] == []


def test_the_guide_to_rotations_repeats_no_sentence_of_the_role() -> None:
    def sentences(text: str) -> set[str]:
        prose = re.sub(r"^(```.*?^```|<!--.*?-->)", "", text, flags=re.DOTALL | re.MULTILINE)
        parts = re.split(r"(?<=[.:])\s|\n\n|\|", prose)
        return {" ".join(part.split()) for part in parts if len(part.split()) > 5}

    assert (
        sentences(GUIDES["guide-rotation"]) & sentences((ROTATION / "README.md").read_text(encoding="utf-8")) == set()
    )


def test_the_regions_of_huawei_cloud_are_those_of_the_code() -> None:
    documented = {
        region: code(endpoint)[0].replace("REGION", region)
        for _site, regions, endpoint in rows(GUIDES["guide-huawei"], "site | regions | endpoint")
        for region in code(regions)
    }
    assert documented == {region: f"https://{host}" for region, host in HOSTS.items()}


def test_the_regions_of_alibaba_cloud_are_those_of_the_code() -> None:
    documented = {
        region: code(endpoint)[0]
        for _site, endpoint, regions in rows(GUIDES["guide-alibaba"], "site | endpoint | regions")
        for region in code(regions)
    }
    assert documented == {region: site.endpoint for region, site in SITES.items()}


def test_the_documented_requirements_of_vendors_are_those_of_the_code() -> None:
    documented: dict[str, list[Any]] = {}
    for vendors, ak_type, required, domains in rows(GUIDES["guide-alibaba"], "vendor"):
        for vendor in code(vendors):
            documented[vendor] = [code(ak_type), sorted(code(required)), code(domains)]
    assert list(documented) == list(checks.VENDORS)
    for vendor, (ak_type, required, domains) in documented.items():
        demanded = {"domain": checks._WITH_DOMAIN, "tenant_id": checks._WITH_TENANT}
        assert required == sorted(name for name, vendors in demanded.items() if vendor in vendors)
        assert ak_type == ([checks._ONLY_AK_TYPE[vendor]] if vendor in checks._ONLY_AK_TYPE else [])
        only = checks._ONLY_DOMAIN.get(vendor)
        possible = [each for each in checks.DOMAINS if each != "europe" or vendor == checks._EUROPEAN]
        assert domains == ([only] if only else possible)


def test_the_documentation_of_the_module_names_the_vendors_as_the_code_does() -> None:
    module = importlib.import_module(f"{PLUGINS}.modules.sas_vendor_ak")
    options = yaml.safe_load(module.DOCUMENTATION)["options"]

    def vendors(option: str, sentence: str) -> list[set[str]]:
        """Give the vendors in each sentence of a description that has these words."""
        sentences = re.split(r"(?<=\.) ", " ".join(options[option]["description"]))
        return [set(re.findall(r"V\((\w+)\)", each)) & set(checks.VENDORS) for each in sentences if sentence in each]

    assert vendors("vendor", "known vendors") == [set(checks.VENDORS)]
    only = checks._ONLY_AK_TYPE
    for ak_type in set(only.values()):
        of_type = {vendor for vendor, each in only.items() if each == ak_type}
        assert vendors("ak_type", f"V({ak_type}) only") == [of_type]
    assert vendors("domain", "as required") == [set(checks._WITH_DOMAIN)]
    assert vendors("tenant_id", "Required") == [set(checks._WITH_TENANT)]


def test_no_guide_sends_the_users_of_a_cloud_to_the_guide_of_another_one() -> None:
    of_clouds = {f"guide-{cloud}" for cloud in CLOUDS}
    for guide in of_clouds:
        assert linked(guide) & of_clouds <= {guide}
        assert "guide" in linked(guide)
    assert of_clouds <= linked("guide") & linked("README")


def test_the_documentation_of_a_module_refers_to_modules_of_its_cloud_only() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    for cloud in CLOUDS:
        for module in groups[cloud]:
            file = importlib.import_module(f"{PLUGINS}.modules.{module}")
            assert set(re.findall(r"multicloud\.iam\.([a-z]\w+)", file.DOCUMENTATION + file.RETURN)) <= set(
                groups[cloud]
            )


def tasks(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the modules of ours that an example calls, with the options it sets."""
    for each in value if isinstance(value, list) else [value]:
        for name, part in each.items() if isinstance(each, dict) else ():
            if name.startswith("multicloud.iam."):
                yield name.rpartition(".")[2], part or {}
            elif isinstance(part, (list, dict)):
                yield from tasks(part)


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_set_options_that_exist(page: str) -> None:
    for block in re.findall(r"^```yaml\n(.*?)^```", PAGES[page], re.DOTALL | re.MULTILINE):
        for module, options in tasks(yaml.load(block, Loader)):
            spec = importlib.import_module(f"{PLUGINS}.modules.{module}").MODULE.argument_spec
            assert set(options) <= set(spec), module
