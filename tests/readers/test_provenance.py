from __future__ import annotations

import pytest

from analyzer.read.provenance import origin, taken

BODY = "\nimport re\n\n\ndef split(text):\n    return re.split(r'\\W', text)\n"


@pytest.mark.parametrize(
    "head",
    [
        "",
        '"""Splits words. See https://github.com/acme/words for the idea."""',
        '"""Inspired by and based on https://github.com/acme/words"""',
        "# Copied from the internet",
        "# Some codes here are modified from words https://github.com/acme/words/blob/main/words.py",
        "# Parts of this file were copied from https://github.com/acme/words/blob/main/words.py",
        "# Inspired by others; the splitter was copied from https://github.com/acme/words/blob/main/words.py",
        "# 1. acme - https://github.com/acme/search\n# 2. words - The splitter was copied from\n# https://github.com/acme/words/tree/main/words",
        "# Copyright Acme. This one is based on our words.\n# https://github.com/acme/words/blob/main/words.py",
        "# Copied by hand from https://example.org/words.html",
        '"""Reads files that were copied from the bucket.\n\n\n\nhttps://github.com/acme/words/blob/main/words.py is something else."""',
    ],
)
def test_no_origin(head: str) -> None:
    assert origin(head + BODY, "split") is None


def test_what_stands_in_the_code_is_about_a_part_only() -> None:
    assert origin(BODY + "    # copied from https://github.com/acme/words/blob/main/words.py\n", "split") is None


@pytest.mark.parametrize(
    ("head", "upstream", "changed"),
    [
        ("# copied from https://github.com/acme/words/blob/main/words.py", "acme/words", False),
        ("# Copied verbatim from https://github.com/acme/words/blob/main/words.py, so modified nowhere: unchanged", "acme/words", False),
        ("# Modified from https://github.com/acme/words/tree/main/words", "acme/words", True),
        ('"""Copied and adapted from https://github.com/acme/split (MIT)."""', "acme/split", True),
        ('"""\nThis file has been copied and adapted from\nhttps://github.com/acme/words/blob/v1/words.py\n"""', "acme/words", True),
        ("# Taken from https://github.com/acme/words/blob/main/w.py\n# The only modifications are the names.", "acme/words", True),
        ("#!/usr/bin/env python\n# This code is adapted from: https://gitlab.com/acme/words/-/blob/main/words.py#L10", "acme/words", True),
    ],
)
def test_an_origin(head: str, upstream: str, changed: bool) -> None:
    found = origin(head + "\n" + BODY, "split")
    assert found is not None
    assert (found.upstream, found.changed) == (upstream, changed)


def test_the_line_is_that_of_the_sentence() -> None:
    found = origin("#!/usr/bin/env python\n#\n# Modified from https://github.com/acme/words/blob/main/words.py\n" + BODY, "split")
    assert found is not None
    assert found.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Copied from the bucket, but later\n",
        "# copied from words.txt\n",
        "# Adapted from our own words\n",
        "# adapted from example.com\n",
    ],
)
def test_no_package_that_something_was_taken_from(text: str) -> None:
    assert [each for each in taken(BODY + text) if each.package not in ("words", "our", "example")] == []


def test_the_packages_that_parts_were_taken_from() -> None:
    text = BODY + "# Adapted from\n# https://github.com/Acme/Word-lib/blob/main/a.py\n\n# Copied and modified from wordlib.text\n"
    assert [(each.package, each.line) for each in taken(text)] == [("word_lib", 7), ("wordlib", 10)]


def test_what_is_told_of_the_source_itself() -> None:
    text = "# Adapted from :func:`wordlib.show`, which was itself adapted from `pandas.show`\n"
    assert [each.package for each in taken(text)] == ["wordlib"]
