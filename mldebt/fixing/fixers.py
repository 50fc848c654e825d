"""Which rule is fixed by what. A fixer is imported when a finding of its rule is there: libcst is heavy."""

from __future__ import annotations

import importlib

from mldebt.fixing.model import Fixer

FIXERS = {
    "DXP001": ("dead_arms", "drop_dead_arms"),
    "DXP002": ("unvaried_flags", "inline_flag"),
    "DXP006": ("commented_blocks", "delete_commented_blocks"),
    "JGL001": ("declarations", "declare"),
    "JGL002": ("declarations", "declare"),
    "JGL007": ("personal_paths", "lift_personal_paths"),
    "UDC001": ("declarations", "declare"),
}
EXPOSED_BY_DELETING = ("DXP001", "DXP003", "DXP004", "DXP005", "DXP006", "DXP009", "DXP010", "DXP011")
"""What may come to light when dead code goes: code that only it used. Anything else that is new speaks against a fix."""


def fixer_of(rule: str) -> Fixer | None:
    if rule not in FIXERS:
        return None
    module, name = FIXERS[rule]
    fixer: Fixer = getattr(importlib.import_module(f"mldebt.fixing.{module}"), name)
    return fixer
