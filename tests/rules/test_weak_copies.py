"""Copies that say little by themselves, in many files, in parts, or in repositories that nothing says to be lessons."""

from __future__ import annotations

import json
import re
import textwrap

from analyzer.scan import graph_of_texts
from tests.rules.copied_code import ADAPTER, COMPUTES, LONG, SCRIPT, copied

SHORT = """
def session(self, timeout):
    client = self.clients.get(timeout)
    if client is None:
        client = http.Session(timeout=timeout, agent=self.agent)
        self.clients[timeout] = client
    return client
"""


def test_a_short_function_counts_where_many_files_have_it() -> None:
    files = [f"servers/{name}/model.py" for name in "abcd"]
    assert copied(graph_of_texts(dict.fromkeys(files[:3], SHORT))) == []
    (found,) = copied(graph_of_texts(dict.fromkeys(files, SHORT)))
    assert (found.members, "`session`, the same" in found.message) == (4, True)


def test_entry_points_that_many_files_have_are_copies() -> None:
    text = COMPUTES.replace("evaluate", "main")
    assert copied(graph_of_texts({f"{name}.py": text for name in "ab"})) == []
    (found,) = copied(graph_of_texts({f"{name}.py": text for name in "abc"}))
    assert found.members == 3
    options = "def main():\n    parser = argparse.ArgumentParser()\n"
    options += "".join(f"    parser.add_argument('--option-{n}', type=int, default={n})\n" for n in range(9)) + "    return parser\n"
    assert copied(graph_of_texts({f"{name}.py": options for name in "abc"})) == []


def test_a_literal_may_be_a_parameter_of_many_copies() -> None:
    texts = {f"{name}.py": SCRIPT.replace("'orders.csv'", f"'{name}.csv'").replace("claims_id", f"{name}_id") for name in "abc"}
    assert copied(graph_of_texts({path: texts[path] for path in ("a.py", "b.py")})) == []
    calls = {path: text.replace("dropna", f"drop_{path[0]}") for path, text in texts.items()}
    assert copied(graph_of_texts(calls)) == []
    (found,) = copied(graph_of_texts(texts))
    assert found.members == 3


def test_functions_of_one_name_on_both_sides_of_eight_lines() -> None:
    shorter = "\n".join(line for line in COMPUTES.splitlines() if "losses.append" not in line) + "\n"
    (found,) = copied(graph_of_texts({"a.py": COMPUTES + ADAPTER, "b.py": shorter + ADAPTER}))
    assert "`evaluate`" in found.message


def test_a_part_with_a_few_other_lines_in_it() -> None:
    block = [f"    step{n} = model.layer_{n}(batch, width={n})\n" for n in range(14)]
    one = "def train(model, batch):\n" + "".join(f"    a{n} = read_{n}()\n" for n in range(20)) + "".join(block)
    own = "    more = model.rest(batch)\n    less = model.none(batch)\n"
    other = (
        "def judge(model, batch):\n" + "".join(block[:8]) + own + "".join(block[8:]) + "".join(f"    b{n} = say_{n}()\n" for n in range(20))
    )
    (found,) = copied(graph_of_texts({"a.py": one, "b.py": other}))
    assert found.message.startswith("`a.py` shares 14 lines with `b.py`: a part of")
    assert "with a few others between them" in found.evidence[0].text
    assert [site.line for site in found.locations if site.path == "b.py"] == [2, 12]
    far = other.replace(own, own * 3)
    assert copied(graph_of_texts({"a.py": one, "b.py": far})) == [], "eight lines and six"


def test_research_in_notebooks_is_no_lesson() -> None:
    cells = {"first.ipynb": SCRIPT + COMPUTES, "second.ipynb": SCRIPT + COMPUTES}
    texts = {name: notebook(text) for name, text in cells.items()}
    assert copied(graph_of_texts(texts))
    assert copied(graph_of_texts({**texts, "README.md": "# Exercises\n\nIn this course, we learn pandas.\n"})) == []
    assert copied(graph_of_texts({f"lessons/{path}": text for path, text in texts.items()})) == []
    assert (
        copied(graph_of_texts({**texts, "README.md": "# Notes\n\nThis repository contains the example code from our O'Reilly book.\n"}))
        == []
    )


def notebook(text: str) -> str:
    cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


TALL = """
def load_model(kind, path):
    if kind not in MODELS:
        raise ValueError(
            f"unknown {kind}, known are {sorted(MODELS)}"
        )
    module_path, class_name = MODELS[kind]
    module = importlib.import_module(module_path)
    cls = getattr(module, class_name)
    weights = torch.load(path)
    return cls.from_package(weights)
"""


def test_a_function_may_be_short_because_its_statements_are_long() -> None:
    text = TALL.replace("    weights = torch.load(path)\n", "").replace("weights)", "torch.load(path))")
    (found,) = copied(graph_of_texts({"a/registry.py": text, "b/registry.py": text}))
    assert "`load_model`, the same" in found.message
    flat = re.sub(r"\(\n\s+(.*)\n\s+\)", r"(\1)", text)
    assert copied(graph_of_texts({"a/registry.py": flat, "b/registry.py": flat})) == []
    assert copied(graph_of_texts({"a/registry.py": text, "b/registry.py": text.replace("import_module", "load_module")})) == []


def test_two_packages_of_a_repository_are_not_one() -> None:
    def package(name: str) -> dict[str, str]:
        return {
            f"{name}/pyproject.toml": f"[project]\nname = '{name}'\n",
            f"{name}/{name}/__init__.py": "",
            f"{name}/{name}/io.py": COMPUTES,
        }

    assert copied(graph_of_texts(package("one") | package("two")))
    inside = package("one") | {"one/one/part/__init__.py": "", "one/one/part/io.py": COMPUTES}
    assert copied(graph_of_texts(inside)) == []


def test_what_stands_in_copies_that_are_meant_is_told_by_itself() -> None:
    head = "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\ndef configure(app, score):\n    @router.post('/{version}/evaluate')"
    own = "".join(f"    app.{{version}}_{n}({n}, app.state_{n})\n" for n in range(8))
    texts = {f"api/{v}/scores.py": (head + textwrap.indent(LONG, "    ") + own).replace("{version}", v) for v in ("v1", "v2")}
    (found,) = copied(graph_of_texts(texts))
    assert "`evaluate`" in found.message
    assert found.members == 2


def test_functions_in_copied_functions_are_told_once() -> None:
    text = (
        COMPUTES
        + "    def share(part):\n        a = part.a.b\n        c = part.c.d\n        return a.e / c.f / part.g.h\n    return share\n"
    )
    (found,) = copied(graph_of_texts({"a.py": text, "b.py": text}))
    assert found.members == 2
