# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Close a run of nox with one line that says how many of its sessions passed.

`count.py REPORT STATUS`: nox's report and its exit status, which becomes ours.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def main(report: str, status: str) -> int:
    path = Path(report)
    # Without a report nox itself has failed, before the first session or on an interrupt.
    sessions = json.loads(path.read_text(encoding="utf-8"))["sessions"] if path.exists() else []
    results = Counter(session["result"] for session in sessions)
    passed, skipped = results.pop("success", 0), results.pop("skipped", 0)
    failed = results.total() or int(status != "0")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return int(status) or int(failed > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
