# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""End runs of nox with one line that counts their passed and failed sessions.

`count.py STATUS REPORT...`: the exit status of the runs, which this program returns, and their reports.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def main(status: str, *reports: str) -> int:
    paths = [Path(report) for report in reports]
    # Without a report, nox itself has failed, before the first session or after an interrupt.
    found = [json.loads(path.read_text(encoding="utf-8"))["sessions"] for path in paths if path.exists()]
    sessions = [session for report in found for session in report]
    results = Counter(session["result"] for session in sessions)
    passed, skipped = results.pop("success", 0), results.pop("skipped", 0)
    failed = results.total() + len(paths) - len(found)
    if not failed and status != "0":
        failed = 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return int(status) or int(failed > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
