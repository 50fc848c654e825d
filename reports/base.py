"""What a report format is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from analyzer.result import ScanResult


class Format(ABC):
    """One way to tell a result. `name` is the command-line option (`--html FILE`)."""

    name: ClassVar[str]

    @abstractmethod
    def render(self, result: ScanResult) -> str:
        """The whole report as text. Pure: same result, same text."""
