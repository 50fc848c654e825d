"""Models that are served as binaries of which the workspace holds no maker, or a maker that the path does not lead to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from analyzer.graph.system import DataEdge, SystemGraph
from analyzer.model import Access
from rules.artifact_names import is_distinctive, is_registered, is_uri
from rules.handoffs import DOWNLOADS
from rules.train_serve_sides import EXEMPT

_PICKLE_CALL = re.compile(r"(^|[._])(joblib|pickle|cloudpickle|dill|load_pickle|load_learner)\b")
_PICKLE = re.compile(r"\.(pkl|pickle|dpkl|dill|joblib|sav)(\.(gz|bz2|xz))?$", re.IGNORECASE)
_BYTES_CALL = re.compile(r"(^|\.)(open|urlopen|urlretrieve|get_file|get|read_bytes)$")
"""Gives the bytes, whatever then makes an object of them; a `load_model` of a package brings that package's code along."""
_OPAQUE = re.compile(r"\.(pkl|pickle|dpkl|dill|joblib|sav|pt|pth|ckpt|h5|hdf5|keras|cbm)$", re.IGNORECASE)
_HOLE = re.compile(r"[{*]")


def _serves(graph: SystemGraph, path: str) -> bool:
    """Answers with a model, or scores with it where a live root reaches it; an evaluation does not, nor does a library or a tutorial."""
    module = graph.modules.get(path)
    if module is None or module.is_excluded or module.is_notebook or graph.archetype_of(path) in EXEMPT:
        return False
    return "SERVE" in module.roles or ("SCORE" in module.roles and "EVAL" not in module.roles and bool(module.production))


def carried_by_hand(graph: SystemGraph, joined: Iterable[DataEdge]) -> list[DataEdge]:
    """From what trains to what serves where the file has one telling name on both sides and other places: somebody carries it."""
    known = {edge.reader.site for edge in joined}
    made: dict[str, list[Access]] = defaultdict(list)
    for write in graph.accesses:
        maker = graph.modules.get(write.site.path)
        if write.op == "write" and maker is not None and not maker.is_excluded and (maker.is_notebook or "TRAIN" in maker.roles):
            name = _name(write)
            if name and _OPAQUE.search(name) and is_distinctive(name) and not (write.temporary or DOWNLOADS.search(write.call)):
                made[name].append(write)
    found = []
    for read in graph.accesses if made else ():
        name = _name(read)
        if read.op != "read" or name not in made or read.site in known or (read.artifact or "").startswith("{"):
            continue  # below an unknown folder: a download, of which the path here says nothing
        if _serves(graph, read.site.path):
            found += [DataEdge(write, read, read.artifact or "", 2) for write in made[name] if write.artifact != read.artifact]
    return found


def made_elsewhere(graph: SystemGraph, is_promised: Callable[[str], bool]) -> dict[str, list[Access]]:
    """Pickles of models that something serves and nothing here writes: artifact → its reads; none where a writer's file is unknown."""
    reads: dict[str, list[Access]] = defaultdict(list)
    for read in graph.accesses:
        if read.op == "read" and _is_pickle(read) and _is_there(graph, read.artifact or "") and _serves(graph, read.site.path):
            reads[read.artifact or ""].append(read)
    if not reads:
        return {}
    written = [access for access in graph.accesses if access.op == "write" and _is_work(graph, access)]
    if any(write.klass == "MODEL" and not _name(write) for write in written):
        return {}
    names = {_name(write).lower() for write in written}
    return {key: found for key, found in sorted(reads.items()) if _name(found[0]).lower() not in names and not is_promised(key)}


def _is_there(graph: SystemGraph, artifact: str) -> bool:
    """Somewhere outside, or in version control; what should be in the checkout and is not lacks a maker altogether, which JGL009 tells."""
    return is_uri(artifact) or artifact.startswith("/") or artifact in graph.tracked_files


def _is_work(graph: SystemGraph, access: Access) -> bool:
    module = graph.modules.get(access.site.path)
    return module is None or not module.is_excluded


def _is_pickle(read: Access) -> bool:
    name = _name(read)
    apart = read.temporary or read.guarded or read.declared or is_registered(read.artifact or "")
    if not name or apart or read.klass != "MODEL":
        return False
    return bool(_PICKLE_CALL.search(read.call)) or bool(_PICKLE.search(name) and _BYTES_CALL.search(read.call))


def _name(access: Access) -> str:
    """The last part of the identity, "" where it is not known."""
    name = (access.artifact or "").rstrip("/").rpartition("/")[2]
    return "" if _HOLE.search(name) else name
