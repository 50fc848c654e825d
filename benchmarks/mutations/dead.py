"""Dead experimental paths put in: arms that cannot run, copies left behind, names taken away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mutations.checkout import SKIPPED, Checkout, Function, Injected, Source, after_imports, indent_of, spliced

LEAST_BODY = 4


def bodies(source: Source) -> Iterator[tuple[Function, ast.stmt, ast.stmt]]:
    """Functions with three plain statements in a row, and the first and last of these."""
    for function in source.functions():
        plain = [node for node in function.body if isinstance(node, (ast.Assign, ast.Expr)) and not _is_docstring(node)]
        if len(plain) >= LEAST_BODY and plain[2].lineno > plain[0].lineno:
            run = function.body[function.body.index(plain[0]) : function.body.index(plain[2]) + 1]
            if len(run) == 3:
                yield function, run[0], run[-1]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def copied_arm(source: Source, first: ast.stmt, last: ast.stmt, test: str) -> str:
    """The statements first … last once more, under `if test:`, before they stand."""
    block = source.lines[first.lineno - 1 : last.end_lineno]
    indent = indent_of(block[0])
    arm = "".join("    " + line if line.strip() else line for line in block)
    return f"{indent}if {test}:\n{arm}"


def constant_guard(checkout: Checkout) -> Injected | None:
    """DXP001: a copy of three statements under `if False:`."""
    for source in checkout.sources():
        for function, first, last in bodies(source):
            checkout.write(source.path, spliced(source, first.lineno, copied_arm(source, first, last, "False")))
            return Injected("DXP001", (source.path,), f"if False: in {function.name}")
    return None


def flag_never_varied(checkout: Checkout) -> Injected | None:
    """DXP002: a new parameter with a default that guards three statements and that no caller passes; not of what a library offers."""
    for source in checkout.sources("TRAIN", "FEATURE", "EVAL", "SERVE"):
        is_for_others = checkout.archetype_of(source.path) in ("library", "tutorial")
        for function, first, last in bodies(source):
            if (is_for_others and not function.name.startswith("_")) or function.name.startswith("__"):
                continue
            called = re.findall(rf"(?<!def )\b{function.name}\(", source.text)
            closing = source.lines[function.lineno - 1].rstrip("\n")
            if not called or not re.fullmatch(r"\s*def \w+\([^()*]+\):", closing) or function.args.kwonlyargs:
                continue
            if checkout.find_text(rf"(?<!self)\.{function.name}\(|[\"']{function.name}[\"']"):
                continue  # asked of something that is not known, or named by a text: callers are not known
            arm = copied_arm(source, first, last, "use_alternative_scaling")
            text = spliced(source, first.lineno, arm).splitlines(keepends=True)
            text[function.lineno - 1] = closing[:-2] + ", use_alternative_scaling=False):\n"
            checkout.write(source.path, "".join(text))
            return Injected("DXP002", (source.path,), f"parameter of {function.name}")
    return None


def arm_never_selected(checkout: Checkout) -> Injected | None:
    """DXP003: one more arm in front of a chain on a parameter to which every call gives a text, or a helper with such a chain."""
    sources = [source for source in checkout.sources() if not TAKEN_FROM.search(source.text)]
    for source in sources:
        is_for_others = checkout.archetype_of(source.path) in ("library", "tutorial")
        for function in source.functions():
            if function not in source.tree.body or (is_for_others and not function.name.startswith("_")):
                continue
            for node in function.body:
                if isinstance(node, ast.If) and (selector := _selector(node)) and isinstance(node.body[0], (ast.Assign, ast.Expr)):
                    line = source.lines[node.lineno - 1]
                    if not line.lstrip().startswith("if ") or not _is_closed(checkout, function, selector):
                        continue
                    body = "".join(source.lines[node.body[0].lineno - 1 : node.body[-1].end_lineno])
                    arm = f'{indent_of(line)}if {selector} == "quasi_hyperbolic_variant":\n{body}{indent_of(line)}el'
                    checkout.write(source.path, spliced(source, node.lineno, arm + line.lstrip(), replaced=1))
                    return Injected("DXP003", (source.path,), f"arm of {selector}")
    for source in sources:
        for function, first, _last in bodies(source):
            call = f'{indent_of(source.lines[first.lineno - 1])}_weights_of_rows([1.0, 2.0], "uniform")\n'
            text = spliced(source, first.lineno, call)
            checkout.write(source.path, spliced(Source(source.path, text, source.tree), after_imports(source), SELECTOR))
            return Injected("DXP003", (source.path,), f"arm of a helper of {function.name}")
    return None


TAKEN_FROM = re.compile(
    r"\b(adapted|taken|copied|borrowed|based|modified|ported|adopted)\b.{0,20}\b(from|on)\b|github\.com|copyright", re.IGNORECASE
)
"""What a file says that was taken from elsewhere."""
SELECTOR = """

