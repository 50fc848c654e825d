"""Names that a module or notebook uses and that neither it nor what it runs or imports whole defines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from analyzer.graph.system import Module, UnboundUse
from analyzer.link.program import Program
from analyzer.read.values import Attr, Name

_INJECTED = frozenset(
    """
    get_ipython display exit quit In Out _ __ ___ _i _ii _iii _oh _ih _dh __IPYTHON__ spark sc sqlContext sqlc dbutils displayHTML table sql
    getArgument snakemake get_config c profile upstream product reveal_type reveal_locals iface tags application WebHDFS PipelineStage
    """.split()
)
"""What shells, notebook services, workflow systems and checkers put among the names of what they run."""
_KEDRO = frozenset({"catalog", "context", "session", "pipelines"})
"""What `kedro jupyter` gives every notebook."""
_RUNNING = frozenset({"magic", "run_cell", "run_code", "ex", "ev", "push", "run_line_magic", "run_cell_magic", "runcode", "exec_module"})
_OPEN = frozenset({"exec", "globals", "__getattr__"})


def undefined_names(program: Program, modules: Mapping[str, Module], ready_made: Mapping[str, Collection[str]]) -> Iterator[UnboundUse]:
    """Per file and name, in their order; silent about a file whose names are made at run time."""
    builtins = _put_among_builtins(program)
    in_texts = _bound_in_texts(program)
    has_kedro = any(entry.module.partition(".")[0] == "kedro" for facts in program.facts.values() for entry in facts.imports)
    for path, module in modules.items():
        facts = module.facts
        if not facts.unbound or _OPEN.intersection(facts.dynamic) or _runs_text(module):
            continue
        given = _given(program, path)
        if given is None:
            continue
        known = given | builtins | _INJECTED | set(ready_made.get(path, ()))
        if module.is_notebook and has_kedro:
            known |= _KEDRO
        known |= {name for folder in _folders(path) for name in in_texts.get(folder, ())}
        lines: dict[str, list[int]] = {}
        for name, line in facts.unbound:
            if name not in known and not name.startswith("_i"):
                lines.setdefault(name, []).append(line)
        symbols = program.symbols(path)
        for name, where in lines.items():
            scopes = tuple(dict.fromkeys(facts.scopes[symbols.scope_at(line)].qualname for line in where))
            yield UnboundUse(path, name, tuple(dict.fromkeys(module.site(line) for line in where)), scopes)


def _bound_in_texts(program: Program) -> dict[str, set[str]]:
    """Folder → names that strings of its files assign: they make the code that another file is put into."""
    found: dict[str, set[str]] = {}
    for path, facts in program.facts.items():
        if facts.texts_bind:
            found.setdefault(path.rpartition("/")[0], set()).update(facts.texts_bind)
    return found


def _folders(path: str) -> Iterator[str]:
    """The folder of a file and those around it, the root only for what lies in it."""
    folder = path.rpartition("/")[0]
    yield folder
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _runs_text(module: Module) -> bool:
    """Whether the file hands text to an interpreter that may bind names here."""
    return any((isinstance(c.func, Attr) and c.func.name in _RUNNING) or c.func == Name("exec") for c in module.facts.calls)


def _given(program: Program, path: str) -> set[str] | None:
    """Names that star imports and `%run` bring; None when some of them cannot be known."""
    found: set[str] = set()
    for star in program.symbols(path).stars:
        target = program.import_target(path, star)
        names = program.exports(target.path) if target.status == "module" and not target.path.endswith("/") else None
        if names is None:
            return None
        found |= names
    runs = [c for step in program.facts[path].steps for c in step.commands if c.words[:1] in (("%run",), ("%load",))]
    taken = program.taken_over.get(path, ())
    if len(runs) > len(taken):
        return None
    waiting, seen = list(taken), {path}
    while waiting:
        other = waiting.pop()
        if other in seen:
            continue
        seen.add(other)
        names = program.exports(other)
        if names is None:
            return None
        found |= names
        waiting.extend(program.taken_over.get(other, ()))
    return found


def _put_among_builtins(program: Program) -> set[str]:
    """Names that any file of the repository adds to Python's builtins."""
    found: set[str] = set()
    for facts in program.facts.values():
        for assign in facts.assigns:
            owner, _, name = assign.target.rpartition(".")
            if owner in ("builtins", "__builtins__", "__builtin__"):
                found.add(name)
    return found
