"""A switch that nobody decides put in, with the history that tells so: what it guards stays as it was, the lines around it go on."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from mutations.checkout import Checkout, Function, Injected, Source, after_imports, spliced
from mutations.dead import bodies, copied_arm
from mutations.histories import DAY, Work, recorded, retold

SWITCH = "with_cosine_restarts"
CHOICE = 'os.environ.get("COSINE_RESTARTS") == "1"'
CHANGES = 6
PEOPLE = ("Gil Moreau", "Hana Brandt")
LEAST_COMMITS = 10


def stale_flag(checkout: Checkout) -> Injected | None:
    """DXP008: a switch that is chosen where it runs, whose other arm is two years old, and six later commits on the function around it."""
    works = recorded(checkout.origin or checkout.root)
    files = {path for work in works for path in work.files}
    if len(works) < LEAST_COMMITS or max(len(set(work.files)) for work in works) > len(files) // 2:
        return None
    for source in checkout.sources("TRAIN", "FEATURE", "EVAL", "SCORE"):
        if checkout.is_offered(source.path) or checkout.archetype_of(source.path) in ("library", "tutorial"):
            continue
        if checkout.is_of_package(source.path):
            continue  # others may turn the switch
        for function, first, last in bodies(source):
            text = _with_switch(source, function, first, last)
            if text is not None:
                others = _lines_around(text, function.name)
                if len(others) >= CHANGES:
                    checkout.write(source.path, text)
                    _tell(checkout, works, source.path, text, others[-CHANGES:])
                    return Injected("DXP008", (source.path,), f"switch of {function.name}")
    return None


def _with_switch(source: Source, function: Function, first: ast.stmt, last: ast.stmt) -> str | None:
    """The file with the switch in, and turned by a call; None when its layout does not bear it."""
    head = source.lines[function.lineno - 1].rstrip("\n")
    if not re.fullmatch(r"\s*def \w+\([^()*]+[^()*,\s]\):", head):
        return None
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and _is_call_of(node, function.name)]
    call = next((c for c in calls if c.args and not c.keywords and c.end_lineno == c.lineno and not _is_in(c, function)), None)
    if call is None:
        return None
    lines = source.lines
    line, at = lines[call.lineno - 1], (call.end_col_offset or 0) - 1
    if not line.isascii() or line[at] != ")":
        return None
    lines[call.lineno - 1] = f"{line[:at]}, {SWITCH}={CHOICE}{line[at:]}"
    lines[function.lineno - 1] = f"{head[:-2]}, {SWITCH}=False):\n"
    arm = copied_arm(source, first, last, SWITCH)
    text = spliced(Source(source.path, "".join(lines), source.tree), first.lineno, arm)
    return spliced(Source(source.path, text, source.tree), after_imports(source), "import os\n")


def _is_call_of(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


def _is_in(call: ast.Call, function: Function) -> bool:
    return function.lineno <= call.lineno <= (function.end_lineno or 0)


def _lines_around(text: str, name: str) -> list[int]:
    """The 1-based lines of the function behind the arm that hold something."""
    function = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef) and node.name == name)
    arm = next(node for node in function.body if isinstance(node, ast.If) and ast.unparse(node.test) == SWITCH)
    lines = text.splitlines()
    return [n for n in range((arm.end_lineno or 0) + 1, (function.end_lineno or 0) + 1) if len(lines[n - 1].strip()) > 1]


def _tell(checkout: Checkout, works: list[Work], path: str, text: str, changed: list[int]) -> None:
    """The commits of the checkout without those on the file, whose lines `changed` become what they are one by one at the end."""
    newest = works[-1].time
    told = [Work(w.time, w.author, rest) for w in works if (rest := tuple(each for each in w.files if each != path))]
    lines = text.splitlines(keepends=True)
    states = [
        "".join(f"old = {n}\n" if n in changed[done:] else line for n, line in enumerate(lines, 1)) for done in range(len(changed) + 1)
    ]
    told.append(Work(newest - 730 * DAY, PEOPLE[0], (path,), states[0]))
    for number, (_, state) in enumerate(pairwise(states)):
        told.append(Work(newest - (200 - 20 * number) * DAY, PEOPLE[number % 2], (path,), state))
    retold(checkout.root, sorted(told, key=lambda work: work.time))


HISTORIES = (stale_flag,)
