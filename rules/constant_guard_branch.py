"""DXP001."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from analyzer.graph.constants import constant_assignment, module_constant
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from analyzer.read.facts import Branch, PythonFacts
from analyzer.read.values import Const, Map
from rules.base import Rule
from rules.folding import fold
from rules.severity import in_context
from rules.template_folders import is_template
from rules.wording import last_changed

_TOOL_SWITCHES = re.compile(r"_?(TYPE_CHECKING|MYPY|PYRIGHT|(IS_)?PY(THON)?_?[23]\d*|IS_(WINDOWS|WIN|LINUX|MAC|OSX|POSIX))\Z")
_SETTINGS = re.compile(r"_?(configs?|configuration|settings?|conf|consts?|constants?|params?|parameters|options|flags|defaults?)\Z")
_CONVENTION = re.compile(r"_*[A-Z][A-Z0-9_]*\Z")
_OPERATIONAL = re.compile(
    r"_*(IS_|DO_|USE_|ENABLE_|WITH_|RUN_)?(VERBOSE|DEBUG\w*|QUIET|DRY_?RUN|OVERWRITE|FORCE|RESUME|RESTART|CUDA|GPU|CPU|FP16|BF16|AMP|"
    r"DISTRIBUTED|LOG\w*|WANDB|TENSORBOARD|\w*PLOTS?|VISUALI[SZ]E|SAVE\w*|CACHE\w*|PROFIL\w+|BENCHMARK|TEST\w*|EVAL_ONLY|STRICT|"
    r"DOWNLOAD|PROGRESS_BAR|TRACE|SHOW\w*|PRINT\w*)\Z"
)
_LEARNING = re.compile(
    r"(fit|partial_fit|fit_transform|fit_generator|train\w*|backward|zero_grad|step|predict\w*|transform|evaluate|augment\w*|"
    r"mixup|cutmix|\w*[lL]oss\w*|\w*[fF]eature\w*|\w*[oO]ptimi[sz]er\w*)\Z"
)
_TO_FILL_IN = re.compile(
    r"\b(?:your|paste|insert|enter|replace|change|fill)[-_ ](?:me|this|here|in|your"
    r"|[\w-]*(?:key|token|name|path|url|id|here|password|host|bucket))\b|_here(?![a-z])|path[/\\_-]to[/\\_-]",
    re.IGNORECASE,
)
_EXAMPLES = frozenset({"example", "examples", "tutorial", "tutorials", "demo", "demos", "sample", "samples"})
_MANY_STATEMENTS = 10


@dataclass(frozen=True, slots=True)
class _DeadArm:
    branch: Branch
    names: tuple[str, ...]
    value: bool
    span: tuple[int, int]
    statements: int
    calls: tuple[str, ...]

    @property
    def is_learning(self) -> bool:
        return any(_LEARNING.match(call) for call in self.calls)


class ConstantGuardBranch(Rule):
    """Code behind a test that can never come out the other way: an experiment that was switched off and left in place.

    "Perform experiments with alternative methods by implementing experimental codepaths as conditional branches within the main
    production code" is attractive in the short term; over time the paths that nobody takes any more must still be carried through
    every refactoring, and "obsolete experimental codepaths" have cost one company 465 million dollars in 45 minutes.

    Found are `if`, `elif`, `while` and `… if … else …` whose test folds to false (a literal, or a module constant that is assigned
    exactly once and that nothing exports, imports, sets or patches) and whose arm does something, and tests that fold to true with
    an `else` that does something. All arms behind one constant are one finding.

    Exempt: `while True`; `if True` without `else`; `TYPE_CHECKING`, version and platform switches; arms that only import (a typing
    idiom) or hold one statement without effect of its own (`if False: yield` makes a generator); constants of notebooks and of
    settings modules, which are there to be edited; constants that select one of several texts or numbers, and those of a script that
    were left empty (`None`, ""); constants and tests whose comment asks to set them, constants of examples and those that a file
    beside sets otherwise, those of scripts with a key or path to fill in; templates.

    A constant of a script that is run by hand is less sure to be forgotten: confidence B. A switch for debugging, plotting and the
    like is confidence C.

    Known false positives: a switch that people turn in the file by hand although nothing says so; a constant that another program
    rewrites.
    """

    code = "DXP001"
    name = "constant-guard-branch"
    severity = Severity.low
    confidence = Confidence.A
    dated = True
    tentative_in = frozenset({"library", "tutorial"})
    cost = Cost(3, 0.3, friction=5)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    remedy = (
        "Delete the dead arm, the test and what only they used: git keeps the history. If the choice is still wanted, make it an option "
        "that a checked-in run sets."
    )
    BAD = (
        {
            "train.py": """\
USE_MIXUP = False


def step(model, x, y):
    if USE_MIXUP:  # DXP001
        x, y = mixup(x, y, alpha=0.4)
    return model.loss(x, y)
"""
        },
        {
            "features.py": """\
