# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs Python 3.11 or newer. CONTRIBUTING.md explains the targets. noxfile.py and `.venv/bin/nox --list` describe the
# sessions that they run.
PYTHON ?= python3
# For `make unit`: an expression that selects tests by name, as for `pytest -k`.
K ?=
# For `make quick`: a folder in tests/integration/targets.
T ?= cam_access_key

READY := .venv/ready
# A closed standard input stops ansible-playbook. CI=true lets the formatters check instead of write.
NOX := CI=true .venv/bin/nox </dev/null
COUNT := .venv/bin/python tests/tooling/count.py

# Environments depend on these files. While none of them changes, `make unit` and `make quick` install nothing.
REQUIREMENTS := noxfile.py antsibull-nox.toml requirements.txt $(wildcard tests/requirements-*.txt tests/*/requirements.txt)
# The hooks and their tools are kept in the clone. Only changed files are checked.
HOOKS := PRE_COMMIT_HOME="$(CURDIR)/.nox/pre-commit" .venv/bin/pre-commit
CHANGED := { git diff --name-only --diff-filter=d HEAD; git ls-files --others --exclude-standard; }
# Contains the name of the integration session on the newest stable ansible-core that has an interpreter here.
INTEGRATION := .nox/newest-integration
# The checkout under the path that Ansible imports it from, because its folder may have any name.
PLACE := .nox/place

.DEFAULT_GOAL := help
.PHONY: help unit quick quick-lint quick-integration test code runs test-matrix lint format bench demo clean

help:  ## Print the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

unit: .nox/unit/ready  ## Run the unit tests, or with K=plan those with "plan" in their name.
	@cd $(PLACE)/ansible_collections/multicloud/iam && env -i HOME="$(CURDIR)/.nox/home-all" PATH="$$PATH" \
	TERM="$$TERM" LANG=C.UTF-8 PYTHONPATH="$(CURDIR)/$(PLACE)" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/$(PLACE)" \
	"$(CURDIR)/.nox/unit/bin/python" -m pytest -q tests/unit $(if $(K),-k "$(K)",--numprocesses 2)

quick: .nox/quick/ready .nox/unit/ready  ## Check an edit: lint of what changed, unit tests, one integration target (T=cam_user).
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target quick-integration quick-lint unit

quick-lint:
	@$(HOOKS) run --files $$($(CHANGED))
	@$(NOX) -R --session typing

quick-integration:
	@$(NOX) -R --session "$$(cat $(INTEGRATION))" -- $(T)

test: $(READY)  ## Run everything that has to pass before a commit, in two parallel halves.
	@rm -rf .nox/report-*.json .nox/covered
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target code runs; status=$$?; \
	$(NOX) --report .nox/report-coverage.json --session coverage || status=$$?; \
	$(COUNT) $$status .nox/report-code.json .nox/report-runs.json .nox/report-coverage.json

code runs: $(READY)
	@TEST_PART=$@ $(NOX) --report .nox/report-$@.json

test-matrix: $(READY)  ## Test every supported ansible-core that has an interpreter here.
	@rm -f .nox/report-matrix.json
	@TEST_EVERY_STEP=1 $(NOX) --report .nox/report-matrix.json --tags matrix; $(COUNT) $$? .nox/report-matrix.json

lint: $(READY)  ## Run all checks that read the code without running it.
	@$(NOX) --session lint prose pages docs-check license-check extra-checks build-import-check ansible-lint

format: $(READY)  ## Format the code, sort the imports, and write the pages of the docs site.
	@env -u CI .venv/bin/nox --session formatters pages

demo: $(READY)  ## Build and install the collection, and show it on the emulator.
	@$(NOX) --session $@

bench: $(READY)  ## Compare the modules with their peers, and write docs/benchmark.md.
	@$(NOX) --session $@

clean:  ## Remove everything that these targets have created.
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

.nox/quick/ready: $(READY) $(REQUIREMENTS) .pre-commit-config.yaml
	@mkdir -p $(@D)
	@$(NOX) --list | sed -n 's/^\* \(integration-[0-9.]*\) .*/\1/p' >$(INTEGRATION)
	@$(HOOKS) install-hooks
	@$(NOX) --session typing "$$(cat $(INTEGRATION))" --install-only
	@touch $@
