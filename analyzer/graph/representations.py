"""Functions in which values go through several packages' representations: tensor, array, frame, … (RULES.md §1.1, ADAPT)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from analyzer.graph.system import Module, SystemGraph
from analyzer.read.values import last_name

MIN_KINDS = 3
MIN_CHANGES = 3
_MAKERS = {
    "torch.from_numpy": "tensor",
    "torch.as_tensor": "tensor",
    "torch.tensor": "tensor",
    "torch.FloatTensor": "tensor",
    "torch.LongTensor": "tensor",
    "tensorflow.convert_to_tensor": "tensor",
    "jax.numpy.asarray": "tensor",
    "pandas.DataFrame": "frame",
    "polars.DataFrame": "frame",
    "xarray.DataArray": "labelled array",
    "xarray.Dataset": "labelled array",
    "xgboost.DMatrix": "matrix",
    "pyarrow.Table.from_pandas": "table",
}
_METHODS = {
    "numpy": "array",
    "to_numpy": "array",
    "toarray": "array",
    "asarray": "array",
    "toPandas": "frame",
    "to_pandas": "frame",
    "to_dataframe": "frame",
    "to_xarray": "labelled array",
    "to_dataset": "labelled array",
    "createDataFrame": "Spark frame",
    "to_arrow": "table",
}
_LASTS = _METHODS | {name.rpartition(".")[2]: kind for name, kind in _MAKERS.items() if name != "xarray.Dataset"}


@dataclass(frozen=True, slots=True)
class Passage:
    """A function and the conversions in it, in the order of its statements."""

    module: Module
    scope: int
    steps: tuple[tuple[str, str, int], ...]
    """(representation, what makes it, line)"""


def passages(graph: SystemGraph) -> Iterator[Passage]:
    """Functions that make three representations or more and change from one to another three times or more."""
    makers: dict[tuple[str, int], set[str]] = defaultdict(set)
    for use in graph.external_uses:
        if use.scope and use.qualified in _MAKERS:
            makers[use.path, use.scope].add(_MAKERS[use.qualified])
    scopes: dict[str, set[int]] = defaultdict(set)
    for (path, scope), kinds in sorted(makers.items()):
        if len(kinds) > 1 and path in graph.modules and not graph.modules[path].is_excluded:
            scopes[path].add(scope)
    for path, wanted in scopes.items():
        module = graph.modules[path]
        steps: dict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
        for call in module.facts.calls:
            if call.scope in wanted and (kind := _LASTS.get(name := last_name(call.func))):
                steps[call.scope].append((call.at, kind, name, call.line))
        for scope, found in sorted(steps.items()):
            found.sort()
            made = [kind for _at, kind, _name, _line in found]
            changes = sum(one != other for one, other in pairwise(made))
            if len(set(made)) >= MIN_KINDS and changes >= MIN_CHANGES:
                yield Passage(module, scope, tuple((kind, name, line) for _at, kind, name, line in found))
