"""A text file as the lines it has, so that an edit leaves every other byte as it was: encoding, byte order mark, line ends."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from collections import Counter
from dataclasses import dataclass

from mldebt.fixing.model import Change, NotFixableError, lines_outside

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class SourceText:
    lines: tuple[str, ...]
    ends: tuple[str, ...]
    """The line end of each line, "" for the last."""
    encoding: str
    mark: bytes = b""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def encoded(self) -> bytes:
        """The bytes of the file. Raises NotFixableError when the encoding has no bytes for a character."""
        try:
            return self.mark + "".join(line + end for line, end in zip(self.lines, self.ends, strict=True)).encode(self.encoding)
        except UnicodeEncodeError as error:
            raise NotFixableError(f"the encoding {self.encoding} of the file cannot write what the fix needs ({error.reason})") from None

    def changed(self, change: Change) -> SourceText:
        """After the edit. New lines end as most lines of the file do; all others keep their own end."""
        first, end, new = lines_outside(self.text, change(self.text))
        usual = Counter(self.ends[:-1]).most_common(1)[0][0] if len(self.ends) > 1 else "\n"
        lines = (*self.lines[:first], *new, *self.lines[end:])
        ends = [*self.ends[:first], *(usual for _line in new), *self.ends[end:]]
        if ends:
            ends = [*(each or usual for each in ends[:-1]), ""]
        return SourceText(lines, tuple(ends), self.encoding, self.mark)


def source_text(data: bytes, *, python: bool = True) -> SourceText:
    """The lines of a file. Raises NotFixableError when its bytes would not come back from them."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0] if python else "utf-8"
        text = data[len(mark) :].decode("utf-8" if mark else encoding)
    except (SyntaxError, LookupError, ValueError):
        raise NotFixableError("its encoding is not known") from None
    source = lines_of(text, "utf-8" if mark else encoding, mark)
    if source.encoded() != data:
        raise NotFixableError("its bytes would not come back unchanged from the text they stand for")
    return source


def lines_of(text: str, encoding: str = "utf-8", mark: bytes = b"") -> SourceText:
    pairs = [match.groups() for match in _LINE.finditer(text)]
    if len(pairs) > 1 and not pairs[-2][1]:
        pairs.pop()  # the empty match behind a last line without an end
    return SourceText(tuple(line for line, _end in pairs), tuple(end for _line, end in pairs), encoding, mark)
