"""The JSON report: the contract of reports/schema.py, one record a line, so that two reports can be compared with diff."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from analyzer.result import ScanResult
from reports.base import Format

if TYPE_CHECKING:
    from reports.schema import Report


class Json(Format):
    name: ClassVar[str] = "json"

    def render(self, result: ScanResult) -> str:
        """Valid against reports/schema.json; the same result gives the same bytes, whatever the order of its parts."""
        from reports.records import report

        return "".join(_lines(report(result)))


def json_schema() -> str:
    """The JSON Schema of a report as text, as shipped in reports/schema.json."""
    from reports.schema import schema

    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _lines(report: Report) -> Iterator[str]:
    from reports.schema import Record

    fields = type(report).model_fields
    for index, name in enumerate(fields):
        value = getattr(report, name)
        yield f"{',' if index else '{'}\n{json.dumps(name)}: "
        if isinstance(value, list):
            texts = [item.as_line() if isinstance(item, Record) else json.dumps(item, ensure_ascii=False) for item in value]
            yield "[\n" + ",\n".join(texts) + "\n]" if texts else "[]"
        else:
            yield value.as_line() if isinstance(value, Record) else json.dumps(value)
    yield "\n}\n"
