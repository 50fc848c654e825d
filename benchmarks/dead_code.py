"""Dead ML code against what is known of two repositories: nothing that lives is called dead, and what is dead is found.

    python benchmarks/dead_code.py --bugbug CHECKOUT --recommenders CHECKOUT

bugbug (mozilla/bugbug): its models are classes that a registry of strings names and importlib loads, so nothing imports them; twenty
definitions are known to have no other occurrence anywhere. recommenders (recommenders-team/recommenders): a package whose functions and
classes are used by its notebooks only. The exit code is 1 when a model is called dead, fewer than 19 of the 20 orphans are found, more than
one notebook-consumed symbol is called dead, or a consumer's only class is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # mldebt: ignore[GLU006] a checkout is measured as it is, installed or not

from analyzer.graph.dead import dead_definitions, dead_islands, use_of
from analyzer.graph.liveness import liveness
from analyzer.graph.system import Module, SystemGraph
from analyzer.scan import scan_graph
from analyzer.settings import Settings

ORPHANS = {
    "bugbug/bug_features.py": """
        DeltaRequestMerge HasImageAttachmentAtBugCreation CommitFilesModifiedNum CommitAuthorExperience CommitAuthorExperience90Days
        CommitReviewerExperience CommitReviewerExperience90Days CommitNoOfBackouts ComponentsTouched ComponentsTouchedNum
        IsReporterADeveloper TimeToFix TimeToAssign IsUplifted Resolution
    """,
    "bugbug/utils.py": "DictExtractor MergeText MissingOrdinalEncoder",
    "scripts/inline_comments_data_collection.py": "NoDiffsFoundException NoTransactionsFoundException",
}
REGISTRY = "bugbug/models/__init__.py"
NOTEBOOK_ONLY = "LLMCommentMatchingScorer"
LEAST_ORPHANS = 19
MOST_WRONG = 1


def reported(graph: SystemGraph) -> set[tuple[str, str]]:
    """(path, name) of every top-level definition that DXP004 or DXP011 tell; the definitions of an island are told with it."""
    found = {(path, each.name) for path, dead in dead_definitions(graph).items() for each in dead}
    for island in dead_islands(graph):
        found.update((path, name) for path in island.modules for name in definitions(graph.modules[path]))
    return found


def definitions(module: Module) -> Iterator[str]:
    return (scope.name for scope in module.facts.scopes[1:] if scope.parent == 0 and scope.name != "<lambda>")


def models(graph: SystemGraph) -> set[str]:
    """The class names of the registry: last parts of its dotted strings."""
    module = graph.modules[REGISTRY]
    return {text.value.rpartition(".")[2] for text in module.facts.texts if text.role == "name" and text.value.startswith("bugbug.models.")}


def bugbug(checkout: Path) -> bool:
    graph = scan_graph(checkout, Settings(history=False))
    dead = reported(graph)
    names = {name for _path, name in dead}
    registered = models(graph)
    wrong = sorted(registered & names)
    wanted = [(path, name) for path, listed in ORPHANS.items() for name in listed.split()]
    missed = [name for path, name in wanted if (path, name) not in dead]
    homes = [node[0] for node in liveness(graph).names.by_name.get(NOTEBOOK_ONLY, ())]
    users = {use_of(graph, path, NOTEBOOK_ONLY) for path in homes}
    print(f"bugbug: {len(wrong)} of {len(registered)} registered models called dead {wrong or ''}")
    print(f"bugbug: {len(wanted) - len(missed)} of {len(wanted)} orphans found {('missed: ' + ', '.join(missed)) if missed else ''}")
    print(f"bugbug: {NOTEBOOK_ONLY} is used by {', '.join(sorted(users)) or 'nobody'}")
    return bool(registered) and not wrong and len(wanted) - len(missed) >= LEAST_ORPHANS and bool(users) and "" not in users


def recommenders(checkout: Path) -> bool:
    graph = scan_graph(checkout, Settings(history=False))
    dead = reported(graph)
    consumed = sorted(notebook_consumed(graph))
    wrong = [f"{path}::{name}" for path, name in consumed if (path, name) in dead or not use_of(graph, path, name)]
    print(f"recommenders: {len(wrong)} of {len(consumed)} symbols that only notebooks consume called dead {wrong or ''}")
    return bool(consumed) and len(wrong) <= MOST_WRONG


def notebook_consumed(graph: SystemGraph) -> Iterator[tuple[str, str]]:
    """(path, name) of the package's functions and classes that notebook code names and no other code outside the tests does."""
    in_notebooks, elsewhere = set[str](), set[str]()
    for module in graph.modules.values():
        if module.is_test:
            continue
        for mention in module.facts.mentions:
            said = {*mention.names, *(part for chain in mention.chains for part in chain.split("."))}
            (in_notebooks if module.is_notebook else elsewhere).update(said)
        if not module.is_notebook and not module.path.endswith("__init__.py"):
            elsewhere.update(entry.name for entry in module.facts.imports if entry.name)
        elif module.is_notebook:
            in_notebooks.update(entry.name for entry in module.facts.imports if entry.name)
    for path, module in graph.modules.items():
        if module.is_packaged and not module.is_excluded:
            yield from ((path, name) for name in definitions(module) if name in in_notebooks - elsewhere)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bugbug", type=Path)
    parser.add_argument("--recommenders", type=Path)
    arguments = parser.parse_args()
    if not (arguments.bugbug or arguments.recommenders):
        parser.error("give at least one checkout")
    kept = [measure(path.resolve()) for measure, path in ((bugbug, arguments.bugbug), (recommenders, arguments.recommenders)) if path]
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
