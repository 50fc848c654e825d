"""A Databricks notebook that is kept as a Python file → Python of as many lines, its magics made calls or commands.

Source: docs.databricks.com, "Export and import Databricks notebooks": the first line is `# Databricks notebook source`, cells are parted by
`# COMMAND ----------`, and the lines of a cell in another language stand behind `# MAGIC`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from analyzer.read.ipython import NotebookShell
from analyzer.read.sql_magics import cell_call
from analyzer.read.step_facts import Step

HEAD = "# Databricks notebook source"
_MAGIC = "# MAGIC"


def is_databricks(text: str) -> bool:
    return text.startswith(HEAD)


def databricks_source(text: str) -> tuple[str, tuple[Step, ...]]:
    """The Python of the notebook, and what its shell cells and `%run` do."""
    shell = NotebookShell()
    lines = text.split("\n")
    done: list[str] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].startswith(_MAGIC):
            end += 1
        if end > at:
            block = [line[len(_MAGIC) :].removeprefix(" ") for line in lines[at:end]]
            done.extend(_cell(block, at + 1, shell).split("\n"))
            at = end
        else:
            done.append(lines[at])
            at += 1
    return "\n".join(done), shell.steps()


def _cell(block: Sequence[str], line: int, shell: NotebookShell) -> str:
    """One cell of magics as Python of as many lines."""
    name, _, rest = block[0].strip().partition(" ")
    if name == "%sql":
        return cell_call("sql", rest, block[1:])
    if name == "%python":
        return "\n".join(["", *block[1:]])
    if name == "%sh":
        shell.run("\n".join([rest, *block[1:]]), line)
    elif name == "%run":
        shell.magic("run", rest if posixpath.splitext(rest)[1] else f"{rest}.py", line)
    elif name == "%pip":
        shell.magic("pip", rest, line)
    return "\n" * (len(block) - 1)
