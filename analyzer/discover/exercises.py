"""Files of a course that have gaps on purpose: told by the folder's name, or by the solution that stands beside them."""

from __future__ import annotations

import re
from collections.abc import Collection
from posixpath import join, split, splitext

_CODE = (".py", ".ipynb")
_ALWAYS = frozenset({"exercise_files", "exercise-files", "starter_code", "starter-code"})
_GAPS = "exercises? labs? todo starter start begin skeletons? problems? assignments? homeworks? tasks? practice blank".split()
_SOLVED = ("solution", "solutions", "solved", "answers", "finished", "completed", "final", "solution_files", "end")
_GAP_FOLDER = re.compile(rf"(?:{'|'.join(_GAPS)})(?:_files)?\Z", re.IGNORECASE)
_GAP_STEM = re.compile(r"(?P<stem>.+)[-_.](?:starter|todo|skeleton|exercise|blank|unsolved|gaps)\Z", re.IGNORECASE)
_BESIDE = (
    "",
    *(f"{mark}{word}" for mark in "_-" for word in ("solution", "solved", "answer", "answers", "final", "complete", "completed")),
)


def exercises(files: Collection[str]) -> frozenset[str]:
    """Those of `files` (paths relative to the root, a set) that learners are to complete."""
    found: set[str] = set()
    solved: dict[str, tuple[str, ...] | None] = {}
    for path in files:
        if not path.endswith(_CODE):
            continue
        folder, name = split(path)
        if folder not in solved:
            solved[folder] = _where_solved(folder)
        places = solved[folder]
        if places is None or any(join(place, name) in files for place in places):
            found.add(path)
        elif gap := _GAP_STEM.match(splitext(name)[0]):
            ending = splitext(name)[1]
            if any(join(folder, gap["stem"] + beside + ending) in files for beside in _BESIDE):
                found.add(path)
    return frozenset(found)


def _where_solved(folder: str) -> tuple[str, ...] | None:
    """Folders that would hold the solutions of a folder's exercises; None when its name alone says that they are exercises."""
    parts = folder.split("/")
    if any(part.lower() in _ALWAYS for part in parts):
        return None
    gaps = [at for at, part in enumerate(parts) if _GAP_FOLDER.match(part)]
    return tuple("/".join((*parts[:at], solved, *parts[at + 1 :])) for at in gaps for solved in _SOLVED)
