"""An edit of a text through libcst, which keeps the layout of everything that it does not touch."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import MetadataWrapper

from mldebt.fixing.model import NotFixableError


def edited(text: str, transformer: cst.CSTTransformer) -> str:
    """The text after a transformer that may ask for positions. Raises NotFixableError."""
    try:
        wrapper = MetadataWrapper(cst.parse_module(text))
    except (cst.ParserSyntaxError, RecursionError):
        raise NotFixableError("libcst cannot parse it (IPython's own syntax, perhaps)") from None
    return wrapper.visit(transformer).code
