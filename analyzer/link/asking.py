"""What the models of library calls may ask of the evaluator; the evaluator itself stands above them."""

from __future__ import annotations

from abc import ABC, abstractmethod

from analyzer.link.domain import Abstract, Alternatives
from analyzer.link.program import Program
from analyzer.link.where import Where
from analyzer.read.facts import Call, ConfigFacts
from analyzer.read.values import Value


class Asking(ABC):
    program: Program
    configs: dict[str, ConfigFacts]
    argv: dict[str, list[tuple[str, tuple[str, ...]]]]
    """path → (working directory, arguments) of the checked-in commands that run it (without the program name)."""
    options: dict[str, dict[str, list[Call]]]
    """path → dest → `add_argument` calls, as far as they were asked for."""

    @abstractmethod
    def value(self, value: Value, where: Where) -> Alternatives:
        """What an expression can be at a point."""

    @abstractmethod
    def attribute(self, base: Abstract, name: str, where: Where) -> Alternatives:
        """What `base.name` is."""

    @abstractmethod
    def item(self, base: Abstract, key: Abstract, where: Where) -> Alternatives:
        """What `base[key]` is."""

    @abstractmethod
    def elements(self, base: Abstract, hint: str) -> Alternatives:
        """What a loop over `base` yields; `hint` names it when that is unknown."""
