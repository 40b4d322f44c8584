PYTHON ?= python3.11
BIN := .venv/bin
Q ?= How much memory does MobileTL save?

.PHONY: chat ask test eval

chat: .venv/installed ## install, index seeds/ on the first run, open the chat
	$(BIN)/rag chat
ask: .venv/installed ## make ask Q="…"
	@$(BIN)/rag ask "$(Q)"
test: .venv/installed-dev ## install, Chromium included, then lint, types, layering and every test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/python -m pytest
eval: .venv/installed ## score search and answers on the gold questions, report, fail on a significant loss
	$(BIN)/rag eval retrieval --gate --out eval/results/retrieval.json; search=$$?; \
	$(BIN)/rag eval answers --llm none --gate --out eval/results/answers.json; answers=$$?; \
	$(BIN)/rag eval report eval/results/retrieval.json --baseline eval/baselines/retrieval.json \
	  --html eval/results/retrieval.html --markdown eval/results/retrieval.md; exit $$((search | answers))

.venv/installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv || python3 -m venv .venv
	$(BIN)/python -m pip install -q --no-deps -r requirements.lock && $(BIN)/python -m pip install -q torch==2.13.0
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e . && touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	$(BIN)/python -m pip install -q --no-deps -r requirements-dev.lock
	{ test -n "$$RAG_CHROMIUM" || command -v chromium || command -v chromium-browser; } >/dev/null || { apt-get update -q && apt-get install -q -y chromium; }
	touch $@
