"""Lines for a terminal or a log: bold titles, indented and wrapped prose; ANSI styles only when asked for."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text as Line

_UNLIMITED = 1_000_000


class Screen:
    """Collects lines; `text()` gives them all. `width` None means no wrapping."""

    def __init__(self, *, color: bool = False, width: int | None = None) -> None:
        from rich.console import Console

        self._stream = StringIO()
        self._console = Console(
            file=self._stream,
            width=max(width or _UNLIMITED, 20),
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            soft_wrap=True,
        )

    def print(self, text: str | Line = "", style: str = "") -> None:
        """One line as it is."""
        self._console.print(line(text, style) if isinstance(text, str) else text)

    def verbatim(self, text: str) -> None:
        """One line to be copied: with its tabs, which rich would make blanks."""
        self._stream.write(f"{text}\n")

    def indented(self, text: str, depth: int = 4, style: str = "") -> None:
        """Prose, wrapped; a list item (`- `, `→ `) hangs by its mark."""
        from textwrap import wrap

        first = " " * depth
        hang = first + ("  " if text[:2] in {"- ", "→ "} else "")
        for part in wrap(
            text, self._console.width, initial_indent=first, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        ):
            self._console.print(line(part, style))

    def text(self) -> str:
        return self._stream.getvalue()


def line(text: str, style: str = "") -> Line:
    from rich.text import Text as Line

    return Line(text, style=style)
