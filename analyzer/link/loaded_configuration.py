"""Configuration files of the repository that code loads: `yaml.safe_load(open(p))`, `OmegaConf.load(p)` and their kin."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from analyzer.link import paths
from analyzer.link.call_arguments import first_argument
from analyzer.link.domain import Abstract, Alternatives, ConfigNode, Pattern, Result, Sym, Table, capped
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

LOADERS = frozenset(
    """
    yaml.safe_load yaml.load yaml.full_load ruamel.yaml.safe_load json.load json.loads toml.load toml.loads tomllib.load tomllib.loads
    tomli.load omegaconf.OmegaConf.load omegaconf.OmegaConf.create easydict.EasyDict box.Box munch.Munch munch.munchify
    dvc.api.params_show
    """.split()
)


def loaded(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """`yaml.safe_load(open(p))`, `OmegaConf.load(p)`: the configuration file of the repository at that path."""
    values = first_argument(evaluator, call, where, "stream", "file_", "f", "fp")
    if not values:
        return None
    found: list[Abstract] = []
    for value in values:
        if isinstance(value, (ConfigNode, Table)):
            found.append(value)
            continue
        for source in opened_path(evaluator, value):
            node = source.then("loaded", "") if isinstance(source, Sym) else config_node(evaluator, source, where.path)
            if node is not None:
                found.append(node)
    return capped(found) if found else None


def opened_path(evaluator: Asking, value: Abstract) -> Alternatives:
    """The path behind a file handle (`open(p)`), a read text (`p.read_text()`), or the path itself."""
    if isinstance(value, Result) and value.name in ("builtins.open", "io.open", "codecs.open", "handle", "read_text"):
        call = evaluator.program.facts[value.path].calls[value.call]
        where = Where(value.path, call.scope, call.line, call.block)
        if value.name in ("handle", "read_text"):
            return evaluator.value(call.func.value, where) if isinstance(call.func, Attr) else ()
        return first_argument(evaluator, call, where, "file") or ()
    return (value,) if isinstance(value, (Pattern, Sym)) else ()


def config_node(evaluator: Asking, value: Abstract, importer: str) -> ConfigNode | None:
    if not isinstance(value, Pattern) or value.text is None:
        return None
    text = paths.normal(value.text)
    project = evaluator.program.layout.project_of(importer).root
    bases = [""] if value.anchored else ["", project, posixpath.dirname(importer)]
    for base in bases:
        candidate = posixpath.normpath(posixpath.join(base, text))
        if candidate in evaluator.configs:
            return ConfigNode(candidate)
    return None
