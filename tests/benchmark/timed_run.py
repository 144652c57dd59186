# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command, and write its figures to a file.

`timed_run.py FILE COMMAND...` is a small separate process, because a process inherits the peak memory of its parent.
The file contains JSON: exit status, seconds, and the largest resident set in KiB of the command or of any process that
it started and waited for.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main(file: str, *command: str) -> None:
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ)
    _process, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    taken = {"status": os.waitstatus_to_exitcode(status), "seconds": seconds, "kibibytes": usage.ru_maxrss}
    with open(file, "w", encoding="utf-8") as report:
        json.dump(taken, report)


if __name__ == "__main__":
    main(*sys.argv[1:])