def build(frame):
    if True:  # DXP001
        frame["price"] = frame.price.clip(0)
    else:
        frame["price"] = frame.price.rank()
        frame = frame.dropna()
    return frame
"""
        },
        {
            "model.py": """\
def score(x):
    if False and x > 0:  # DXP001
        x = rescale(x)
    return x
"""
        },
    )
    GOOD = (
        {
            "flash.py": """\
_OVERRIDE = None


def kernel():
    if _OVERRIDE is not None:
        return load(_OVERRIDE)
    return sdpa()
""",
            "tests/test_flash.py": """\
import flash


def test_override():
    flash._OVERRIDE = "sdpa"
    assert flash.kernel()
""",
        },
        {
            "loop.py": """\
def run(queue):
    while True:
        queue.get()
    if True:
        queue.close()
"""
        },
        {
            "settings.py": """\
USE_CACHE = False
if USE_CACHE:
    BACKEND = connect()
"""
        },
        {
            "prepare.py": """\
SOURCE = "wiki"
if SOURCE == "books":
    data = load("books")
elif SOURCE == "wiki":
    data = load("wiki")
"""
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for module in graph.living():
            if is_template(module.path):
                continue
            groups: dict[Subject, list[_DeadArm]] = {}
            for arm in _outermost(_dead_arms(graph, module)):
                groups.setdefault(_subject(module, arm), []).append(arm)
            for subject, arms in groups.items():
                if _is_turned_by_hand(graph, module, arms):
                    continue
                yield self._finding(graph, module, subject, arms)

    def _finding(self, graph: SystemGraph, module: Module, subject: Subject, arms: list[_DeadArm]) -> Finding:
        statements = sum(arm.statements for arm in arms)
        weighty = statements >= _MANY_STATEMENTS or any(arm.is_learning for arm in arms)
        operational = bool(arms[0].names) and all(_OPERATIONAL.match(name) for name in arms[0].names)
        base = Severity.medium if weighty and not operational else Severity.low
        return self.found(
            _message(arms, statements),
            subject,
            [module.site(arm.branch.line, max(arm.branch.line, arm.span[1])) for arm in arms],
            _evidence(graph, module, arms),
            severity=in_context(graph, base, [module.path]),
            confidence=_confidence(module, arms, operational),
            items=statements,
            members=len(arms),
        )


def _dead_arms(graph: SystemGraph, module: Module) -> Iterator[_DeadArm]:
    for branch in module.facts.branches:
        outcome = fold(graph, module, branch.scope, branch.test)
        if outcome is None or not all(_is_switch(graph, module, branch, name) for name in outcome.names):
            continue
        value = bool(outcome.value)
        if not value:
            arm = _DeadArm(branch, outcome.names, value, branch.body, branch.body_statements, branch.body_calls)
        elif branch.kind != "while":
            arm = _DeadArm(branch, outcome.names, value, branch.orelse, branch.orelse_statements, branch.orelse_calls)
        else:
            continue
        if _does_something(module.facts, arm):
            yield arm


def _is_turned_by_hand(graph: SystemGraph, module: Module, arms: list[_DeadArm]) -> bool:
    """Whether people are asked to edit the test or its constant: a comment says so, the file is an example, or a copy beside it differs."""
    names = dict.fromkeys(name for arm in arms for name in arm.names)
    assigns = [assign for name in names if (assign := constant_assignment(graph, module, name)) is not None]
    lines = {line for kind, line in module.facts.remarks if kind == "by hand"}
    if any(arm.branch.line in lines for arm in arms) or any(assign.line in lines for assign in assigns):
        return True
    if names and _is_script(module) and _is_to_be_filled_in(module.facts):
        return True
    return bool(names) and (_is_example(module.path) or any(_differs_nearby(graph, module, name) for name in names))


def _is_example(path: str) -> bool:
    return any(folder.lower() in _EXAMPLES for folder in PurePosixPath(path).parts[:-1])


def _is_to_be_filled_in(facts: PythonFacts) -> bool:
    """Whether a constant at the top waits for whoever edits the script: `KEY = "paste-your-key-here"`."""
    return any(_TO_FILL_IN.search(text) for assign in facts.assigns if assign.scope == 0 for text in _texts(assign.value))


def _texts(value: object) -> list[str]:
    parts = value.values if isinstance(value, Map) else [value]
    return [part.value for part in parts if isinstance(part, Const) and isinstance(part.value, str)]


def _differs_nearby(graph: SystemGraph, module: Module, name: str) -> bool:
    """Whether a file of the same folder has the same constant with the other value."""
    folder, value = PurePosixPath(module.path).parent, module_constant(graph, module, name)[1]
    for assign in _assigned(graph, name):
        if assign[0] != module.path and PurePosixPath(assign[0]).parent == folder and bool(assign[1]) != bool(value):
            return True
    return False


def _assigned(graph: SystemGraph, name: str) -> Iterator[tuple[str, object]]:
    """Which files give the name a literal at their top level, and which."""
    for path, module in graph.modules.items():
        for assign in module.facts.assigns:
            if assign.target == name and assign.scope == 0 and isinstance(assign.value, Const):
                yield path, assign.value.value


def _is_switch(graph: SystemGraph, module: Module, branch: Branch, name: str) -> bool:
    """Whether a constant turns code on and off: not a tool's switch, not a setting, not a value that happens to be true."""
    path = PurePosixPath(module.path)
    if _TOOL_SWITCHES.match(name) or _SETTINGS.match(path.stem) or (path.stem == "__init__" and _SETTINGS.match(path.parent.name)):
        return False
    value = module_constant(graph, module, name)[1]
    if value and value is not True and value != 1:
        return False
    edited = _is_script(module) or branch.scope == 0
    if value is None or value == "":
        return not edited  # a parameter that was left empty, for whoever edits the script
    # by convention (PEP 8) only capitals mean "constant"; a small name counts where nobody edits it
    return bool(_CONVENTION.match(name)) or not edited


