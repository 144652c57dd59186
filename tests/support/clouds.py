# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the clouds of the collection, and find the facts that each test suite needs about each of them.

A cloud is a folder of plugins/module_utils. It is described by CLOUD in tests/support/<cloud>.py, and by
tests/<suite>/clouds/<cloud>.py for each suite that runs on all clouds.
"""

from __future__ import annotations

import os
import re
from functools import cache
from importlib import import_module
from types import ModuleType

from .cloud import ROOT, Cloud

_TESTS = __package__.rpartition(".")[0]
_PLUGINS = ROOT / "plugins"

CLOUDS: dict[str, Cloud] = {
    folder.name[1:]: import_module(f"{__package__}.{folder.name[1:]}").CLOUD
    for folder in sorted((_PLUGINS / "module_utils").glob("_[a-z]*"))
    if folder.is_dir()
}
CLOUD_OF: dict[str, str] = {module: cloud.name for cloud in CLOUDS.values() for module in cloud.modules}


def documented_variables(cloud: str) -> set[str]:
    """Return the environment variables that the modules of a cloud read."""
    fragment = _PLUGINS / "doc_fragments" / f"_{cloud}.py"
    return set(re.findall(r"E\((\w+)\)", fragment.read_text(encoding="utf-8")))


_PREFIXES = tuple({f"{name.partition('_')[0]}_" for cloud in CLOUDS for name in documented_variables(cloud)})
_OF_THE_NETWORK = ("PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT", "NETRC")


def foreign_variables() -> list[str]:
    """Return the environment variables of the user that must not reach a test: credentials, proxies, certificates."""
    return [
        name
        for name in os.environ
        if name.startswith(_PREFIXES) or any(part in name.upper() for part in _OF_THE_NETWORK)
    ]


@cache
def parts(suite: str) -> dict[str, ModuleType]:
    """Return the facts that a test suite needs about each cloud."""
    return {name: import_module(f"{_TESTS}.{suite}.clouds.{name}") for name in CLOUDS}
