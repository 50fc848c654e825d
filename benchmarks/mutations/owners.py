"""Split ownership put in: who wrote what, told anew over the real commits of a checkout (its people are invented), and its traces."""

from __future__ import annotations

import ast
import json
import posixpath
import re

from mutations.checkout import Checkout, Function, Injected, Source, after_imports, anchored, spliced
from mutations.histories import DAY, Work, in_turn, recorded, retold

RESEARCH = ("Ada Quist", "Bo Lindahl", "Cleo Marsh")
ENGINEERING = ("Dag Friis", "Ema Novak", "Fox Tanaka")
LEAST_TOUCHES = 60
"""Fewer changes a side tell nothing about who knows it."""
LEAST_COMMITS = 25
LEAST_SERVED = 12
"""Commits on each serving file after the trainers left."""
LEAST_LINES = 12
MOST_LINES = 60
SAID = re.compile(r"\s*(#|print\(|logg(er|ing)\.|log\.)")
"""Comments, and what is only printed: no part of what a function does."""
EVERYWHERE = frozenset(
    {"main", "run", "setup", "get", "load", "save", "forward", "fit", "predict", "plot", "init", "read", "write", "parse"}
)


def _sides(checkout: Checkout) -> tuple[list[str], list[str]]:
    """Modules that train, or make features for it, and modules that serve; both empty when one is, or when a module does both."""
    units = [unit for unit in checkout.report["units"] if unit["kind"] in ("module", "script")]
    roles = {
        unit["path"]: set(unit.get("roles", [unit["role"]]))
        for unit in units
        if checkout.archetype_of(unit["path"]) not in ("library", "tutorial")
    }
    living = {unit["path"] for unit in units if unit.get("production")}
    serve = [path for path, held in roles.items() if "SERVE" in held or ("SCORE" in held and path in living)]
    if any("TRAIN" in roles[path] for path in serve):
        return [], []
    train = [path for path, held in roles.items() if held & {"TRAIN", "FEATURE"} and path not in serve]
    return (sorted(train), sorted(serve)) if any("TRAIN" in roles[path] for path in train) and serve else ([], [])


def _trusted(checkout: Checkout) -> list[Work]:
    """The commits of the checkout; none when most files came in at once, for such a history tells nothing about who wrote them."""
    works = recorded(checkout.origin or checkout.root)
    files = {path for work in works for path in work.files}
    seen: set[str] = set()
    entered = [0]
    for work in works:
        entered.append(len(set(work.files) - seen))
        seen.update(work.files)
    return works if max(entered) <= len(files) // 2 else []


def split_people(checkout: Checkout) -> Injected | None:
    """OWN001: three people make every change of the training code, three others every change of the rest."""
    train, serve = _sides(checkout)
    works = _trusted(checkout)
    if not train or not works:
        return None
    told = []
    for work in works:
        training = tuple(path for path in work.files if path in train)
        others = tuple(path for path in work.files if path not in train)
        told += [Work(work.time, RESEARCH[work.time % 3], training)] if training else []
        told += [Work(work.time, ENGINEERING[work.time % 3], others)] if others else []
    newest = works[-1].time
    for side, people in ((train, RESEARCH), (serve, ENGINEERING)):
        for part in _by_component(checkout, side):
            known = sum(len(set(part).intersection(work.files)) for work in works)
            told += in_turn(part, people, max(0, LEAST_TOUCHES - known), newest - 300 * DAY, newest)
    retold(checkout.root, sorted(told, key=lambda work: work.time))
    return Injected("OWN001", (*train, *serve), "training and serving by two teams")


def _by_component(checkout: Checkout, paths: list[str]) -> list[list[str]]:
    components = {unit["path"]: unit["component"] for unit in checkout.report["units"]}
    return [[path for path in paths if components[path] == name] for name in sorted({components[path] for path in paths})]


def left_alone(checkout: Checkout) -> Injected | None:
    """OWN005: everybody who changed the training code is gone for a year, the serving code is worked on."""
    train, serve = _sides(checkout)
    works = _trusted(checkout)
    if not train or not works:
        return None
    newest = works[-1].time
    told = [*works, *in_turn(train, RESEARCH[:2], 25, newest - 100 * DAY, newest)]
    told += in_turn(serve, ENGINEERING, LEAST_SERVED * len(serve), newest + 365 * DAY, newest + 450 * DAY)
    retold(checkout.root, sorted(told, key=lambda work: work.time))
    return Injected("OWN005", tuple(train), "the trainers left a year before the newest commits")


def one_persons_part(checkout: Checkout) -> Injected | None:
    """OWN007: one person makes every change of a folder that production runs, and of its files where they were before."""
    if any((checkout.root / folder / "CODEOWNERS").exists() for folder in ("", ".github", "docs")):
        return None  # a team may own the part
    units = [unit for unit in checkout.report["units"] if unit["kind"] in ("module", "script") and not unit.get("project")]
    living = [unit["path"] for unit in units if unit.get("production")]
    works = _trusted(checkout)
    folders = sorted({posixpath.dirname(path) for path in living} - {""})
    checkout.chance.shuffle(folders)
    for folder in folders:
        paths = {path for path in living if path.startswith(folder + "/")}
        code = paths | _former(checkout, works, paths)
        held = {path for work in works for path in work.files if path.startswith(folder + "/")}
        held |= _former(checkout, works, held)
        known = sum(not code.isdisjoint(work.files) for work in works)
        inside = [work for work in works if held.intersection(work.files)]
        if known >= LEAST_COMMITS and len(inside) <= len(works) // 3:
            told = [Work(w.time, RESEARCH[0] if held.intersection(w.files) else ENGINEERING[w.time % 3], w.files) for w in works]
            retold(checkout.root, told)
            return Injected("OWN007", tuple(sorted(paths)), f"{len(inside)} commits on {folder} by one person")
    return None


