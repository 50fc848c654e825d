"""What the models of library calls may ask of the evaluator; the evaluator itself stands above them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from analyzer.link.configuration.trees import Configurations
from analyzer.link.domain import Abstract, Alternatives, ClassRef, ConfigNode, FunctionRef
from analyzer.link.program import Program
from analyzer.link.where import Where
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.values import Value

if TYPE_CHECKING:
    from analyzer.link.commandline.command_lines import CommandLines
    from analyzer.link.configuration.gin_bindings import Bindings
    from analyzer.link.configuration.instantiation import Targets
    from analyzer.link.library_objects import LibraryObjects


class Asking(ABC):
    program: Program
    configs: dict[str, ConfigFacts]
    configurations: Configurations
    """The configuration files, and what code puts together of them, as trees."""
    ready_made: dict[str, dict[str, Alternatives]]
    """Module → names that what runs it puts there."""
    environment: dict[str, Alternatives]
    """Environment variables that checked-in files set."""
    targets: Targets | None = None
    """What composed configurations make; None until asked for."""
    bindings: Bindings | None = None
    """What gin files bind; None until asked for."""
    settings_classes: dict[ClassRef, bool]
    """Classes of the project, and whether their fields are environment variables, as far as it was asked for."""
    overlays: dict[str, list[ConfigNode]] | None = None
    """Configuration object → what is merged into it; None until asked for."""
    command_lines: CommandLines
    """The checked-in commands that run the program's files."""
    objects: LibraryObjects | None
    """Objects of libraries as the I/O table knows them; None without a table."""
    subclasses: dict[ClassRef, list[ClassRef]] | None = None
    """class → classes that name it as a base; None until asked for."""

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
    def callee(self, path: str, index: int) -> Alternatives:
        """What call number `index` of a module calls."""

    @abstractmethod
    def returned(self, function: FunctionRef) -> Alternatives:
        """What a project function returns, symbolic in its parameters."""

    @abstractmethod
    def called_with(self, function: FunctionRef, node: ConfigNode) -> Alternatives:
        """What a project function returns when the keys of a configuration are its arguments."""

    @abstractmethod
    def elements(self, base: Abstract, hint: str) -> Alternatives:
        """What a loop over `base` yields; `hint` names it when that is unknown."""
