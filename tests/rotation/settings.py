# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List the clouds and situations that the model explores, and how many states of each."""

from __future__ import annotations

from .model import Key, Setting

OLD = Key("OLD", True, True, "active", -1, "ci-app")
FOREIGN = Key("F0", True, True, "inactive", -1, "")
_SITUATIONS = (
    # one run at a time, everything else goes wrong
    Setting("described", runs=1),
    Setting("no-descriptions", runs=1, keeps_description=False),
    Setting("chosen-id", runs=1, chosen_id=True),
    Setting("two-faults", runs=1, faults=2),
    Setting("unknown-secret", runs=1, knows_secret=False),
    Setting("two-consumers", runs=1, consumers=2),
    Setting("no-consumer", runs=1, consumers=0, operator=1, limit=3),
    Setting("at-the-limit", runs=1, keys=(FOREIGN, OLD), operator=1),
    Setting("operator", runs=1, operator=1, limit=3),
    Setting("operator-twice", runs=1, operator=2, limit=3),
    Setting("operator-no-descriptions", runs=1, operator=2, limit=3, keeps_description=False),
    Setting("operator-chosen-id", runs=1, operator=1, limit=3, chosen_id=True),
    Setting("drift", runs=1, drifts=1),
    Setting("leak", runs=1, leaks=1),
    Setting("leak-chosen-id", runs=1, leaks=1, chosen_id=True),
    Setting("leak-at-the-limit", runs=1, leaks=1, keys=(FOREIGN, OLD)),
    Setting("leak-and-drift", runs=1, leaks=1, drifts=1),
    Setting("signer", runs=1, signs=True),
    Setting("signer-leak", runs=1, signs=True, leaks=1),
    # two runs at once
    Setting("two-runs", faults=0),
    Setting("two-runs-chosen-id", faults=0, chosen_id=True),
    Setting("two-runs-no-descriptions", faults=0, keeps_description=False),
    Setting("two-runs-leak", faults=0, leaks=1),
    Setting("two-runs-drift", faults=0, drifts=1),
    Setting("two-runs-operator", faults=0, operator=1, limit=3),
    Setting("two-runs-faults"),
    Setting("two-runs-faults-chosen-id", chosen_id=True),
)

# Each of them at three moments: before the first run, in the grace, and in the soak.
SETTINGS = tuple(
    situation._replace(name=situation.name + moment, begins_after=runs)
    for situation in _SITUATIONS
    for runs, moment in enumerate(("", "-in-grace", "-in-soak"))
    if runs == 0 or situation.keys == (OLD,)
)
