"""The HTML report: one file that needs no network, with every byte of the scanned repository escaped."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, ClassVar

from analyzer.result import ScanResult
from reports.base import Format

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

POLICY = "img-src data:; base-uri 'none'; form-action 'none'"
_CODE = re.compile("`([^`]+)`")
GLYPHS = {"critical": "⬢", "high": "▲", "medium": "◆", "low": "●", "info": "○"}


class Html(Format):
    name: ClassVar[str] = "html"

    def render(self, result: ScanResult) -> str:
        """The page of html.j2 with html.css and html.js inside; scripts other than ours are refused by its policy."""
        from markupsafe import Markup

        from reports.page import page
        from reports.wording import FAMILY_MEANING

        style, script = _shipped("html.css"), _shipped("html.js")
        policy = f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; {POLICY}"
        content = page(result)
        return _template().render(
            page=content,
            picture=Markup(content.picture.svg),  # made by reports.diagram from an element tree, which escapes all text
            style=Markup(style),  # our own file
            script=Markup(script),  # our own file
            policy=policy,
            glyphs=GLYPHS,
            family_meaning=FAMILY_MEANING,
        )


def _marked(text: str) -> Markup:
    """`text` escaped, with what stands between backticks as code."""
    from markupsafe import Markup, escape

    pieces = _CODE.split(text)
    return Markup("").join(Markup("<code>{}</code>").format(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces))


def _shipped(name: str) -> str:
    return (files("reports") / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    """The policy's name for an inline block: browsers run or apply no other."""
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined, select_autoescape

    environment = Environment(
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["marked"] = _marked
    return environment.from_string(_shipped("html.j2"))
