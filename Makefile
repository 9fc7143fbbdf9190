# make run · make demo [RUNTIME=production] [BROWSER=1] · make test · make check · make faults · make bench [ROWS="callback event"] [QUICK=1]
# The first one that is called makes .venv and web_assets; all it needs is Python 3.11 or newer with pip.
.DEFAULT_GOAL := setup
.PHONY: setup run demo test check faults bench clean

BIN := .venv/bin
READY := .venv/.ready
ASSETS := web_assets/axe-core/axe.min.js
RUNTIME ?= embedded
LIVING := ^$$|^tests/|unused (variable|attribute|import) # fields of models are read by name; ruff sees the rest

setup: $(READY) $(ASSETS)

$(READY): requirements.lock pyproject.toml .ci/setup
	@.ci/setup

$(ASSETS): package.json package-lock.json .npmrc .ci/assets | $(READY)
	@.ci/assets

run: setup ## everything in one process, with stand-ins for WeChat, DMS and CSC
	@exec $(BIN)/cheqiao up --embedded

demo: setup ## a registration and a booking there and back, on a runtime: embedded or production; BROWSER=1: clicked in Chromium too
	@exec $(BIN)/cheqiao demo --runtime $(RUNTIME) $(if $(BROWSER),--browser)

test: setup ## all tests but those that wait over ten seconds; RabbitMQ, MariaDB and Chromium are started (and installed) by them
	@.ci/test

faults: setup ## every fault made for real, those that wait long too: kills, freezes, cut links, alarms, servers away
	@$(BIN)/pytest tests/faults tests/journeys/test_servers_away.py tests/journeys/test_copies.py tests/journeys/test_stopping.py

bench: setup ## speed beside the peers, half an hour, then docs/performance.md says what it means; ROWS="callback event", QUICK=1
	@$(BIN)/python -m bench $(if $(QUICK),--quick) $(foreach row,$(ROWS),--only $(row))

check: setup ## style, types, who may import whom, contracts, dead code
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/cheqiao contracts check
	@found=$$($(BIN)/vulture) || [ $$? -eq 3 ] && ! echo "$$found" | grep -vE '$(LIVING)' # 3: it found something; else it did not run
	@echo "check: ok"

clean: ## back to a fresh clone, data included
	@rm -rf .venv web_assets var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
