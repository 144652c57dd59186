# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replace the get-pip script that ansible-test downloads: install the same pip from the package index.

ansible-test calls it with pip's options and `pip==<version>` in a virtual environment without pip.
"""

from __future__ import annotations

import subprocess
import sys

OWN_OPTIONS = {"--no-setuptools", "--no-wheel"}  # of get-pip; pip does not know them


def run(*command: str) -> None:
    subprocess.run([sys.executable, "-m", *command], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    # Use separate processes, because ensurepip changes the environment of a later pip.
    run("ensurepip")
    run("pip", "install", "--upgrade", *(word for word in sys.argv[1:] if word not in OWN_OPTIONS))


if __name__ == "__main__":
    main()
