from __future__ import annotations

import json

import pytest

from analyzer.scan import graph_of_texts
from rules.undefined_name import UndefinedName


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": {}})


def found(texts: dict[str, str]):  # type: ignore[no-untyped-def]
    return list(UndefinedName().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "texts",
    [
        {"a.ipynb": notebook("print(later)", "later = 1")},
        {"a.ipynb": notebook("%run ./setup.ipynb", "print(size)"), "setup.ipynb": notebook("size = 3")},
        {"a.ipynb": notebook("%run ./gone.ipynb", "print(size)")},
        {"a.ipynb": notebook("from helper import *", "print(size)"), "helper.py": "size = 3\n"},
        {"a.ipynb": notebook("from pylab import *", "plot(1)")},
        {"a.ipynb": notebook("%pylab inline", "plot(1)")},
        {"a.ipynb": notebook("def broken(:", "print(lost)")},
        {"a.ipynb": notebook("files = !ls", "print(files)")},
        {"a.ipynb": notebook("spark.sql('select 1')", "display(_)", "dbutils.fs.ls('/')")},
        {"a.ipynb": notebook("catalog.load('x')"), "p.py": "import kedro\n"},
        {"a.ipynb": notebook("exec(open('a.py').read())", "print(lost)")},
        {"a.ipynb": notebook("lost?", "x = 1")},
        {"job.py": "globals().update(vars(config))\nprint(lost)\n"},
        {"job.py": "print(_('text'))\n"},
        {"a.py": "import builtins\n\nbuiltins.trace = print\n", "b.py": "trace(1)\n"},
        {"tests/test_a.py": "print(lost)\n"},
        {"docs/conf.py": "print(lost)\n"},
        {"viz/kinds/table.py": "print(source)\n", "viz/server.py": "cells = ['source = \"{}\"'.format(3)]\n"},
        {"make.py": 'def body():\n    return FOLDER\n\n\ntext = f"""FOLDER = \'{body}\'\nrun()\n"""\n'},
        {"labs/a.ipynb": notebook("print(your_answer)")},
        {"scripts/plot.py": "open(snakemake.input[0])\n", "Snakefile": "rule plot:\n    input: 'a'\n    script: 'scripts/plot.py'\n"},
    ],
)
def test_silent(texts: dict[str, str]) -> None:
    assert found(texts) == []


def test_names_that_no_cell_defines_are_one_finding_with_all_places() -> None:
    (finding,) = found({"a.ipynb": notebook("import pandas as pd\nval_recall = 1", "print(recall)\nprint(thresh)", "print(recall)")})
    assert [(site.cell, site.line) for site in finding.locations] == [(1, 1), (1, 2), (2, 1)]
    assert "`recall`, `thresh`, which no cell defines" in finding.message
    assert finding.members == 2


def test_a_star_import_that_is_seen_does_not_hide_a_lost_name() -> None:
    (finding,) = found({"a.py": "from b import *\n\nprint(here, lost)\n", "b.py": "here = 1\n"})
    assert "`lost`" in finding.message
    assert "`here`" not in finding.message


def test_a_text_that_only_tells_a_value_gives_no_name() -> None:
    assert found({"a.py": "print(lost)\n", "b.py": "print('lost = 3')\n"})
    assert found({"a.py": "print(lost)\n", "other/b.py": "text = 'lost = 3'\n"})


def test_the_function_is_named() -> None:
    (finding,) = found({"a.py": "class A:\n    def f(self):\n        return os.getcwd()\n"})
    assert "in `A.f`" in finding.evidence[0].text
