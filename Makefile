# check: style, types, layers and tests as CI runs them; reports: rewrite the committed sample report
PYTHON ?= python

.PHONY: check test reports bench

check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest

test:
	$(PYTHON) -m pytest

reports:
	$(PYTHON) -m qualcode demo --reports-only reports/sample

bench:
	$(PYTHON) benchmarks/stages.py