def _weights_of_rows(values, scheme):
    if scheme == "uniform":
        weights = [1.0 for _ in values]
    elif scheme == "quasi_hyperbolic":
        total = sum(values)
        weights = [value / total for value in values]
        weights = [max(weight, 0.01) for weight in weights]
    else:
        raise ValueError(scheme)
    return weights


"""


def _is_closed(checkout: Checkout, function: Function, selector: str) -> bool:
    """Whether all that names the function are plain calls in Python files, and each gives the selector a literal."""
    arguments = function.args
    names = [arg.arg for arg in arguments.args]
    if selector not in names or arguments.posonlyargs or checkout.find_text(rf"\.{function.name}\b|[\"'`]{function.name}[\"'`]"):
        return False
    if any(isinstance(node, ast.Name) and node.id == selector and isinstance(node.ctx, ast.Store) for node in ast.walk(function)):
        return False
    at, defaults = names.index(selector), dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
    given: list[ast.expr | None] = []
    for source in checkout.callers_of(function.name):
        calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == function.name]
        named = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name) and node.id == function.name]
        if len(calls) != len(named) or any(isinstance(arg, ast.Starred) for call in calls for arg in call.args):
            return False
        if any(keyword.arg is None for call in calls for keyword in call.keywords):
            return False
        for call in calls:
            by_name = {keyword.arg: keyword.value for keyword in call.keywords}
            given.append(call.args[at] if at < len(call.args) else by_name.get(selector, defaults.get(selector)))
    return bool(given) and all(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in given)


def _selector(node: ast.If) -> str:
    """The name that the chain compares with texts; its first arm has two statements at least, which the new one repeats."""
    test = node.test
    if not (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq) and isinstance(test.left, ast.Name)):
        return ""
    right = test.comparators[0]
    is_text = isinstance(right, ast.Constant) and isinstance(right.value, str) and node.lineno == (node.test.end_lineno or 0)
    return test.left.id if is_text and node.orelse and len(node.body) > 1 else ""


def orphan(checkout: Checkout) -> Injected | None:
    """DXP004: a module that trains, with every name of its own new, that nothing imports."""
    for source in checkout.sources("TRAIN", "FEATURE"):
        if _is_run(source) or checkout.is_offered(source.path):
            continue
        names = {node.name for node in source.tree.body if isinstance(node, (*_DEFINED,))}
        names |= {node.id for node in _bound_at_top(source)}
        if names and not any(name.startswith("__") for name in names):
            text = re.sub(rf"\b({'|'.join(sorted(map(re.escape, names)))})\b", lambda match: f"{match[1]}Ablated", source.text)
            path = re.sub(r"[^/]+\.py$", "ablated_curriculum.py", source.path)
            checkout.write(path, text)
            return Injected("DXP004", (path,), "a module nothing reaches")
    return None


def _is_run(source: Source) -> bool:
    """Whether the file does something of its own, or its base classes are what a scheduler looks for."""
    acts = (ast.For, ast.While, ast.With, ast.If)
    calls = (node for node in source.tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    return (
        any(isinstance(node, acts) for node in source.tree.body)
        or any(calls)
        or bool(re.search(r"\(Task\)|^@(flow|task|dag)\b", source.text, re.M))
    )


def _bound_at_top(source: Source) -> Iterator[ast.Name]:
    for node in source.tree.body:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            yield from (each for each in ast.walk(target) if isinstance(each, ast.Name))


_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def superseded_copy(checkout: Checkout) -> Injected | None:
    """DXP005: `name_old.py` beside `name.py`."""
    for source in checkout.sources():
        if checkout.is_taken_whole(source.path) or re.search(r"(^|/)(migrations?|versions)/", source.path):
            continue  # loaded by being there, or kept on purpose
        if len(source.lines) > 30 and not source.path.endswith("__init__.py"):
            path = f"{source.path[:-3]}_old.py"
            checkout.write(path, source.text)
            return Injected("DXP005", (path,), "copy left behind")
    return None


def commented_out(checkout: Checkout) -> Injected | None:
    """DXP006: the first statements of a function once more, as comments."""
    for source in checkout.sources():
        for function in source.functions():
            body = [node for node in function.body if not _is_docstring(node)]
            if len(body) >= 6 and (body[5].end_lineno or 0) - body[0].lineno < 14:
                block = source.lines[body[0].lineno - 1 : body[5].end_lineno]
                if any("#" in line or '"""' in line or "'''" in line for line in block):
                    continue
                indent = indent_of(block[0])
                added = "".join(f"{indent}# {line[len(indent) :]}" if line.strip() else f"{indent}#\n" for line in block)
                checkout.write(source.path, spliced(source, body[0].lineno, added))
                return Injected("DXP006", (source.path,), f"comments in {function.name}")
    return None


