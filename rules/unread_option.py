"""DXP009."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.flag_options import unread_flags
from analyzer.graph.idle_settings import IdleSetting, idle_settings
from analyzer.graph.program_options import unread_options
from analyzer.graph.project_calls import Passing, project_calls
from analyzer.graph.system import Module, SystemGraph
from analyzer.graph.unread_settings import Unread, overwritten_settings, unread_parameters
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from analyzer.read.facts import Overwritten, Param
from analyzer.read.values import Attr, BinOp, Const, Fmt, Item, Name, Value
from rules.base import Rule
from rules.severity import in_context
from rules.wording import ticked

_SHOWN = 4
_NOWHERE = "no file of the repository reads an attribute or parameter of that name from the parsed options"
_SHARED = "no file that sees the parsed options reads one of that name; other files have something of that name"
_DECLARED = "nothing in its function or file reads what is declared there"
_OTHER = {_SHARED: " namesakes", _DECLARED: " declared"}
_HOLDERS = frozenset("args arg opt opts options flags FLAGS hparams cfg config conf params settings".split())


class UnreadOption(Rule):
    """A setting that is accepted and passed on, and that nothing reads: turning it changes nothing.

    An option that has lost its effect misleads more than one that is missing: people set it, compare runs that differ in it, and write
    its value into reports. It is what remains when an experiment was taken out of the code and its switch was left in the signature,
    the command line or the configuration; every caller still pays for passing it.

    Found are options that a program parses (argparse, click, docopt, typer, fire, absl) and no file reads; arguments that
    `len(sys.argv)` counts and nothing reads; parameters that calls in this repository pass and whose function never reads them, or only
    keeps as an attribute that nothing reads; and variables that take a setting (`args.seed`) and are given another value before anything
    reads them. All parameters of a function, and all options of a program, are one finding.

    Exempt: signatures that somebody else demands (base classes, subclasses, namesakes, decorators, functions that are handed to
    others or named by a text, framework parameters such as `event` and `context`), stubs, names that begin with `_`, a parameter
    beside a `**kwargs` that is handed on, options for launchers (`--local_rank`) or whose help says that they are ignored, and
    programs whose parsed options go as a whole to code that cannot be seen.

    Confidence C, a tentative finding only: a parameter that takes data rather than a setting (no default, nothing constant passed); an
    option of which code that does not see what the program parses has a namesake; options of docopt, typer, fire and absl; a variable
    that takes a setting (`SEED = os.environ["SEED"]`), or an attribute that a constructor gives one, which nothing but a test reads.

    Known false positives: functions of one signature that something calls in turn, of which each takes what it needs; stubs that are to
    be filled.
    """

    code = "DXP009"
    name = "unread-option"
    severity = Severity.low
    confidence = Confidence.B
    tentative_in = frozenset({"library", "tutorial"})
    cost = Cost(5, 2, friction=5)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths) and §6 (configuration debt)"
    remedy = "Remove the setting and what passes it; or, if it was meant to have an effect, use it."
    BAD = (
        {
            "evaluate.py": """\
def evaluate(model, frame, save_path=None):  # DXP009
    return model.score(frame)


def run(model, frame):
    return evaluate(model, frame, save_path="eval/scores.json")
"""
        },
        {
            "train.py": """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--warmup", type=int, default=100)  # DXP009
args = parser.parse_args()
fit(epochs=args.epochs)
"""
        },
        {
            "split.py": """\
def main(args):
    seed = args.seed  # DXP009
    seed = 1
    return split(seed)
"""
        },
    )
    GOOD = (
        {
            "evaluate.py": """\
class Metric:
    def update(self, value, weight=1.0):
        raise NotImplementedError


class Mean(Metric):
    def update(self, value, weight=1.0):
        self.total += value


def run(metric, values):
    for value in values:
        metric.update(value, weight=2.0)
