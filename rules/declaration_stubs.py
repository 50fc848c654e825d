"""Declarations to paste: a dvc stage, a make rule, a `[[contract]]` table. Text only; quoting is the target format's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rules.artifact_names import HOLE, is_uri, known_part

_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
_QUOTES = {'"': '\\"', "\\": "\\\\"}
_STAGE = re.compile(r"[^A-Za-z0-9_-]+")

_YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def command(path: str) -> str:
    """The shell command that runs a file."""
    quoted = path if _PLAIN.fullmatch(path) else "'" + path.replace("'", "'\\''") + "'"
    if path.endswith(".ipynb"):
        return f"jupyter nbconvert --to notebook --execute --inplace {quoted}"
    return f"bash {quoted}" if path.endswith((".sh", ".bash")) else f"python {quoted}"


def quoted(text: str) -> str:
    """A double-quoted string that TOML and YAML read alike."""
    return '"' + "".join(_QUOTES.get(letter) or (letter if letter.isprintable() else _escaped(letter)) for letter in text) + '"'


def _escaped(letter: str) -> str:
    code = ord(letter)
    if 0xD800 <= code < 0xE000:  # an undecodable byte of a file name: neither format can hold it
        return "?"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def stage_name(path: str) -> str:
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return _STAGE.sub("_", stem).strip("_") or "step"


def declarable(identities: Iterable[str]) -> list[str]:
    return sorted({part for identity in identities if (part := known_part(identity)) and not is_uri(part)})


def dvc_stages(steps: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> str:
    """`dvc.yaml` stages for (path of the step, artifacts it reads, artifacts it writes)."""
    lines, names = ["stages:"], set[str]()
    for path, reads, writes in steps:
        lines += [f"  {_key(_unused(stage_name(path), names))}:", f"    cmd: {_yaml(command(path))}"]
        lines += _yaml_list("deps", [path, *declarable(reads)]) + _yaml_list("outs", declarable(writes))
    return "\n".join(lines)


def make_rules(steps: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> str:
    """Make rules for (path of the step, artifacts it reads, artifacts it writes); a step that writes nothing is a phony target."""
    blocks, names = [], set[str]()
    for path, reads, writes in steps:
        outs = declarable(writes)
        targets = " ".join(map(_make, outs)) or _unused(stage_name(path), names)
        needs = " ".join(map(_make, [path, *declarable(reads)]))
        phony = "" if outs else f".PHONY: {targets}\n"
        blocks.append(f"{phony}{targets}{' &:' if len(outs) > 1 else ':'} {needs}\n\t{command(path).replace('$', '$$')}")
    return "\n\n".join(blocks)


def stage_entries(mechanism: str, stage: str, targets: Sequence[str], deps: Sequence[str], outs: Sequence[str]) -> str:
    """What to add to a stage that exists, in the language of its file; paths are relative to that file's folder."""
    if mechanism == "make":
        made = " ".join(map(_make, targets)) or _make(stage)
        lines = [f"{made}: {' '.join(map(_make, deps))}"] if deps else []
        return "\n".join([*lines, *([f"{' '.join(map(_make, outs))}: {made} ;"] if outs else [])])
    if mechanism == "snakemake":
        blocks = (("input", deps), ("output", outs))
        lines = [f"rule {stage}:"]
        for key, items in blocks:
            lines += [f"    {key}:", *(f"        {quoted(item)}," for item in items)] if items else []
        return "\n".join(lines)
    if mechanism == "spacy":
        lines = [f"  - name: {_yaml(stage)}", *_yaml_list("deps", deps), *_yaml_list("outputs", outs)]
        return "\n".join(["commands:", *lines])
    return "\n".join(["stages:", f"  {_yaml(stage.partition('@')[0])}:", *_yaml_list("deps", deps), *_yaml_list("outs", outs)])


def contract(artifact: str, producer: str, consumers: Iterable[str], reason: str = "") -> str:
    """A `[[contract]]` table of mldebt.toml that declares who may read the artifact."""
    names = ", ".join(quoted(name) for name in sorted(consumers))
    pattern, why = HOLE.sub("*", artifact), reason or "why they need it"
    keys = (("artifact", quoted(pattern)), ("producer", quoted(producer)), ("consumers", f"[{names}]"), ("reason", quoted(why)))
    return "\n".join(["[[contract]]", *(f"{key} = {value}" for key, value in keys)])


def _unused(name: str, names: set[str]) -> str:
    fresh, number = name, 2
    while fresh in names:
        fresh, number = f"{name}_{number}", number + 1
    names.add(fresh)
    return fresh


def _key(name: str) -> str:
    """A name as YAML's key: quoted where YAML would read a number or a truth value (`00`, `on`)."""
    is_plain = re.fullmatch(r"[A-Za-z_][\w-]*", name, re.ASCII) and name.lower() not in _YAML_WORDS
    return name if is_plain else quoted(name)


def _yaml(text: str) -> str:
    """Plain where it cannot be taken for a number, a date or a truth value."""
    return text if re.fullmatch(r"[A-Za-z_][\w./-]*( [\w./-]+)*", text, re.ASCII) and re.search(r"[/. ]", text) else quoted(text)


def _yaml_list(key: str, items: Sequence[str]) -> list[str]:
    return [f"    {key}:", *(f"      - {_yaml(item)}" for item in items)] if items else []


def _make(path: str) -> str:
    return re.sub(r"([\s#\\:%])", r"\\\1", path.replace("$", "$$"))