def renamed_symbol(checkout: Checkout) -> Injected | None:
    """DXP007: a function has another name now, an importer still asks for the old one."""
    modules = {source.path: source for source in checkout.sources()}
    for edge in sorted(checkout.report["edges"], key=lambda edge: (edge["from"], edge["to"])):
        importer, target = modules.get(edge["from"]), modules.get(edge["to"])
        if edge["kind"] != "imports" or importer is None or target is None or importer is target:
            continue
        if "import *" in target.text or "__getattr__" in target.text or {importer.path, target.path} & checkout.taken:
            continue
        asked = _asked_names(importer, edge.get("line", 0))
        for node in target.tree.body:
            if isinstance(node, _DEFINED) and node.name in asked and target.text.count(node.name) == 1:
                checkout.write(target.path, re.sub(rf"\b{node.name}\b", f"{node.name}_v9", target.text))
                checkout.taken.add(importer.path)
                return Injected("DXP007", (importer.path,), f"{node.name} renamed in {target.path}")
    return None


def _asked_names(importer: Source, line: int) -> set[str]:
    for node in importer.tree.body:  # at the top, so that no try guards it
        if isinstance(node, ast.ImportFrom) and node.lineno <= line <= (node.end_lineno or 0):
            return {alias.name for alias in node.names}
    return set()


def unread_option(checkout: Checkout) -> Injected | None:
    """DXP009: one more command-line option, read nowhere."""
    for source in checkout.sources():
        for node in ast.walk(source.tree):
            is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute)
            if is_call and node.value.func.attr == "add_argument" and node.end_lineno == node.lineno:  # type: ignore[attr-defined]
                line = source.lines[node.lineno - 1]  # type: ignore[attr-defined]
                parser = ast.unparse(node.value.func.value)  # type: ignore[attr-defined]
                added = f'{indent_of(line)}{parser}.add_argument("--warm-restart-cycles", type=int, default=3)\n'
                if "vars(" in source.text or "**" in source.text or not re.search(r"\.parse_args\(", source.text):
                    continue
                checkout.write(source.path, spliced(source, node.lineno, added))  # type: ignore[attr-defined]
                return Injected("DXP009", (source.path,), "--warm-restart-cycles")
    return None


