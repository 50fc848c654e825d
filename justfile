# The recipes of daily work; `just` alone lists them.
default:
    @just --list

# a virtual environment with mldebt (editable) and the development tools
install:
    python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]'

# everything that must hold: style, types, layers, tests
check *arguments:
    ./check {{arguments}}

# only the quick tests
quick:
    .venv/bin/python -m pytest -q -m "not slow"

# rewrite docs/rules.md from the rules, docs/io-calls.md from the I/O table
docs:
    .venv/bin/python docs/make_rules.py
    .venv/bin/python docs/make_io_calls.py

# accept today's output of tests/repos as the expected one
accept:
    .venv/bin/python -m pytest -q tests/test_repos.py --accept

# scan the example and write the HTML report
demo:
    .venv/bin/mldebt scan examples/churn-scoring --html debt.html --fail-on never
