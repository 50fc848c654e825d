"""The effects of one program under one of its command lines; all other modules are as the whole program knows them."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.link.commandline import CommandLine
from analyzer.link.configuration.instantiation import Targets
from analyzer.link.effects import Effects, Key
from analyzer.link.evaluate import Evaluator
from analyzer.link.io_sites import Effect


class ProgramEffects(Effects):
    """Costs what the program's own file costs; `whole` must have been collected."""

    def __init__(self, whole: Effects, path: str, line: CommandLine) -> None:
        evaluator = Evaluator(whole.program, whole.evaluator.configs, whole.sites.table)
        evaluator.configurations = whole.evaluator.configurations.of_files()
        evaluator.environment = whole.evaluator.environment
        evaluator.ready_made = whole.evaluator.ready_made
        evaluator.command_lines = whole.evaluator.command_lines.only(path, line)
        evaluator.callers = whole.evaluator.callers
        if whole.evaluator.targets is not None:
            evaluator.targets = Targets(evaluator, whole.evaluator.targets)
        self._whole = whole
        self._path = path
        super().__init__(evaluator, whole.sites.table, whole.is_test)

    def _interesting_names(self) -> frozenset[str]:
        return self._whole.interesting

    def _modules(self) -> Iterable[str]:
        return (self._path,)

    def _called(self, function: Key, call: Key) -> None:
        """The callers are known already."""

    def summary(self, key: Key, depth: int = 0) -> list[Effect]:
        return super().summary(key, depth) if key[0] == self._path else self._whole.summary(key, depth)
