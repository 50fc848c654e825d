"""Bytes of a file → text, as Python (PEP 263) or as any other text file; or the reason why not. Never raises."""

from __future__ import annotations

import codecs
import io
import tokenize
from dataclasses import dataclass

# Longest first: the UTF-32 mark begins with the UTF-16 one.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Their decoders take quadratic time, belong to one platform, or warn about the content.
REFUSED = frozenset({"punycode", "idna", "mbcs", "oem", "undefined", "unicode-escape", "raw-unicode-escape"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, its line ends all `\\n`; or "" and the reason why there is none."""

    text: str
    reason: str = ""


def decode(data: bytes, *, python: bool) -> Decoded:
    """The text of `data`. With `python` the encoding is what the interpreter would take: byte order mark, then cookie, then UTF-8.

    Source: https://peps.python.org/pep-0263/ and `tokenize.detect_encoding`.
    """
    mark = next((encoding for start, encoding in MARKS if data.startswith(start)), "")
    if python and mark in ("utf-16", "utf-32"):
        return Decoded("", f"is {mark.upper()}, which Python cannot run")
    if b"\0" in data and mark not in ("utf-16", "utf-32"):
        return Decoded("", f"holds NUL bytes (line {data.count(10, 0, data.index(0)) + 1}); it is no text file")
    encoding = mark or "utf-8"
    if python:
        try:
            encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        except (SyntaxError, LookupError, ValueError):
            return Decoded("", _undetected(data))
    return _decoded(data, encoding)


def _undetected(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_in(error, data, "UTF-8")
    return "names an encoding that Python does not know"


def _decoded(data: bytes, encoding: str) -> Decoded:
    try:
        name = codecs.lookup(encoding).name
        if name in REFUSED:
            return Decoded("", f"is written in the encoding {name}, which is not supported")
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        return Decoded("", _not_in(error, data, "UTF-8" if encoding.startswith("utf-8") else encoding))
    except (LookupError, ValueError, TypeError):
        return Decoded("", f"is written in the encoding {encoding}, which Python does not know as a text encoding")
    return Decoded(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def _not_in(error: UnicodeDecodeError, data: bytes, encoding: str) -> str:
    if error.object != data:  # a byte order mark was taken off first, or only a part was looked at
        offset = data.find(error.object)
        start = error.start + max(offset, 0)
    else:
        start = error.start
    line = data.count(b"\n", 0, start) + 1
    return f"not {encoding} (byte 0x{data[min(start, len(data) - 1)]:02x} at line {line})"