def unreachable(checkout: Checkout) -> Injected | None:
    """DXP010: a function returns before its last statements."""
    for source in checkout.sources():
        for function, first, _last in bodies(source):
            line = source.lines[first.lineno - 1]
            is_generator = any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function))
            if not is_generator:
                checkout.write(source.path, spliced(source, first.lineno, f"{indent_of(line)}return None\n"))
                return Injected("DXP010", (source.path,), f"early return in {function.name}")
    return None


def unused_definition(checkout: Checkout) -> Injected | None:
    """DXP011: a function that nothing names, put together from one that is used; DXP004 when it does machine-learning work."""
    for source in checkout.sources():
        if checkout.is_offered(source.path) or checkout.is_taken_whole(source.path):
            continue
        for function in source.functions():
            if function in source.tree.body and len(function.body) >= LEAST_BODY and source.lines[function.lineno - 1].startswith("def "):
                block = source.lines[function.lineno - 1 : function.end_lineno]
                block[0] = block[0].replace(f"def {function.name}(", "def relabel_by_quantile_bins(", 1)
                added = "".join(block).rstrip("\n") + "\n\n\n"
                if function.name not in added:
                    checkout.write(source.path, spliced(source, after_imports(source), "\n\n" + added))
                    return Injected("DXP011", (source.path,), "relabel_by_quantile_bins", also=("DXP004",))
    return None


def outdated_call(checkout: Checkout) -> Injected | None:
    """DXP012: a call passes a keyword that its function has no more."""
    for source in checkout.sources():
        own = {
            node.name for node in source.tree.body if isinstance(node, ast.FunctionDef) and not node.args.kwarg and not node.decorator_list
        }
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in own and node.args and not node.keywords:
                end = node.end_lineno or node.lineno
                line = source.lines[end - 1]
                at = (node.end_col_offset or 0) - 1
                if line.isascii() and line[at] == ")" and not line[:at].rstrip().endswith(("(", ",")):
                    text = spliced(source, end, f"{line[:at]}, momentum_schedule=None{line[at:]}", replaced=1)
                    checkout.write(source.path, text)
                    return Injected("DXP012", (source.path,), f"keyword of {node.func.id}")
    return None


def config_left_behind(checkout: Checkout) -> Injected | None:
    """DXP014: a configuration set aside beside one that is loaded, or variants of it in a folder that nothing names."""
    reads = [access for access in checkout.report["accesses"] if access["op"] == "read" and access["artifact"]]
    loaded = {access["artifact"] for access in reads if access["path"].endswith((".py", ".ipynb"))}
    found = sorted(path for path in checkout.root.rglob("*.y*ml") if path.is_file())
    paths = [path.relative_to(checkout.root).as_posix() for path in found]
    named = [path for path in paths if path in loaded and not SKIPPED.search(path) and not path.startswith(".")]
    checkout.chance.shuffle(named)
    for path in named:
        folder, _, name = path.rpartition("/")
        is_aside = checkout.chance.random() < 0.5 or not folder or not _is_named_alone(checkout, folder, name)
        aside = f"{path}.bak" if is_aside else f"{folder}/gradient_ablation/{name}"
        checkout.write(aside, (checkout.root / path).read_text("utf-8", "replace"))
        return Injected("DXP014", (aside,), f"a variant of {path} that nothing loads")
    return None


def _is_named_alone(checkout: Checkout, folder: str, name: str) -> bool:
    """Whether code names the file with its folder, and no code that names the folder, or stands in it, lists what lies somewhere."""
    last = folder.rpartition("/")[2]
    told = [source for source in checkout.callers_of(last) if source.path.rpartition("/")[0] != folder]
    beside = [source for source in checkout.callers_of(name) if source.path.rpartition("/")[0] == folder]
    if any(re.search(r"\b(rglob|walk|listdir|scandir|iterdir|i?glob)\(", source.text) for source in (*told, *beside)):
        return False
    return bool(beside) or any(name in source.text for source in told)


INJECTORS = (
    config_left_behind,
    constant_guard,
    flag_never_varied,
    arm_never_selected,
    orphan,
    superseded_copy,
    commented_out,
    renamed_symbol,
    unread_option,
    unreachable,
    unused_definition,
    outdated_call,
)