def _is_script(module: Module) -> bool:
    return bool(module.facts.main_line) or not module.name


def _does_something(facts: PythonFacts, arm: _DeadArm) -> bool:
    """False for an empty arm, one that only imports, and a lone statement that neither calls nor assigns (`yield`, `return`)."""
    if arm.branch.kind == "ternary":
        return True
    first, last = arm.span
    imports = {link.line for link in facts.imports if first <= link.line <= last}
    if arm.statements <= len(imports):
        return False
    return arm.statements > 1 or bool(arm.calls) or any(first <= assign.line <= last for assign in facts.assigns)


def _outermost(arms: Iterator[_DeadArm]) -> list[_DeadArm]:
    """Without arms that lie inside another dead arm, in the order of lines."""
    kept: list[_DeadArm] = []
    spans: list[tuple[int, int]] = []  # disjoint and sorted: an arm inside another is not kept
    for arm in sorted(arms, key=lambda arm: (arm.branch.line, -arm.span[1])):
        line = arm.branch.line
        before = bisect_right(spans, (line, sys.maxsize))
        around = spans[before - 1] if before else (0, 0)
        beside = arm.branch.kind == "ternary" and around == (line, line)
        if around[0] <= line <= around[1] and not beside:
            continue
        kept.append(arm)
        insort(spans, arm.span)
    return kept


def _subject(module: Module, arm: _DeadArm) -> Subject:
    if arm.names:
        return Subject("constant", f"{module.path}::{'+'.join(sorted(set(arm.names)))}")
    return Subject("branch", f"{module.qualname(arm.branch.scope)}::{arm.branch.test_text[:120]}")


def _confidence(module: Module, arms: list[_DeadArm], operational: bool) -> Confidence:
    names = arms[0].names
    if not names:
        return Confidence.A
    if operational:
        return Confidence.C
    edited = _is_script(module) or any(arm.branch.scope == 0 for arm in arms)
    return Confidence.B if edited or not all(_CONVENTION.match(name) for name in names) else Confidence.A


def _message(arms: list[_DeadArm], statements: int) -> str:
    arm = arms[0]
    where = f" in {len(arms)} places" if len(arms) > 1 else ""
    test = arm.branch.test_text if len(arm.branch.test_text) <= 60 else arm.branch.test_text[:57] + "…"
    side = "behind" if not arm.value else "in the `else` of"
    reason = f": {' and '.join(f'`{name}`' for name in dict.fromkeys(arm.names))} never changes" if arm.names else ""
    if all(arm.branch.kind == "ternary" for arm in arms):
        return f"the value {side} `{test}`{where} can never be chosen{reason}"
    return f"{_count(statements)} {side} `{test}`{where} can never run{reason}"


def _evidence(graph: SystemGraph, module: Module, arms: list[_DeadArm]) -> Iterator[Evidence]:
    for name in dict.fromkeys(arms[0].names):
        assign = constant_assignment(graph, module, name)
        if assign is not None:
            value = module_constant(graph, module, name)[1]
            yield Evidence(
                f"`{name} = {value!r}` is its only assignment; nothing in the repository exports, imports, sets or patches it",
                module.site(assign.line),
            )
    for arm in arms:
        calls = [call for call in dict.fromkeys(arm.calls) if _LEARNING.match(call)] or list(dict.fromkeys(arm.calls))
        does = f", among them calls of {', '.join(f'`{call}`' for call in calls[:4])}" if calls else ""
        text = f"`{arm.branch.test_text[:80]}` is always {str(arm.value).lower()}: {_idle(arm)}{does}"
        yield Evidence(text, module.site(*arm.span))
    yield from last_changed(graph, module.path)


def _idle(arm: _DeadArm) -> str:
    return "its value is never chosen" if arm.branch.kind == "ternary" else f"{_count(arm.statements)} never run"


def _count(statements: int) -> str:
    return f"{statements} statement{'s' if statements != 1 else ''}"
