"""Facts of configuration, catalogs and contracts."""

from __future__ import annotations

import msgspec

from analyzer.read.step_facts import Declared, StepFacts


class CatalogEntry(msgspec.Struct, frozen=True, array_like=True):
    """A dataset of a data catalog, as written: `${…}` is not filled in, since its value may stand in another file."""

    name: str
    """As pipelines say it; `{…}` in it makes the entry a pattern for many names (a dataset factory)."""
    type: str
    location: str
    """Path, table, URI or registered name, relative to the project; "" for data that is kept in memory only."""
    kind: str
    """`file`, `table`, `model`, `dataset` or `other`."""
    line: int
    """Where the location stands; where the entry begins when there is none."""
    layer: str = ""
    versioned: bool = False


class CatalogFacts(msgspec.Struct, frozen=True, tag=True):
    """A data catalog (Kedro `catalog*.yml`). Names that begin with `_` are templates for other entries and are none themselves."""

    kind: str
    lines: int
    entries: tuple[CatalogEntry, ...] = ()


class ContractFacts(msgspec.Struct, frozen=True, tag=True):
    """A data contract: what a producer promises to its consumers."""

    kind: str
    lines: int
    promised: tuple[Declared, ...] = ()
    producer: str = ""
    consumers: tuple[str, ...] = ()


class ConfigFacts(msgspec.Struct, frozen=True, tag=True):
    """A YAML, TOML, JSON or INI file: its leaves, flat. Key is the dotted path; list positions are numbers."""

    kind: str
    lines: int
    leaves: tuple[tuple[str, str | int | float | bool | None, int], ...] = ()
    """(dotted key, value, line)."""
    declared: StepFacts | CatalogFacts | ContractFacts | None = None
    """What the file declares besides being configuration: a catalog, a contract, or steps of a kind that only its content tells."""
    package: str = ""
    """Where Hydra puts the content (`# @package _global_`), when the file says it."""
    links: tuple[tuple[str, int], ...] = ()
    """(address, line) of the addresses in its comments: where a hand-kept file says that it was taken from."""
    is_generated: bool = False
    """Whether the comment at its head says that a program writes it."""
