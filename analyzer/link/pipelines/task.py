"""What the reader of an orchestrator finds: tasks, what they say they read and write, and what they run."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.link.domain import Pattern
from analyzer.read.step_facts import Command


@dataclass(frozen=True, slots=True)
class Data:
    """An artifact that a task names, before its identity is anchored in the repository."""

    op: str
    """`read` or `write`."""
    kind: str
    value: Pattern
    line: int
    sql: bool = False
    """`value` is a query, which tells the tables itself."""


def own_name(mechanism: str, name: Pattern) -> Pattern:
    """The identity of what only the orchestrator knows by name (`kedro:cars`, `dagster:daily_sales`)."""
    return Pattern((f"{mechanism}:", *name.parts), name.via, anchored=True)


@dataclass(slots=True)
class Task:
    """A step of a pipeline: what it runs, reads and writes, and which tasks come first."""

    mechanism: str
    """The orchestrator (`airflow`, `kedro`, …)."""
    path: str
    name: str
    line: int
    end_line: int
    data: list[Data] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    """Ids of the tasks that come first."""
    runs: list[tuple[str, int]] = field(default_factory=list)
    """(path of the module whose code it runs, line here that says so)."""

    @property
    def id(self) -> str:
        return f"{self.path}::{self.name}"

    def absorb(self, other: Task) -> None:
        """Take in what another task of the same name says."""
        self.data = list(dict.fromkeys((*self.data, *other.data)))
        self.commands = list(dict.fromkeys((*self.commands, *other.commands)))
        self.after = list(dict.fromkeys((*self.after, *other.after)))
        self.runs = list(dict.fromkeys((*self.runs, *other.runs)))


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that asks an orchestrator's catalog for data by name (`catalog.load("x")`); the unit is the module itself."""

    path: str
    line: int
    end_line: int
    call: str
    data: Data
