"""Facts of files that declare or script work: steps, their commands, what they name."""

from __future__ import annotations

import msgspec

from analyzer.read.suppression import Suppression


class Command(msgspec.Struct, frozen=True, array_like=True):
    """One simple command of a shell script, recipe, CI step, notebook `!` line …, in words; unknown parts are `{name}` holes."""

    words: tuple[str, ...]
    line: int
    stdin: str = ""
    stdout: str = ""
    append: bool = False
    text: str = ""
    piped: bool = False
    """Its input comes from the previous command of the same pipeline."""
    cwd: str = ""
    """Where it runs, relative to its step's `cwd` (or absolute): what the `cd`s before it in the same shell led to."""
    stdin_line: int = 0
    stdout_line: int = 0
    """Lines of the redirections, 0 without one."""
    word_lines: tuple[int, ...] = ()
    """Line of each word; empty when every word stands on `line`."""
    fed: str = ""
    """Text that it is fed with: a here-document, a here-string, or what `echo` prints in front of its pipe."""
    fed_line: int = 0


class Declared(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A path that a declaration names."""

    path: str
    line: int
    kind: str = "file"


class Use(msgspec.Struct, frozen=True, array_like=True):
    """A step hands over to steps that are defined elsewhere: a reusable workflow, an action, a task or template of a cluster."""

    target: str
    """A path (`./…`, from the repository root), or the `template` name of a step in any file."""
    line: int
    arguments: tuple[tuple[str, str], ...] = ()
    """(the hole as the target's text has it, without braces; the text that fills it, which may have holes of its own)."""


class Step(msgspec.Struct, frozen=True, array_like=True):
    """A unit of work that a non-Python file defines: dvc stage, make target, shell script, CI job, notebook shell cell."""

    kind: str
    """RULES.md §0.1: `shell`, `make`, `dvc`, `ci`, `docker`, `notebook`; or the system that runs it: `snakemake`, `argo`, `tekton`, …"""
    name: str
    line: int
    end_line: int = 0
    deps: tuple[Declared, ...] = ()
    outs: tuple[Declared, ...] = ()
    commands: tuple[Command, ...] = ()
    cwd: str = ""
    """Working directory relative to the repository root, when the file says it."""
    after: tuple[str, ...] = ()
    """Names of steps of the same file that must run before."""
    is_default: bool = False
    parameters: tuple[tuple[str, str], ...] = ()
    """(hole without braces, default) of what a caller can hand over."""
    uses: tuple[Use, ...] = ()
    template: str = ""
    """Name by which steps of other files use this one."""
    mounts: tuple[tuple[str, str], ...] = ()
    """(path in the container, path in the repository) of what is mounted or copied into it."""
    image: str = ""
    """What its container is built from: the path of a Dockerfile, or the name of an image."""
    bindings: tuple[tuple[str, str], ...] = ()
    """(dotted name, text) of what the script that it runs finds ready-made: `snakemake.input.0`, `product.model`."""
    each: str = ""
    """Key of a parameter file whose entries the step is repeated for (dvc.yaml's `foreach: ${key}`)."""


class Flaw(msgspec.Struct, frozen=True, array_like=True):
    """Something in a rule that the program which reads it rejects."""

    kind: str
    """`spaces` (a recipe indented with spaces) or `shell` (quotes or parentheses that do not pair)."""
    target: str
    line: int
    end_line: int
    why: str


class StepFacts(msgspec.Struct, frozen=True, tag=True):
    """A file of declared or scripted steps (dvc.yaml, Makefile, shell, CI YAML, Dockerfile, .dvc, pipelines of clusters and clouds)."""

    kind: str
    lines: int
    steps: tuple[Step, ...] = ()
    tracked: tuple[Declared, ...] = ()
    """Data under the file's control without a step (a `.dvc` file, `dvc.yaml` artifacts)."""
    includes: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
    """(path in the image, path in the build context) of what a Dockerfile copies in its last stage."""
    folder: str = ""
    """Working directory of the image that a Dockerfile makes."""
    environment: tuple[tuple[str, str], ...] = ()
    """(variable, value) of what the file sets for the programs that it starts."""
    variables: tuple[tuple[str, str], ...] = ()
    """(name, value) of what a Makefile sets at its top level."""
    configured: tuple[str, ...] = ()
    """Configuration files whose values the holes `{config.…}` of the steps mean."""
    names: tuple[tuple[str, int], ...] = ()
    """(name, line) of what Python in the file imports or takes of a module."""
    asked: tuple[str, ...] = ()
    """Keys of parameter files that a dvc.yaml asks for, in `params` and in `${…}`; `*` stands for what is not known."""
    locked: tuple[tuple[str, int], ...] = ()
    """(stage, line) of what a dvc.lock keeps."""
    flaws: tuple[Flaw, ...] = ()
    """What make or the shell rejects in the rules of a Makefile."""
    put_aside: tuple[str, ...] = ()
    """Targets of rules of a Makefile that are commented out: they tell how a file was made."""
