"""How a flag and the arms that nothing selects are told; for the rules on flags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.graph.flags import Arm, Flag, shown_function
from analyzer.graph.system import SystemGraph
from analyzer.model import Evidence, Site
from rules.wording import last_changed

OPERATIONAL = re.compile(
    r"_*(is_|do_|use_|enable_|with_|run_)?(verbose|debug\w*|quiet|silent|dry_?run|overwrite|force|resume|restart|device|cuda|gpu|cpu|fp16|bf16|"
    r"half|amp|num_workers|n_jobs|seed|local_rank|distributed|pool|scheduler|log\w*|\w*logger|wandb|tensorboard|\w*plots?|\w*figs?|"
    r"visuali[sz]e|show\w*|display\w*|print\w*|save\w*|cache\w*|profile|benchmark|test\w*|eval_only|do_\w+|help|version|strict|raise\w*|"
    r"errors?|download|reload|progress\w*|inplace|copy|return_\w*|as_\w*|pretrained|pretty|timeout|retr\w*|callbacks?|\w*_?engine|session|"
    r"client|conn\w*|limit|concurrency\w*|title|ax|axes|\w*labels?|figsize|color\w*|style)\Z",
    re.IGNORECASE,
)
"""RULES.md App. A7, and what a caller may always want otherwise: names of resources, limits, looks."""
_COMPLAINTS = re.compile(r"(Error|Exception|Warning|warn|warning|error|exception|debug|info|print|exit|fail)\Z")
_SHOWN = 6


def told(flag: Flag) -> str:
    """`function(parameter)` as messages name it."""
    return f"`{flag.param.name}` of `{shown_function(flag.module.facts.scopes, flag.function)}`"


def arms_in_order(flag: Flag, outermost: bool = True) -> list[Arm]:
    """The arms that nothing selects, by line; `outermost` ones without those inside another."""
    kept: list[Arm] = []
    for arm in sorted(flag.arms, key=lambda arm: (arm.span[0], -arm.span[1])):
        if not outermost or not kept or arm.span[0] > kept[-1].span[1]:
            kept.append(arm)
    return kept


def places(flag: Flag, arms: list[Arm]) -> list[Site]:
    """Where the flag is defined, then its arms."""
    definition = flag.module.facts.scopes[flag.function]
    return [flag.module.site(definition.line), *(flag.module.site(arm.branch.line, max(arm.branch.line, arm.span[1])) for arm in arms)]


def settings_table(graph: SystemGraph, flag: Flag, arms: list[Arm]) -> Iterator[Evidence]:
    """Which value each site gives, what never runs, and how old the file is."""
    by_default = [setting for setting in flag.settings if setting.is_default]
    named = [setting for setting in flag.settings if not setting.is_default]
    if by_default:
        number = len(dict.fromkeys(setting.site for setting in by_default))
        calls = f"{number} call{'s do' if number != 1 else ' does'} not name it: {by_default[0].value!r}"
        yield Evidence(calls, by_default[0].site)
    for setting in named[:_SHOWN]:
        yield Evidence(f"given {setting.value!r}{' by a test' if setting.in_test else ''}", setting.site)
    for arm in arms:
        statements = f"{arm.statements} statement{'s' if arm.statements != 1 else ''} never run"
        yield Evidence(f"`{arm.branch.test_text[:80]}` is always {str(arm.taken).lower()}: {statements}", flag.module.site(*arm.span))
    yield from last_changed(graph, flag.module.path)


def is_for_others(graph: SystemGraph, flag: Flag) -> bool:
    """Whether people outside the repository call the function: the public part of a library that nothing here runs in production."""
    module, name = flag.module, flag.module.facts.scopes[flag.function].qualname
    public = not any(part.startswith("_") and not part.startswith("__") for part in name.split("."))
    return graph.archetype_of(module.path) in ("library", "tutorial") and module.is_packaged and public and not module.production


def only_complains(arm: Arm) -> bool:
    """Whether an arm does nothing but raise, warn or end the program: it is there for callers who do wrong."""
    return bool(arm.calls) and all(_COMPLAINTS.search(call) for call in arm.calls)
