"""Where text that a program prints or logs for people is taken apart by another program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Site
from analyzer.read.facts import Call
from analyzer.read.step_facts import Command
from analyzer.read.values import Attr, BinOp, CallRef, Const, Fmt, Name, Value, last_name

_LOG_NAME = re.compile(r"(^|[^a-z])(logs?|logfiles?|stdout|stderr)([^a-z]|$)|\.(log|out|err)$", re.IGNORECASE)
_SEARCHES = frozenset({"grep", "egrep", "fgrep", "rg", "zgrep"})
_EXTRACTS = frozenset({"awk", "gawk", "sed", "cut", "perl", "tr", "jq", "python", "python3"})
_TEXT_TOOLS = frozenset({"echo", "printf", "cat", *_SEARCHES, *_EXTRACTS}) - {"python", "python3"}
_FOREIGN = frozenset("go cargo npm npx yarn mvn gradle cmake bazel pytest tox kubectl terraform docker helm".split())
"""Their output is worded by other people."""
_SHOWS = frozenset({"cat", "tail", "head", "zcat", "less"})
_NEAR = 3
MIN_WORDS = 8
"""Letters, not of one word, by which a log is searched, before they are looked for in what the repository prints."""
MESSAGE = "a message"
"""What `LogRead.log` is where no log is: `written` is then where the sentence is worded."""
MIN_BLANKS = 3
MAX_SENTENCES = 200
"""Sentences of a repository that code compares texts with, to be looked for in what it prints."""
_TROUBLE = re.compile(r"error|fail|warn|exception|traceback|killed|oom", re.IGNORECASE)
_OF_LIBRARIES = re.compile(r"\bout of memory\b|\b(?:CUDA|cuDNN|cuBLAS|NCCL|MPS)\b|device-side assert|^size mismatch for ", re.IGNORECASE)
"""What torch and the drivers beneath it say of themselves, whoever quotes it."""
_MARK = re.compile(r"^(?:\W|\[\w+\])+")
"""Signs before the words of a message: a bullet, what is left of a value before it, `[INFO]`."""
_LITERAL = re.compile(r"[A-Za-z][A-Za-z0-9_ :=()/-]{2,}")
_SUBSTITUTION = re.compile(r"s([/|#,])(.*?)\1")
_MATCHES = frozenset({"startswith", "search", "match", "findall", "finditer", "fullmatch"})
_OPENS = frozenset({"open", "read_text", "readlines"})
_PRINTS = re.compile(r"^(print\w*|info|warning|warn|debug|error|critical|exception|log|log_\w+|write|echo|secho)$")
_TRACKERS = ("wandb", "mlflow", "tensorboard", "neptune", "comet_ml")
_HISTORIES = frozenset({"history", "scan_history", "search_runs", "get_metric_history", "Scalars"})
_OF_INTEREST = _MATCHES | _OPENS | _HISTORIES
_LOG_FIELD = re.compile(r"\b(?:jsonPayload\.message|textPayload|jsonPayload\.msg)\s*(?:=|like)\s*['\"]%?([^'\"%]{4,})", re.IGNORECASE)
HOLE = re.compile(r"\{[^{}]*\}")
"""What the shell fills in."""
_MAX_DEPTH = 6
MAX_PRINTED = 20_000
"""Printed texts of a repository that are kept to look a pattern up."""


@dataclass(frozen=True, slots=True)
class LogRead:
    """One line that takes printed text apart. `log` is what it reads, `pattern` the words it relies on ("" for a position)."""

    site: Site
    log: str
    pattern: str
    written: Site | None = None
    """Where the text is sent to the log, when it is known."""
    decides: bool = False
    """Whether the code only branches on the words and takes no value."""


def log_reads(graph: SystemGraph) -> Iterator[LogRead]:
    """Every such line in the repository's own files, in a deterministic order.

    A look for errors (`grep -q Traceback`) is none: it decides nothing by the log's form. Nor is a log that no file of the repository
    writes, unless the repository prints what is looked for.
    """
    for path in sorted(graph.steps):
        for step in graph.steps[path].steps:
            yield from _by_commands(graph, path, step.commands)
    for module in graph.living():
        yield from _by_code(graph, module)
    yield from _by_sentences(graph)


def printed_at(pattern: str, texts: Mapping[str, Site]) -> Site | None:
    """Where the words are printed."""
    return next((site for text, site in texts.items() if pattern in text), None)


def printed(graph: SystemGraph) -> Mapping[str, Site]:
    """Text that the modules print or log, literal part by literal part → where."""
    return graph.once(_printed)


def _printed(graph: SystemGraph) -> dict[str, Site]:
    known: dict[str, Site] = {}
    for module in graph.living():
        for call in module.facts.calls:
            if len(known) < MAX_PRINTED and _PRINTS.match(last_name(call.func)):
                for text in chain.from_iterable(_texts(_template(module, value)) for value in call.args):
                    known.setdefault(text, module.site(call.line))
    return known


def _template(module: Module, value: Value) -> Value:
    """`"loss: {}"` of `"loss: {}".format(loss)`; anything else as it is."""
    func = module.facts.calls[value.index].func if isinstance(value, CallRef) else None
    return func.value if isinstance(func, Attr) and func.name == "format" else value


# ---- shell -----------------------------------------------------------------------------------------------------------


def _by_commands(graph: SystemGraph, path: str, commands: Sequence[Command]) -> Iterator[LogRead]:
    logs: dict[str, int] = {}
    for number, command in enumerate(commands):
        program = command.words[0].rpartition("/")[2] if command.words else ""
        maker = commands[number - 1] if program == "tee" and number else command
        if maker.words and maker.words[0].rpartition("/")[2] in _FOREIGN:
            continue
        if program == "tee" and command.piped:
            logs.update((word, command.line) for word in command.words[1:] if not word.startswith("-") and _LOG_NAME.search(word))
        elif command.stdout and _LOG_NAME.search(command.stdout) and program not in _TEXT_TOOLS:
            logs.setdefault(command.stdout, command.line)
        if program not in _SEARCHES and program not in ("awk", "sed"):
            continue
        pattern = next((word for word in command.words[1:] if not word.startswith("-")), "")
        log = next((word for word in (*command.words[2:], command.stdin) if word in logs), "")
        if log and _takes_apart(commands, number) and not _TROUBLE.search(pattern):
            yield LogRead(Site(path, command.line), log, _literal(pattern), Site(path, logs[log]))
            continue
        log = log or _log_read(commands, number)
        words = _printed_words(graph, pattern) if log and not _TROUBLE.search(pattern) else ""
        cuts = bool(words) and _takes_apart(commands, number)
        if words and (cuts or _decides(commands, number)):
            yield LogRead(Site(path, command.line), log, words, Site(path, logs[log]) if log in logs else None, not cuts)


def _log_read(commands: Sequence[Command], number: int) -> str:
    """The log that a search goes through: a word of its own, or of the `cat` or `tail` that is piped to it."""
    command = commands[number]
    words = [*command.words[2:], command.stdin]
    if command.piped and number and commands[number - 1].words[0] in _SHOWS:
        words += commands[number - 1].words[1:]
    return next((word for word in words if not word.startswith("-") and _LOG_NAME.search(word)), "")


def _decides(commands: Sequence[Command], number: int) -> bool:
    """Is only asked whether the words are there, or does the script end by the answer?"""
    options = [word for word in commands[number].words[1:] if word.startswith("-")]
    if any(word in ("--quiet", "--silent", "--count") or ("q" in word and not word.startswith("--")) for word in options):
        return True
    return any(command.words[:1] in (("exit",), ("return",)) for command in commands[number + 1 : number + 1 + _NEAR])


def _printed_words(graph: SystemGraph, pattern: str) -> str:
    """The longest run of plain words of the pattern that the repository prints."""
    runs = {str(words).strip() for words in _LITERAL.findall(HOLE.sub("|", pattern))}
    for words in sorted(runs, key=lambda words: (-len(words), words)):
        if len(words) >= MIN_WORDS and not words.isalnum() and printed_at(words, printed(graph)) is not None:
            return words
    return ""


def _takes_apart(commands: Sequence[Command], number: int) -> bool:
    """Does the command, or one that its output is piped to, cut the lines up?"""
    pipeline = [commands[number]]
    for command in commands[number + 1 :]:
        if not command.piped or command.line > commands[number].line + 3:
            break
        pipeline.append(command)
    for command in pipeline:
        program = command.words[0].rpartition("/")[2] if command.words else ""
        options = "".join(word for word in command.words[1:] if word.startswith("-") and not word.startswith("--"))
        if program in _EXTRACTS or (program in _SEARCHES and "o" in options):
            return True
    return False


def _literal(pattern: str) -> str:
    """The longest run of plain words in a pattern; of a substitution, in what it looks for."""
    substitution = _SUBSTITUTION.match(pattern)
    pattern = substitution[2] if substitution else pattern
    return max(_LITERAL.findall(pattern), key=len, default="").strip()


# ---- Python ----------------------------------------------------------------------------------------------------------


def _by_code(graph: SystemGraph, module: Module) -> Iterator[LogRead]:
    facts = module.facts
    named = [(name, call) for call in facts.calls if (name := last_name(call.func)) in _OF_INTEREST]
    matches: dict[int, list[Call]] = {}
    for name, call in named:
        if name in _MATCHES and any(_texts(value) for value in call.args[:1]):
            matches.setdefault(call.scope, []).append(call)
    tracked = any(fact.module.partition(".")[0] in _TRACKERS for fact in facts.imports)
    for name, call in named:
        if name in _OPENS and call.scope in matches and _LOG_NAME.search(_said(_opened(call))) and _reads(call):
            option = _said(_opened(call)).rpartition(".")[2].strip("{}")
            written = _hands_over(graph, option)
            if written is not None:
                match = next((m for m in matches[call.scope] if m.line >= call.line), matches[call.scope][0])
                yield LogRead(module.site(match.line), option, _literal("".join(_texts(match.args[0]))), written)
        elif tracked and name in _HISTORIES:
            yield from _name_taken_apart(module, call)
    for assign in facts.assigns:
        value = assign.value
        if not isinstance(value, (Const, Fmt)) or (isinstance(value, Const) and not (isinstance(value.value, str) and " " in value.value)):
            continue
        text = "".join(_texts(value))
        found = _LOG_FIELD.search(text)
        if found is not None:
            line = assign.line + text[: found.start()].count("\n")
            yield LogRead(module.site(line), "exported log records", found[1])


def _by_sentences(graph: SystemGraph) -> Iterator[LogRead]:
    """A text that is known by the beginning, or the most part, of a sentence which another file prints, logs or raises.

    A longer text that merely contains the words tells people of a message that somebody else words.
    """
    asked = [
        (module, *each)
        for module in graph.living()
        for each in module.facts.recognised
        if each[0].count(" ") >= MIN_BLANKS and not _OF_LIBRARIES.search(each[0])
    ]
    if not asked:
        return
    said = [(module.path, text, module.site(call.line)) for module, call, text in _sentences(graph)]
    for module, sentence, line in asked[:MAX_SENTENCES]:
        told = next((site for path, text, site in said if path != module.path and _words(text, sentence)), None)
        if told is not None:
            yield LogRead(module.site(line), MESSAGE, sentence, told, decides=True)


def _words(text: str, sentence: str) -> bool:
    """Is the sentence what the text says: its beginning, but for signs and a mark before it, or the most of it?"""
    return sentence in text and (2 * len(sentence) >= len(text) or _unmarked(text).startswith(_unmarked(sentence)))


def _unmarked(text: str) -> str:
    return _MARK.sub("", text)


def _sentences(graph: SystemGraph) -> Iterator[tuple[Module, Call, str]]:
    for module in graph.living():
        for call in module.facts.calls:
            first = call.args[0] if call.args else None
            if not isinstance(first, (Const, Fmt, BinOp, CallRef)) or (isinstance(first, Const) and not _is_sentence(first.value)):
                continue
            name = last_name(call.func)
            if name[:1].isupper() or _PRINTS.match(name):
                yield from ((module, call, text) for text in _texts(_template(module, first)) if _is_sentence(text))


def _is_sentence(value: object) -> bool:
    return isinstance(value, str) and value.count(" ") >= MIN_BLANKS


def _name_taken_apart(module: Module, history: Call) -> Iterator[LogRead]:
    """`int(column.split("_")[-1])` after the history of a run was asked for: a number is read out of a metric's name."""
    for call in module.facts.calls:
        later = call.scope == history.scope and call.line > history.line
        if later and last_name(call.func) == "int" and call.args and any(_is_split(module, value) for value in _parts(call.args[0])):
            yield LogRead(module.site(call.line), "the names of logged metrics", "")


