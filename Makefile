# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Python 3.11 or newer; what it runs is described in noxfile.py (`.venv/bin/nox --list`).
PYTHON ?= python3

READY := .venv/ready
# A closed standard input stops ansible-playbook. CI=true lets the formatters check instead of write.
NOX := CI=true .venv/bin/nox </dev/null
COUNT := .venv/bin/python tests/tooling/count.py

.PHONY: test code runs test-matrix lint format bench demo clean

test: $(READY)  ## Everything that has to pass before a commit, in two halves side by side.
	@rm -f .nox/report-*.json
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target code runs; \
	$(COUNT) $$? .nox/report-code.json .nox/report-runs.json

code runs: $(READY)
	@TEST_PART=$@ $(NOX) --report .nox/report-$@.json

test-matrix: $(READY)  ## Every supported ansible-core that an interpreter is found for.
	@rm -f .nox/report-matrix.json
	@TEST_EVERY_STEP=1 $(NOX) --report .nox/report-matrix.json --tags matrix; $(COUNT) $$? .nox/report-matrix.json

lint: $(READY)  ## Only what reads the code without running it.
	@$(NOX) --session lint docs-check license-check extra-checks build-import-check ansible-lint

format: $(READY)
	@env -u CI .venv/bin/nox --session formatters

bench demo: $(READY)
	@$(NOX) --session $@

clean:
	rm -rf .venv .nox .ansible .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/output

$(READY): tests/requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, \
	this is " + sys.version.split()[0] + ": name another one with `make PYTHON=...`")'
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
