# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import zipfile
from pathlib import Path

from ansible_collections.multicloud.iam.tests.tooling.unpack_collection import unpack


def test_only_the_named_collection_is_unpacked(tmp_path: Path) -> None:
    wheel = tmp_path / "example.whl"
    wanted = "ansible_collections/example/one/plugins/modules/a.py"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in (wanted, "ansible_collections/example/one_more/a.py", "ansible_community/a.py"):
            archive.writestr(name, name)
    assert unpack(wheel, "example.one", tmp_path / "place") == 1
    files = [path for path in (tmp_path / "place").rglob("*") if path.is_file()]
    assert [path.relative_to(tmp_path / "place").as_posix() for path in files] == [wanted]
    assert unpack(wheel, "example.two", tmp_path / "place") == 0
