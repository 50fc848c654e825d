"""Commands that programs run (`subprocess.run`, `os.system`, papermill, `runpy`), and words that choose a module by its name.

Both are asked of an evaluator that knows no command lines yet; what is found joins the invocations before accesses are resolved.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from analyzer.graph.invocations import Invocations, StepRun
from analyzer.graph.system import ProgramRun
from analyzer.link.command_data import CommandAccess, accesses
from analyzer.link.commandline import CommandLine
from analyzer.link.commands import Invocation, invocation
from analyzer.link.dispatch import Dispatchers
from analyzer.link.domain import Abstract, Alternatives, External, Many, Pattern, Table, as_pattern
from analyzer.link.evaluate import Evaluator
from analyzer.link.where import Where
from analyzer.model import Site
from analyzer.read.facts import Call, PythonFacts
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Step
from analyzer.read.values import Attr, CallRef, Name, Seq, Value, last_name

_RUNS = frozenset(
    """
    system run call check_call check_output Popen popen getoutput getstatusoutput spawnvp spawnlp execvp execv create_subprocess_exec
    create_subprocess_shell sh
    """.split()
)
_CALLEES = (
    "subprocess.", "os.system", "os.popen", "os.exec", "os.spawn", "commands.getoutput", "asyncio.create_subprocess", "asyncio.subprocess.",
    "sh.bash", "invoke.run", "plumbum.", "psutil.Popen",
)  # fmt: skip
_NOTEBOOKS = frozenset({"papermill.execute_notebook", "papermill.execute.execute_notebook"})
_MODULES = frozenset({"runpy.run_module"})
_FILES = frozenset({"runpy.run_path"})
_TASKS = frozenset({"task", "session"})
"""What decorates the tasks of invoke, fabric and nox: their first parameter runs commands."""
_ASKED = _RUNS | {name.rpartition(".")[2] for name in _NOTEBOOKS | _MODULES | _FILES}
MAX_COMMANDS = 4


def add_program_calls(evaluator: Evaluator, found: Invocations, is_left_out: Callable[[str], bool]) -> None:
    """Note what the code of every module runs, and what its commands read and write.

    Commands of modules for which `is_left_out` (tests and the like) pass no words on: what a test gives a program is no value of it.
    """
    for path, facts in sorted(evaluator.program.facts.items()):
        runs: list[Invocation] = []
        data: list[CommandAccess] = []
        commands: list[Command] = []
        renamed = {link.bound: link.name for link in facts.imports if link.name in _RUNS}
        for index, call in enumerate(facts.calls):
            for command, folder in _commands(evaluator, path, index, call, renamed):
                commands.append(command)
                ran = _ran(evaluator, command, folder, path)
                target, serves = (ran.path, ran.serves) if ran is not None else ("", False)
                found.program_runs.append(ProgramRun(path, index, command.words, target, serves))
                if ran is not None:
                    runs.append(ran)
                    _note(
                        found,
                        ran,
                        CommandLine(ran.runs_in(folder), ran.arguments, path, path, call.line),
                        not is_left_out(path),
                    )
                data.extend(access for access in accesses(command, folder) if access.kind != "dvc")
        if runs or data:
            step = Step("program", "", 1, facts.lines, commands=tuple(commands[:200]))
            found.called.append(StepRun(path, step, path, "", tuple(dict.fromkeys(runs)), tuple(dict.fromkeys(data))))


def _note(found: Invocations, ran: Invocation, line: CommandLine, passes_words: bool) -> None:
    found.invoked_by.setdefault(ran.path, []).append(Site(line.path, line.line))
    if passes_words:
        found.argv.setdefault(ran.path, []).append(line)


def _ran(evaluator: Evaluator, command: Command, folder: str, path: str) -> Invocation | None:
    program = evaluator.program
    ran = invocation(program, command, folder)
    if ran is None and (ran := invocation(program, command, own := posixpath.dirname(path))) is not None:
        for runs in (path, ran.path):  # who finds its neighbour by its bare name runs in their folder
            program.run_from.setdefault(runs, {own})
    return ran if ran is not None and ran.path != path else None


def _commands(evaluator: Evaluator, path: str, index: int, call: Call, renamed: Mapping[str, str | None]) -> Iterator[tuple[Command, str]]:
    """The commands that a call runs, with the folder they run in; `renamed` are names that the module gave to functions that run some."""
    last = last_name(call.func)
    last = renamed.get(last) or last
    if not call.args or last not in _ASKED:
        return
    names = [callee.name for callee in evaluator.callee(path, index) if isinstance(callee, External)]
    where = Where(path, call.scope, call.at, call.block)
    folder = _folder(evaluator, call, where)
    if any(name in _NOTEBOOKS for name in names):
        yield from ((command, folder) for command in _notebook(evaluator, call, where))
    elif any(name in _MODULES | _FILES for name in names):
        dash_m = ("-m",) if any(name in _MODULES for name in names) else ()
        yield from ((Command(("python", *dash_m, word), call.line), folder) for word in _texts(evaluator.value(call.args[0], where)))
    elif any(name.startswith(_CALLEES) for name in names) or _is_of_task(evaluator.program.facts[path], call):
        if len(call.args) > 1 and not names:  # `session.run("python", "clean.py")`
            words = [_word(evaluator.value(item, where)) for item in call.args]
            yield from ((command, folder) for command in _of_words(words, call.line))
            return
        first = _unsplit(evaluator, path, call.args[0])
        if isinstance(first, Seq):
            words = [_word(evaluator.value(item, where)) for item in first.items]
            yield from ((command, folder) for command in _of_words(words, call.line))
            return
        for value in evaluator.value(first, where)[:MAX_COMMANDS]:
            yield from ((command, folder) for command in _of_value(value, call.line))


def _is_of_task(facts: PythonFacts, call: Call) -> bool:
    """Does the call run a command through the first parameter of a task (`@task def clean(c): c.run(…)`)?"""
    scope = facts.scopes[call.scope]
    if not (scope.params and scope.decorators and isinstance(call.func, Attr) and isinstance(call.func.value, Name)):
        return False
    said = (facts.calls[each.index].func if isinstance(each, CallRef) else each for each in scope.decorators)
    return call.func.value.id == scope.params[0].name and any(last_name(each) in _TASKS for each in said)


def _unsplit(evaluator: Evaluator, path: str, value: Value) -> Value:
    """The text that `shlex.split(text)` takes apart: the shell reader does so as well."""
    if isinstance(value, CallRef):
        inner = evaluator.program.facts[path].calls[value.index]
        callees = evaluator.callee(path, value.index)
        if inner.args and any(isinstance(c, External) and c.name == "shlex.split" for c in callees):
            return inner.args[0]
    return value


def _folder(evaluator: Evaluator, call: Call, where: Where) -> str:
    value = dict(call.keywords).get("cwd")
    known = [v.text for v in evaluator.value(value, where) if isinstance(v, Pattern) and v.text] if value is not None else []
    folder = posixpath.normpath(known[0]) if known and known[0] else ""
    return folder if folder in evaluator.program.folders else ""


def _of_value(value: Abstract, line: int) -> Iterator[Command]:
    if isinstance(value, Many) and value.ordered:
        yield from _of_words([_word((item,)) for item in value.items], line)
    elif isinstance(value, Pattern) and value.has_text:
        yield from (_placed(command, line) for command in shell_commands(value.shown))


def _word(values: Alternatives) -> str:
    """A word of a command given as a list; a hole when it may be one of several."""
    if any(isinstance(value, External) and value.name == "sys.executable" for value in values):
        return "python"
    shown = dict.fromkeys(as_pattern(value).shown for value in values)
    return next(iter(shown)) if len(shown) == 1 else "{argument}"


def _of_words(words: list[str], line: int) -> Iterator[Command]:
    if len(words) > 2 and words[0] in ("bash", "sh") and words[1] in ("-c", "-lc"):
        yield from (_placed(command, line) for command in shell_commands(words[2]))
    elif words:
        yield Command(tuple(words), line)


def _placed(command: Command, line: int) -> Command:
    """A command of a text, at the line of the call that runs it."""
    stdin, stdout = (line if command.stdin else 0), (line if command.stdout else 0)
    return Command(
        command.words,
        line,
        command.stdin,
        command.stdout,
        command.append,
        command.text,
        command.piped,
        command.cwd,
        stdin,
        stdout,
        fed=command.fed,
        fed_line=line,
    )


def _texts(values: Alternatives) -> list[str]:
    return [value.text for value in values if isinstance(value, Pattern) and value.text][:MAX_COMMANDS]


def _notebook(evaluator: Evaluator, call: Call, where: Where) -> Iterator[Command]:
    """`papermill.execute_notebook(in, out, parameters={…})` as the command line that does the same."""
    keywords = dict(call.keywords)
    given = keywords.get("parameters") or (call.args[2] if len(call.args) > 2 else None)
    words: list[str] = []
    for table in evaluator.value(given, where) if given is not None else ():
        if isinstance(table, Table):
            for key, value in table.entries:
                words.extend(("-p", key, as_pattern(value).shown))
    output = keywords.get("output_path") or (call.args[1] if len(call.args) > 1 else None)
    written = [as_pattern(v).shown for v in evaluator.value(output, where) if isinstance(v, Pattern)] if output is not None else []
    for source in _texts(evaluator.value(call.args[0], where)):
        yield Command(("papermill", source, *(written[:1] or ["-"]), *words), call.line)


# ---- words that choose a module ------------------------------------------------------------------------------------------


def add_dispatched(evaluator: Evaluator, found: Invocations) -> None:
    """Commands of a program that imports a module by its first word run that module too, with the words behind."""
    dispatchers = Dispatchers(evaluator)
    by_unit: dict[tuple[str, int], list[Invocation]] = {}
    for script in sorted(found.argv):
        for line in found.argv[script]:
            chosen = dispatchers.chosen(script, line.words)
            if chosen is None:
                continue
            path, rest = chosen
            found.argv.setdefault(path, []).append(CommandLine(line.folder, rest, line.unit, line.path, line.line))
            found.invoked_by.setdefault(path, []).append(Site(line.path, line.line))
            by_unit.setdefault((line.unit, line.line), []).append(Invocation(path, rest, line.line, "dispatch"))
    for number, run in enumerate(found.runs):
        more = [invoked for ran in run.runs for invoked in by_unit.get((run.unit, ran.line), ())]
        if more:
            found.runs[number] = replace(run, runs=tuple(dict.fromkeys((*run.runs, *more))))
