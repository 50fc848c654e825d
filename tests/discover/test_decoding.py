import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.discover.decoding import Decoded, decode


def test_plain_utf8_is_taken_with_its_line_ends_made_one() -> None:
    assert decode("a = 'é'\r\nb\rc\n".encode(), python=True) == Decoded("a = 'é'\nb\nc\n")


@pytest.mark.parametrize("python", [True, False])
def test_a_byte_order_mark_is_no_part_of_the_text(python: bool) -> None:
    assert decode(codecs.BOM_UTF8 + b"x = 1\n", python=python).text == "x = 1\n"


def test_the_cookie_of_a_python_file_decides() -> None:
    assert decode("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), python=True).text.endswith("'é'\n")


def test_a_cookie_means_nothing_outside_python() -> None:
    assert decode("# coding: latin-1\né".encode("latin-1"), python=False).reason == "not UTF-8 (byte 0xe9 at line 2)"


def test_utf16_text_with_a_mark_is_read_but_not_as_python() -> None:
    data = "key: value".encode("utf-16")
    assert decode(data, python=False).text == "key: value"
    assert "UTF-16" in decode(data, python=True).reason


def test_the_line_of_the_wrong_byte_is_told() -> None:
    assert decode(b"x = 1\ny = 2\nz = '\xff'\n", python=True).reason == "not UTF-8 (byte 0xff at line 3)"


def test_a_wrong_byte_behind_a_mark_is_told_where_it_stands_in_the_file() -> None:
    assert decode(codecs.BOM_UTF8 + b"\xfe", python=False).reason == "not UTF-8 (byte 0xfe at line 1)"


def test_nul_bytes_are_no_text() -> None:
    assert "NUL" in decode(b"a\nb\0", python=False).reason


@pytest.mark.parametrize("name", ["no-such-thing", "zip", "hex", "punycode", "../../etc/passwd", "idna", "rot13"])
def test_hostile_cookies_give_a_reason(name: str) -> None:
    answer = decode(f"# coding: {name}\nx = 1\n".encode(), python=True)
    assert answer.text == "" and answer.reason


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_give_text_or_a_reason(data: bytes, python: bool) -> None:
    answer = decode(data, python=python)
    assert not (answer.text and answer.reason)


@given(st.sampled_from(["utf-8", "latin-1", "zip", "utf-7", "punycode", "unicode_escape"]), st.binary(max_size=80))
def test_any_bytes_behind_a_cookie_give_text_or_a_reason(name: str, data: bytes) -> None:
    decode(b"# coding: " + name.encode() + b"\n" + data, python=True)
