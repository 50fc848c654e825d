"""GLU005."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzer.graph.system import Module, ProgramRun, SystemGraph, project_imports
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Const, last_name
from rules.base import Rule
from rules.driven_tools import Driven, copies_data, is_known, is_tool, program_of, unlooked, widely_driven
from rules.gone_imports import gone_imports
from rules.inline_programs import InlineProgram, inline_programs
from rules.severity import in_context
from rules.teaching_code import TeachingCode

_TEXT_CALLS = frozenset({"system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell"})
_CHECKING = frozenset({"check_call", "check_output", "getoutput", "execute_notebook"})
_IN_PROCESS = frozenset({"run_path", "run_module"})
"""`runpy` runs a file in the same process."""
_ASKS = frozenset({"--help", "--version"})
_LAUNCHERS = frozenset(
    """
    torchrun accelerate deepspeed mpirun mpiexec horovodrun streamlit uvicorn gunicorn hypercorn flask fastapi chainlit gradio tensorboard
    jupyter mlflow celery ray dask pytest tox sbatch srun qsub docker docker-compose podman kubectl ssh
    """.split()
)
_ADMINISTRATION = frozenset(
    """
    git hg pip pip3 conda mamba uv apt apt-get brew yum sudo docker docker-compose podman kubectl
    gcloud aws az helm terraform clear cls echo cd export date
        hostname uname which nvidia-smi lscpu kill pkill chmod chown tmux screen open xdg-open start notify-send exit sleep true test color
    title pause ls dir cat pwd ps mkdir rmdir rm touch ln cuobjdump nvcc gcc g++ c++ cmake make
    scontrol sinfo squeue scancel
    """.split()
)
_SCREEN = frozenset({"clear", "cls", "echo", "title", "color", "hostname", "uname"})
_ASIDE = frozenset({"setup.py", "conftest.py", "conf.py", "noxfile.py", "tasks.py", "fabfile.py", "manage.py", "dodo.py"})
_TOOLING = frozenset(
    {"ci", ".github", ".circleci", "taskcluster", "release", "packaging", "docker", "infra", "hack", "devtools", "installers"}
)
_TEST_PACKAGES = frozenset({"unittest", "pytest"})
_VERSIONS = frozenset({"version", "_version", "versioneer", "about", "__about__", "__version__"})
_BUILDS = re.compile(r"build[-.]|integration_?test")
_SERVER = re.compile(r"[-_]server$|^serve|[-_]daemon$", re.IGNORECASE)
_INTERPRETER = re.compile(r"(?:python|perl|ruby|node|bash|sh|Rscript)[\d.]*$")
_OTHERS = re.compile(r"(?:Rscript|R|julia|perl|java|scala|matlab|octave|node|ruby|stata\w*|sas)(?:\.exe)?$")
_RUNS_NOTEBOOKS = frozenset({"nbconvert", "execute"})
_LESSONS = re.compile(r"(?:^|/)(?:docs?|examples?|tutorials?)/", re.IGNORECASE)
_HOLE = re.compile(r"\{[^{}]*\}$")
_SHOWN = 10
_MAX_LOCATIONS = 50


@dataclass(frozen=True, slots=True)
class _Boundary:
    site: Site
    run: ProgramRun
    kind: str
    """`own`, `text`, `import` or `tool`."""
    is_checked: bool


class ProcessBoundaryCall(Rule):
    """Python code starts a program of its own repository as a process, or hands data to another program in a shell string.

    Arguments become text, results become files, a failure becomes a number that nobody may look at, and no tool follows the call:
    renaming an option of the other program breaks this one at run time. Where the other side is Python of the same repository, a
    function call does the same work with names and types.

    Found are `subprocess`, `os.system` and papermill whose target is a script of the repository, in whatever language; shell
    strings (`os.system`, `shell=True`) into which values are put for a program that works on data; programs that run as soon as a
    module is imported; and programs that work on data and are given lists of words, where several files run the same one, where nobody
    looks at their exit status, or where one hands a file to the next; and programs of 20 lines or more that stand as a text in a shell
    script, a recipe or a CI job. All places of a file, or of a program that several files run, are
    one finding.

    Exempt: orchestrators, tests, packaging, release and CI scripts, notebooks; scripts with a text in them that a test names; notebooks of
    documentation and lessons that are run as a check; copies of lessons; `runpy` (the same process); programs that are asked for
    `--help` or `--version` only; servers (`serve.py`); launchers of distributed training, servers, schedulers and containers;
    interpreters of another environment (an isolation that is meant); scripts that the user of a launcher names; children that a scheduler
    polls; programs that administer (git, pip, kubectl) unless they run at import; one place that hands a list of words to a tool and looks
    at the result (that is the adapter).

    Known false positives: a child that has to be a process (watched, killed, isolated) although nothing around the call says so.
    """

    code = "GLU005"
    name = "process-boundary-call"
    severity = Severity.low
    confidence = Confidence.C
    cost = Cost(0, 25, friction=5)
    source = "Sculley et al. 2015, §5.1 (glue code)"
    remedy = (
        "Call the function behind the other program's command line (give it one when it has none). Where it has to stay a process, pass "
        "a list of words instead of a shell string and use `check=True`."
    )
    on_by_default = False
    BAD = (
        {
            "prepare.py": "def main(path):\n    print(path)\n\n\nif __name__ == '__main__':\n    main('a')\n",
            "train.py": "import os\n\n\ndef run(path):\n    os.system(f'python prepare.py --path {path}')  # GLU005\n",
        },
        {"warp.py": "import os\n\n\ndef warp(source, target):\n    os.system(f'gdalwarp -t_srs EPSG:4326 {source} {target}')  # GLU005\n"},
        {
            "model/params.py": "import subprocess\n\nSHA = subprocess.check_output(['git', 'rev-parse', 'HEAD'])  # GLU005\n",
            "train.py": "from model.params import SHA\n\nprint(SHA)\n",
        },
    )
    GOOD = (
        {
            "worker.py": "if __name__ == '__main__':\n    print(1)\n",
            "train.py": """\