"""
        },
        {
            "train.py": """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--local_rank", type=int, default=0)
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()
fit(epochs=args.epochs)
"""
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for module, scope, unread in unread_parameters(graph):
            yield self._of_function(graph, module, scope, unread)
        for module, options in unread_options(graph):
            for shared in (False, True):
                if alike := [(each.shown, each.line) for each in options if each.shared == shared]:
                    yield self._of_program(graph, module, alike, _SHARED if shared else "")
        for module, flags in unread_flags(graph):
            yield self._of_program(graph, module, [(name, line) for name, line, _scope in flags], _DECLARED)
        for module in graph.living():
            if module.facts.unread_argv and not module.is_notebook:
                yield self._of_arguments(graph, module)
        for module, scope, idle in idle_settings(graph):
            yield self._of_holders(graph, module, scope, idle)
        for module, overwritten in overwritten_settings(graph):
            yield self._of_variable(graph, module, overwritten)

    def _of_function(self, graph: SystemGraph, module: Module, number: int, unread: list[Unread]) -> Finding:
        scope = module.facts.scopes[number]
        name = scope.qualname.removesuffix(".__init__")
        passings = list(dict.fromkeys(passing for each in unread for passing in each.passings))
        sites = list(dict.fromkeys(_place(graph, passing) for passing in passings))
        params = {param.name: param for param in scope.params}
        is_setting = any(_is_setting(graph, params[each.name], each) for each in unread)
        what = " and ".join(f"`{each.name}`" for each in unread[:_SHOWN]) + (" and more" if len(unread) > _SHOWN else "")
        calls = "1 call passes" if len(passings) == 1 else f"{len(passings)} calls pass"
        return self.found(
            f"{calls} {what} to `{name}`, which does not use {'it' if len(unread) == 1 else 'them'}",
            Subject("function", module.qualname(number)),
            [module.site(scope.line), *sites[:8]],
            [
                *(part for each in unread for part in _reasons(module, scope.line, each)),
                *(Evidence("passed here", site) for site in sites[:_SHOWN]),
            ],
            severity=in_context(graph, Severity.low, [module.path]),
            confidence=None if is_setting else Confidence.C,
            items=len(passings),
            members=len(unread),
        )

    def _of_program(self, graph: SystemGraph, module: Module, options: list[tuple[str, int]], unsure: str) -> Finding:
        """The options of one program, as people give them and their lines; `unsure`: how it is known, when that is less than certain."""
        shown = ", ".join(f"`{name}`" for name, _ in options[:_SHOWN]) + (" and more" if len(options) > _SHOWN else "")
        return self.found(
            f"option{'s' if len(options) > 1 else ''} {shown} of {module.path} {'are' if len(options) > 1 else 'is'} parsed and never read",
            Subject("program", f"{module.path}{_OTHER.get(unsure, '')}"),
            list(dict.fromkeys(module.site(line) for _, line in options)),
            [*(Evidence(f"`{name}` is accepted here", module.site(line)) for name, line in options), Evidence(unsure or _NOWHERE)],
            severity=in_context(graph, Severity.low, [module.path]),
            confidence=Confidence.C if unsure else None,
            items=len(options),
            members=len(options),
        )

    def _of_arguments(self, graph: SystemGraph, module: Module) -> Finding:
        positions = [position for position, _ in module.facts.unread_argv]
        line = module.facts.unread_argv[0][1]
        many = len(positions) > 1
        shown = " and ".join(f"`sys.argv[{position}]`" for position in positions[:_SHOWN]) + (
            " and more" if len(positions) > _SHOWN else ""
        )
        return self.found(
            f"{module.path} counts {shown} among its arguments and never reads {'them' if many else 'it'}",
            Subject("program", f"{module.path} sys.argv"),
            [module.site(line)],
            [
                Evidence(f"the test asks for {positions[-1]} arguments", module.site(line)),
                Evidence("`sys.argv` is read nowhere else than by fixed positions, and these are not among them"),
            ],
            severity=in_context(graph, Severity.low, [module.path]),
            items=len(positions),
            members=len(positions),
        )

    def _of_holders(self, graph: SystemGraph, module: Module, scope: int, idle: list[IdleSetting]) -> Finding:
        shown = ticked([each.holder for each in idle[:_SHOWN]]) + (" and more" if len(idle) > _SHOWN else "")
        tested = " but tests" if all(each.by_tests for each in idle) else ""
        return self.found(
            f"{shown} of {f'`{name}`' if (name := module.facts.scopes[scope].qualname) else module.path} "
            f"{'take settings' if len(idle) > 1 else 'takes a setting'}, and nothing{tested} reads {'them' if len(idle) > 1 else 'it'}",
            Subject("settings", f"{module.qualname(scope)} idle"),
            [module.site(each.line) for each in idle],
            [
                Evidence(
                    f"`{each.holder} = {each.source}`; no file{' but tests' if each.by_tests else ''} reads `{each.holder}`",
                    module.site(each.line),
                )
                for each in idle
            ],
            severity=in_context(graph, Severity.low, [module.path]),
            confidence=Confidence.C,
            items=len(idle),
            members=len(idle),
        )

    def _of_variable(self, graph: SystemGraph, module: Module, found: Overwritten) -> Finding:
        return self.found(
            f"`{found.name}` takes `{found.source}` and is overwritten with `{found.by}` before anything reads it",
            Subject("variable", f"{module.qualname(found.scope)}::{found.name}"),
            [module.site(found.line), module.site(found.by_line)],
            [
                Evidence(f"`{found.name} = {found.source}`", module.site(found.line)),
                Evidence(f"`{found.name} = {found.by}`: the setting has no effect", module.site(found.by_line)),
            ],
            severity=in_context(graph, Severity.low, [module.path]),
        )


def _place(graph: SystemGraph, passing: Passing) -> Site:
    return graph.modules[passing.path].site(passing.call.line, passing.call.end_line)


def _reasons(module: Module, line: int, unread: Unread) -> Iterator[Evidence]:
    if unread.how == "kept":
        yield Evidence(f"`{unread.name}` is kept as `self.{unread.attribute}`, which no file of the repository reads", module.site(line))
    elif unread.overwritten is not None:
        found = unread.overwritten
        yield Evidence(f"`{unread.name}` is overwritten with `{found.by}` before anything reads it", module.site(found.by_line))
    else:
        yield Evidence(f"nothing in the body reads `{unread.name}`", module.site(line))


def _is_setting(graph: SystemGraph, param: Param, unread: Unread) -> bool:
    """Whether a parameter steers (it has a default, or is given something constant or configured) rather than takes data."""
    return param.default is not None or any(_is_configured(value) for value in _passed(graph, unread))


def _passed(graph: SystemGraph, unread: Unread) -> Iterator[Value]:
    calls = project_calls(graph)
    for passing in unread.passings:
        for function, _ in calls.meant(passing.path, passing.call):
            value = calls.given(function, passing).values.get(unread.name)
            if value is not None:
                yield value


def _is_configured(value: Value) -> bool:
    if isinstance(value, (Const, Fmt)):
        return True
    if isinstance(value, BinOp):
        return _is_configured(value.left) or _is_configured(value.right)
    if isinstance(value, Name):
        return value.id.isupper()
    if isinstance(value, (Attr, Item)):
        return isinstance(value.value, Name) and value.value.id in _HOLDERS
    return False
