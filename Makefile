# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs Python 3.11 or newer. CONTRIBUTING.md says which target is for what; noxfile.py and `.venv/bin/nox --list`
# describe the sessions behind them.
PYTHON ?= python3
# Of `make unit`: an expression that selects tests by name, as `pytest -k` takes it.
K ?=
# Of `make quick`: a folder of tests/integration/targets.
T ?= cam_access_key

READY := .venv/ready
# A closed standard input stops ansible-playbook. CI=true lets the formatters check instead of write.
NOX := CI=true .venv/bin/nox </dev/null
COUNT := .venv/bin/python tests/tooling/count.py

# What an environment depends on. While none of it changes, `make unit` and `make quick` install nothing.
REQUIREMENTS := noxfile.py antsibull-nox.toml requirements.txt $(wildcard tests/requirements-*.txt tests/*/requirements.txt)
QUICK_LINT := formatters codeqa yamllint typing
# The name of the integration tests on the newest stable ansible-core that an interpreter is found for.
INTEGRATION := .nox/newest-integration
# The checkout under the name that Ansible imports it by, whatever its folder is called.
PLACE := .nox/place

.DEFAULT_GOAL := help
.PHONY: help unit quick quick-lint quick-integration test code runs test-matrix lint format bench demo clean

help:  ## Print this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

unit: .nox/unit/ready  ## The unit tests, or with K=plan those that have "plan" in their name.
	@cd $(PLACE)/ansible_collections/multicloud/iam && env -i HOME="$(CURDIR)/.nox/home-all" PATH="$$PATH" \
	TERM="$$TERM" LANG=C.UTF-8 PYTHONPATH="$(CURDIR)/$(PLACE)" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/$(PLACE)" \
	"$(CURDIR)/.nox/unit/bin/python" -m pytest -q tests/unit $(if $(K),-k "$(K)")

quick: .nox/quick/ready .nox/unit/ready  ## What to run between two edits: linters, unit tests, one integration target (T=cam_user).
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target quick-integration quick-lint unit

quick-lint:
	@$(NOX) -R --session $(QUICK_LINT)

quick-integration:
	@$(NOX) -R --session "$$(cat $(INTEGRATION))" -- $(T)

test: $(READY)  ## Everything that has to pass before a commit, in two halves side by side.
	@rm -f .nox/report-*.json
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target code runs; \
	$(COUNT) $$? .nox/report-code.json .nox/report-runs.json

code runs: $(READY)
	@TEST_PART=$@ $(NOX) --report .nox/report-$@.json

test-matrix: $(READY)  ## Every supported ansible-core that an interpreter is found for.
	@rm -f .nox/report-matrix.json
	@TEST_EVERY_STEP=1 $(NOX) --report .nox/report-matrix.json --tags matrix; $(COUNT) $$? .nox/report-matrix.json

lint: $(READY)  ## Everything that reads the code without running it.
	@$(NOX) --session lint docs-check license-check extra-checks build-import-check ansible-lint

format: $(READY)  ## Format the code, and sort its imports.
	@env -u CI .venv/bin/nox --session formatters

demo: $(READY)  ## Build and install the collection, and show it at work on the emulator.
	@$(NOX) --session $@

bench: $(READY)  ## Measure the modules beside their peers, and write docs/benchmark.md.
	@$(NOX) --session $@

clean:  ## Remove everything that these targets have made.
	rm -rf .venv .nox .ansible .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/output

$(READY): tests/requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, \
	this is " + sys.version.split()[0] + ": name another one with `make PYTHON=...`")'
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.nox/unit/ready: $(READY) $(REQUIREMENTS)
	@$(NOX) --session unit --install-only
	@mkdir -p $(PLACE)/ansible_collections/multicloud
	@ln -sfn "$(CURDIR)" $(PLACE)/ansible_collections/multicloud/iam
	@touch $@

.nox/quick/ready: $(READY) $(REQUIREMENTS)
	@mkdir -p $(@D)
	@$(NOX) --list | sed -n 's/^\* \(integration-[0-9.]*\) .*/\1/p' >$(INTEGRATION)
	@$(NOX) --session $(QUICK_LINT) "$$(cat $(INTEGRATION))" --install-only
	@touch $@