def _is_split(module: Module, value: Value) -> bool:
    index = getattr(value, "index", None)
    return isinstance(index, int) and index < len(module.facts.calls) and last_name(module.facts.calls[index].func) == "split"


def _parts(value: Value) -> Iterator[Value]:
    yield value
    inner = getattr(value, "value", None)
    if inner is not None and not isinstance(inner, (str, int, float, bool)):
        yield inner


def _hands_over(graph: SystemGraph, option: str) -> Site | None:
    """Where a checked-in command hands over, under the option of that name, a log that its own file fills."""
    wanted = option.replace("_", "-").strip("-")
    if len(wanted) < 4:
        return None
    for path in sorted(graph.steps):
        for step in graph.steps[path].steps:
            for command in step.commands:
                if any(wanted in word for word in command.words):
                    return Site(path, command.line)
    return None


def _opened(call: Call) -> Value:
    if isinstance(call.func, Attr) and call.func.name != "open":
        return call.func.value
    return call.args[0] if call.args else call.func


def _reads(call: Call) -> bool:
    mode = call.args[1] if len(call.args) > 1 else dict(call.keywords).get("mode")
    return not (isinstance(mode, Const) and isinstance(mode.value, str) and mode.value[:1] in ("w", "a", "x"))


def _said(value: Value) -> str:
    if isinstance(value, Name):
        return value.id
    if isinstance(value, Attr):
        return f"{_said(value.value)}.{value.name}"
    return "".join(_texts(value))


def _texts(value: Value, depth: int = 0) -> list[str]:
    """The literal parts of a value that is put together of texts."""
    if isinstance(value, Const):
        return [value.value] if isinstance(value.value, str) and value.value.strip() else []
    parts = value.parts if isinstance(value, Fmt) else (value.left, value.right) if isinstance(value, BinOp) else ()
    return [text for part in parts if depth < _MAX_DEPTH for text in _texts(part, depth + 1)]
