"""Formats are found by walking the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import reports
from reports.base import Format
from reports.html import Html
from reports.json_report import Json
from reports.registry import formats
from reports.text import Text


def test_formats_are_found_by_name_and_helpers_are_not_formats() -> None:
    found = formats()
    assert found["text"] is Text
    assert found["json"] is Json
    assert found["html"] is Html
    assert list(found) == sorted(found)
    assert all(issubclass(kind, Format) and kind is not Format and kind.name == name for name, kind in found.items())


def test_a_new_file_is_a_new_format_and_a_taken_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "from reports.base import Format\nclass Extra(Format):\n    name = '{}'\n    def render(self, result):\n        return ''\n"
    (tmp_path / "extra_format_for_test.py").write_text(source.format("extra"))
    monkeypatch.setattr(reports, "__path__", [*reports.__path__, str(tmp_path)])
    formats.cache_clear()
    try:
        assert "extra" in formats()
        (tmp_path / "other_format_for_test.py").write_text(source.format("text"))
        formats.cache_clear()
        with pytest.raises(ValueError, match="two formats are called 'text'"):
            formats()
    finally:
        formats.cache_clear()
