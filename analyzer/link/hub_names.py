"""Names of hubs and registries: what a scheme of the I/O table makes of an argument (`model:` of a hub's name, not of a folder)."""

from __future__ import annotations

import re

from analyzer.link.domain import Abstract, Pattern, Unknown, as_pattern

LOCAL_SUFFIXES = (".pt", ".pth", ".bin", ".json", ".csv", ".py")
LOADER_SCRIPTS = ("csv", "json", "parquet", "text", "imagefolder", "audiofolder", "pandas", "webdataset")
CONDITIONAL = frozenset({"model:", "dataset:", "model~"})
"""Schemes that stand before a hub's name only, not before a path."""
_FOLDER_WORD = (
    "dirs?|outputs?|out|inputs?|saved?|ckpts?|checkpoints?|weights?|logs?|results?|cache|exp|exps|experiments?|runs?|data|datasets?|models?|"
    "tmp|temp|artifacts?|resources?|assets|files?|pretrained|finetuned?|train(?:ed|ing|er)?"
)
_FOLDER = re.compile(rf"(?:.*_)?(?:{_FOLDER_WORD})(?:_.*)?|checkpoint-.*", re.IGNORECASE)
"""A first segment that names a folder, not somebody on a hub: owners there seldom have an underscore in their names."""


def with_scheme(value: Abstract, scheme: str) -> Abstract:
    """`value` with the scheme of its row before it, where the row's call takes nothing but such names or the text can only be one.

    `model:` and `dataset:` stand before the name of a hub, `model~` before a bare name, `model!` before all. A text that is still open
    stays as it is: asked again when it is known, it gets its scheme then. What has one keeps it.
    """
    pattern = as_pattern(value)
    first = pattern.parts[0] if pattern.parts else ""
    prefix = f"{scheme[:-1]}:" if scheme.endswith(("!", "~")) else scheme
    if isinstance(first, str) and ("://" in first or first.startswith(prefix)):
        return pattern
    if scheme.endswith("!"):
        return Pattern((prefix, *pattern.parts), pattern.via, False, pattern.temporary)
    if scheme.endswith("~"):
        text = pattern.text
        is_bare = text is not None and "/" not in text and _can_be_hub_name(pattern)
        return Pattern((prefix, *pattern.parts), pattern.via) if is_bare else pattern
    if scheme not in ("model:", "dataset:"):
        return Pattern((scheme, *pattern.parts), pattern.via, False, pattern.temporary)
    if not _can_be_hub_name(pattern):
        return pattern
    if scheme == "dataset:" and pattern.text in LOADER_SCRIPTS:
        return Unknown(pattern.text or "", "loader script")
    if scheme == "dataset:" and pattern.shown.count("/") == 1:
        prefix = "https://huggingface.co/datasets/"
    return Pattern((prefix, *pattern.parts), pattern.via)


def _can_be_hub_name(pattern: Pattern) -> bool:
    """A hub loader takes a local folder as well: only a bare or `owner/name` text is a hub name; of an open one the owner is known."""
    text, owner = pattern.text, pattern.parts[0] if pattern.parts else ""
    if pattern.anchored or pattern.temporary or not isinstance(owner, str) or owner.startswith((".", "/", "~")):
        return False
    if text is None and "/" not in owner:
        return False
    shown = pattern.shown
    return (
        shown.count("/") <= 1
        and "\\" not in shown
        and not shown.endswith(LOCAL_SUFFIXES)
        and not _FOLDER.fullmatch(shown.partition("/")[0])
    )