import subprocess


def run(venv):
    subprocess.run([f"{venv}/bin/python", "worker.py"], check=True)
    subprocess.run(["torchrun", "worker.py"], check=True)
    subprocess.run(["git", "rev-parse", "HEAD"], check=True)
""",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        files: dict[str, list[_Boundary]] = {}
        tools: list[Driven] = []
        for run in graph.program_runs:
            module = graph.modules[run.path]
            found = _boundary(graph, module, run) if not _is_aside(module) else None
            if found is not None and found.kind == "tool":
                if graph.once(TeachingCode).holds(module.project, run.path):
                    continue  # each lesson is complete by itself
                tools.append(Driven(found.site, run, found.is_checked, module.facts.calls[run.call].scope))
            elif found is not None:
                files.setdefault(run.path, []).append(found)
        wide = widely_driven(tools)
        for tool in unlooked(each for each in tools if each.program not in wide):
            files.setdefault(tool.site.path, []).append(_Boundary(tool.site, tool.run, "tool", tool.is_checked))
        for path, boundaries in sorted(files.items()):
            yield self._finding(graph, path, boundaries)
        for name, places in wide.items():
            yield self._wide(graph, name, places)
        inline: dict[str, list[InlineProgram]] = {}
        for path, programs in inline_programs(graph):
            inline.setdefault(_project(graph, path), []).extend(programs)
        for project, programs in sorted(inline.items()):
            yield self._inline(project, programs)

    def _inline(self, project: str, programs: list[InlineProgram]) -> Finding:
        lines = sum(each.lines for each in programs)
        files = list(dict.fromkeys(each.site.path for each in programs))
        what = f"a program of {lines} lines" if len(programs) == 1 else f"{len(programs)} programs of {lines} lines in all"
        where = f"`{files[0]}` holds" if len(files) == 1 else f"{len(files)} files such as `{files[0]}` hold"
        return self.found(
            f"{where} {what} for `{programs[0].interpreter}` as a text: no tool checks it, no test can call it",
            Subject("inline program", project or "."),
            [each.site for each in programs][:_MAX_LOCATIONS],
            [Evidence(f"{each.lines} lines of code are handed to `{each.interpreter}`", each.site) for each in programs[:_MAX_LOCATIONS]],
            remedy="Move it to a file of its own with a function that a test can call, and start that file here.",
            items=len(programs),
            members=len(programs),
        )

    def _finding(self, graph: SystemGraph, path: str, boundaries: list[_Boundary]) -> Finding:
        own = sorted({each.run.target for each in boundaries if each.kind == "own"})
        texts = sorted({program_of(each.run) for each in boundaries if each.kind == "text"})
        at_import = sorted({program_of(each.run) for each in boundaries if each.kind == "import"})
        parts = [f"runs {', '.join(f'`{target}`' for target in own[:3])} of its own repository as a process"] if own else []
        parts += [f"drives {', '.join(f'`{program}`' for program in texts[:3])} by shell strings"] if texts else []
        parts += [f"runs {', '.join(f'`{program}`' for program in at_import[:3])} when it is imported"] if at_import else []
        handed = sorted({program_of(each.run) for each in boundaries if each.kind == "tool"} - set(texts))
        parts += [f"hands data to {', '.join(f'`{program}`' for program in handed[:3])} by subprocess"] if handed else []
        unchecked = [each for each in boundaries if not each.is_checked]
        base = Severity.medium if unchecked and own else self.severity
        return self.found(
            f"`{path}` {'; '.join(parts)}" + ("; whether it failed is not looked at" if unchecked else ""),
            Subject("module", path),
            [*dict.fromkeys(each.site for each in boundaries), *_continued(graph, boundaries)][:_MAX_LOCATIONS],
            [*_evidence(boundaries), *_rotten(graph, own)],
            severity=in_context(graph, base, [path]) if base is self.severity else base,
            items=len(boundaries),
            members=len(boundaries),
        )

    def _wide(self, graph: SystemGraph, name: str, places: list[Driven]) -> Finding:
        paths = sorted({each.site.path for each in places})
        sites = list(dict.fromkeys(each.site for each in places))
        return self.found(
            f"`{name}` is driven by subprocess from {len(sites)} places in {len(paths)} files, such as `{paths[0]}`",
            Subject("program", name),
            sites[:_MAX_LOCATIONS],
            list(_evidence([_Boundary(each.site, each.run, "tool", each.is_checked) for each in places])),
            severity=in_context(graph, self.severity, paths),
            remedy=f"Write one function that runs `{name}`, says what it takes and gives, and looks at its exit status; call that.",
            items=len(sites),
            members=len(sites),
        )


def _project(graph: SystemGraph, path: str) -> str:
    folder = posixpath.dirname(path)
    while folder and folder not in graph.projects:
        folder = posixpath.dirname(folder)
    return folder


def _is_aside(module: Module) -> bool:
    parts = module.path.lower().split("/")
    if _BUILDS.match(parts[-1]) or any(fact.module.partition(".")[0] in _TEST_PACKAGES for fact in module.facts.imports):
        return True
    if module.is_excluded or module.is_notebook or "ORCH" in module.roles or parts[-1] in _ASIDE or _TOOLING.intersection(parts[:-1]):
        return True
    return parts[-1].removesuffix(".py") in _VERSIONS


def _boundary(graph: SystemGraph, module: Module, run: ProgramRun) -> _Boundary | None:
    call = module.facts.calls[run.call]
    name = last_name(call.func)
    program = program_of(run)
    heads = {posixpath.basename(word) for word in run.words[:4]}
    if name in _IN_PROCESS or _is_chosen(run) or (name == "Popen" and _watches(module)):
        return None
    if not _ASKS.isdisjoint(run.words) or _SERVER.search(posixpath.basename(run.target).removesuffix(".py")):
        return None
    if "jupyter" in heads and not _RUNS_NOTEBOOKS.isdisjoint(run.words[1:3]):
        if any(_LESSONS.search(word) for word in run.words):
            return None  # a check that what the documentation shows still runs
        heads -= {"jupyter"}
    if not run.words or run.serves or heads & _LAUNCHERS or _SERVER.search(program) or _is_installed(graph, run):
        return None
    keywords = dict(call.keywords)
    is_checked = name in _CHECKING or keywords.get("check") == Const(True) or _is_used(module, run.call)
    if not run.target and (script := _script(graph, run)):
        run = replace(run, target=script)
    found = _Boundary(module.site(call.line), run, "", is_checked)
    target = graph.modules.get(run.target)
    if run.target and not (target is not None and (_is_apart(target) or "SERVE" in target.roles)):
        if _is_foreign(run.words[0]):
            return None
        return _Boundary(found.site, run, "own", is_checked)
    is_text = name in _TEXT_CALLS or keywords.get("shell") == Const(True)
    if (
        is_text
        and (program not in _ADMINISTRATION or copies_data(run))
        and any("{" in word for word in run.words[1:])
        and is_known(program)
    ):
        return _Boundary(found.site, run, "text", is_checked)
    if _at_import(graph, module, call) and not run.target and "{" not in program and program not in _SCREEN:
        return _Boundary(found.site, run, "import", is_checked)
    return _Boundary(found.site, run, "tool", is_checked) if is_tool(module, run, _ADMINISTRATION) else None


def _script(graph: SystemGraph, run: ProgramRun) -> str:
    """The script of another language that an interpreter is given, when the repository holds just one of the name."""
    named = next((word for word in run.words[1:4] if posixpath.basename(word) in graph.once(_scripts)), "")
    return graph.once(_scripts)[posixpath.basename(named)] if named and _OTHERS.match(program_of(run)) else ""


def _scripts(graph: SystemGraph) -> dict[str, str]:
    """Base names of scripts of other languages, of which the repository holds one each → path."""
    names = Counter(posixpath.basename(path) for path in graph.foreign)
    return {posixpath.basename(path): path for path in graph.foreign if names[posixpath.basename(path)] == 1}


def _is_apart(target: Module) -> bool:
    """Is the target no program of ours? A file that only bears the name of a test, and has none in it, is one when somebody starts it."""
    if not target.is_test or target.is_docs or target.is_vendored or target.is_generated:
        return target.is_excluded
    in_folder = any("test" in part for part in target.path.lower().split("/")[:-1])
    tests = any(fact.module.partition(".")[0] in _TEST_PACKAGES for fact in target.facts.imports)
    return in_folder or tests or any(scope.name.lower().startswith("test") for scope in target.facts.scopes)


def _is_installed(graph: SystemGraph, run: ProgramRun) -> bool:
    """`python -m tool`: is it the installed tool, of which a sub-package of ours only bears the name?"""
    if run.words[1:2] != ("-m",):
        return False
    named = run.words[2:3]
    target = graph.modules.get(run.target)
    return bool(named) and target is not None and bool(target.name) and not target.name.startswith(named[0].partition(".")[0])


def _is_chosen(run: ProgramRun) -> bool:
    """Is the script that an interpreter runs a value alone: a launcher of what its user names?"""
    script = next((word for word in run.words[1:] if not word.startswith("-")), "")
    return _INTERPRETER.match(program_of(run)) is not None and _HOLE.match(script) is not None


def _watches(module: Module) -> bool:
    """Does it ask its children whether they still run? A scheduler of several at a time needs processes."""
    return any(last_name(call.func) == "poll" for call in module.facts.calls)


def _is_foreign(word: str) -> bool:
    """Whether the interpreter is another one than the caller's: an isolation that is meant."""
    return "/" in word and posixpath.basename(word).startswith("python") and not word.startswith(("/usr/bin/", "/bin/", "/usr/local/bin/"))