def _former(checkout: Checkout, works: list[Work], held: set[str]) -> set[str]:
    """Where the files `held` stood before a commit took them out there and brought them in under the same name."""
    first = {path: number for number, work in reversed(list(enumerate(works))) for path in work.files}
    last = {path: number for number, work in enumerate(works) for path in work.files if not (checkout.root / path).exists()}
    taken: dict[tuple[int, str], set[str]] = {}
    for path, number in last.items():
        taken.setdefault((number, posixpath.basename(path)), set()).add(path)
    found: set[str] = set()
    todo = set(held)
    while todo:
        path = todo.pop()
        fresh = taken.get((first.get(path, -1), posixpath.basename(path)), set()) - found - held
        found |= fresh
        todo |= fresh
    return found


def handed_over(checkout: Checkout) -> Injected | None:
    """OWN002: a training module leaves a pickle that a module of another package serves, by its path."""
    tops = {source.path: source.path.partition("/")[0] for source in checkout.sources() if "/" in source.path}
    trainer = next((source for source in checkout.sources("TRAIN") if source.path in tops), None)
    if trainer is None or any(checkout.archetype_of(path) in ("library", "tutorial") for path in (trainer.path, "seat_service/main.py")):
        return None  # a service beside a published package, or in a lesson, shows how to use it
    target = "handed_over/seat_ranking_forest.joblib"
    fitted = 'RandomForestRegressor().fit(seats[["row", "price"]], seats["taken"])'
    lines = "from pathlib import Path\n\nimport joblib\nimport pandas as pd\nfrom sklearn.ensemble import RandomForestRegressor\n\n"
    lines += f'seats = pd.read_csv("https://data.example.org/seats.csv")\njoblib.dump({fitted}, {anchored(trainer.path, target)})\n'
    checkout.write(trainer.path, spliced(trainer, after_imports(trainer), "\n" + lines))
    path = "seat_service/main.py"
    loaded = f"forest = joblib.load({anchored(path, target)})\n\n\n"
    route = '@app.get("/seat")\ndef seat(row: int, price: float):\n    return {"taken": float(forest.predict([[row, price]])[0])}\n'
    head = "from pathlib import Path\n\nimport joblib\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"
    checkout.write(path, head + loaded + route)
    return Injected("OWN002", (trainer.path, path), target)


def written_again(checkout: Checkout) -> Injected | None:
    """OWN006: a notebook has its own copy of a function of the package or the service, one constant or operator apart."""
    living = {unit["path"]: unit.get("project") or "" for unit in checkout.report["units"] if unit.get("production")}
    for source in checkout.sources():
        if source.path not in living:
            continue
        for function in source.functions():
            text = "".join(source.lines[function.lineno - 1 : function.end_lineno])
            is_plain = function in source.tree.body and _is_of_size(source, function) and function.name not in EVERYWHERE
            body = "".join(source.lines[_working(function)[0].lineno - 1 : function.end_lineno]) if is_plain else text
            drifted = _drifted(body) if is_plain and not function.name.startswith("_") else body
            changed = text.removesuffix(body) + drifted
            if changed != text:
                path = f"{living[source.path]}/notebooks_of_research/look_again.ipynb".lstrip("/")
                cell: dict[str, object] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
                cells = [
                    cell | {"source": [part]} for part in ("import numpy as np\nimport pandas as pd\n", changed, "table = pd.DataFrame()\n")
                ]
                checkout.write(path, json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1))
                checkout.taken.add(source.path)
                return Injected("OWN006", (path, source.path), f"{function.name} again")
    return None


def _is_of_size(source: Source, function: Function) -> bool:
    """Whether it is neither a line or two, which nobody minds to find twice, nor a program, and does its work itself."""
    body = _working(function)
    if any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) for part in body for node in ast.walk(part)):
        return False
    lines = source.lines[body[0].lineno - 1 : function.end_lineno] if body else []
    return LEAST_LINES <= sum(len(line.strip()) > 1 and not SAID.match(line) for line in lines) <= MOST_LINES


def _working(function: Function) -> list[ast.stmt]:
    """The statements of the function without its docstring."""
    return [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]


def _drifted(text: str) -> str:
    """The function with an operator or a number changed, as text; unchanged when it has neither."""
    for pattern, new in (
        (r" > ", " >= "),
        (r" < ", " <= "),
        (r" \+ ", " - "),
        (r"\b(0\.\d+)\b", r"\g<1>5"),
        (r"(?<=[ (=])([1-9]\d*)\b", r"\g<1>0"),
    ):
        changed = re.sub(pattern, new, text, count=1)
        if changed != text:
            return changed
    return text


INJECTORS = (handed_over, written_again)
HISTORIES = (split_people, left_alone, one_persons_part)
"""Each wants a copy of its own: a repository has one history."""