def _is_used(module: Module, call: int) -> bool:
    """Whether the result goes anywhere."""
    wanted = CallRef(call)
    used = any(a.value == wanted for a in module.facts.assigns) or any(wanted in s.returns for s in module.facts.scopes)
    return used or any(wanted in c.args or (isinstance(c.func, Attr) and c.func.value == wanted) for c in module.facts.calls)


def _at_import(graph: SystemGraph, module: Module, call: Call) -> bool:
    """Whether the call runs at the top level of a file that is imported, or that has a main block to say what is to run."""
    facts = module.facts
    if call.scope or module.path in graph.invoked_by:
        return False
    return call.line < facts.main_line if facts.main_line else module.path in graph.once(_imported)


def _imported(graph: SystemGraph) -> frozenset[str]:
    return frozenset(target for targets in graph.once(project_imports).values() for target in targets)


def _continued(graph: SystemGraph, boundaries: list[_Boundary]) -> Iterator[Site]:
    """Where a shell script that is started goes on to start Python."""
    for target in dict.fromkeys(each.run.target for each in boundaries if each.run.target in graph.steps):
        for step in graph.steps[target].steps:
            for command in step.commands:
                if any(posixpath.basename(word).startswith("python") for word in command.words[:3]) or "kedro" in command.words[:1]:
                    yield Site(target, command.line)


def _rotten(graph: SystemGraph, targets: list[str]) -> Iterator[Evidence]:
    """Targets that cannot run any more (DXP007): the caller learns so from an exit status."""
    for target in targets:
        for link in graph.once(gone_imports).get(target, ())[:1]:
            yield Evidence(f"`{target}` imports what no longer exists (`{link.name or link.fact.module}`): it cannot run", link.site)


def _evidence(boundaries: list[_Boundary]) -> Iterator[Evidence]:
    for each in boundaries[:_SHOWN]:
        words = " ".join(each.run.words)
        shown = words if len(words) <= 120 else words[:120] + "…"
        result = "" if each.is_checked else "; its exit status is dropped"
        yield Evidence(f"runs `{shown}`" + (f", which is `{each.run.target}`" if each.run.target else "") + result, each.site)
    if len(boundaries) > _SHOWN:
        yield Evidence(f"and {len(boundaries) - _SHOWN} places more")
