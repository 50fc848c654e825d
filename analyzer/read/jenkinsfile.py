"""Jenkinsfile → a step per stage with its `sh` steps.

Source: https://www.jenkins.io/doc/book/pipeline/syntax/ (declarative) and scripted pipelines. Groovy is not parsed: stages are found by
their braces, shell text by the string that follows `sh`.
"""

from __future__ import annotations

import re

from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_TEXT = 500_000
MAX_STAGES = 1_000
TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|(?P<stage>\bstage\s*\(\s*(?:name:\s*)?(?P<q>['\"])(?P<name>[^'\"\n]*)(?P=q)\s*\))"
    r"|(?P<shell>\bsh\s*\(?\s*(?:[^\n'\"]{0,80}?script\s*:\s*)?(?P<text>'''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"))"
    r"|(?P<kept>\b(?:archiveArtifacts|stash)\b[^\n]*?(?:artifacts|includes)?\s*:?\s*(?P<k>['\"])(?P<paths>[^'\"\n]*)(?P=k))"
    r"|(?P<string>'''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")|(?P<open>\{)|(?P<close>\})",
    re.DOTALL,
)
GROOVY = re.compile(r"\$\{([^{}]{1,200})\}")


def read_jenkinsfile(text: str) -> StepFacts:
    """The stages in order, each after the one before; what stands outside all of them is a step without a name. Never raises."""
    stages: list[tuple[str, int, list[Command], list[Declared]]] = [("", 1, [], [])]
    open_stages: list[tuple[int, int]] = []
    depth = line = 0
    position = 0
    for match in TOKEN.finditer(text[:MAX_TEXT]):
        line += text.count("\n", position, match.start())
        position = match.start()
        here = stages[open_stages[-1][1]] if open_stages else stages[0]
        if match["stage"] and len(stages) < MAX_STAGES:
            stages.append((match["name"], line + 1, [], []))
            open_stages.append((depth, len(stages) - 1))
        elif match["shell"]:
            first = line + 1 + text.count("\n", match.start(), match.start("text"))
            here[2].extend(_commands(match["text"], first))
        elif match["kept"]:
            paths = (path.strip() for path in match["paths"].split(","))
            here[3].extend(Declared(path, line + 1) for path in paths if path and "/" in path + "/" and not path.startswith("$"))
        elif match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
            while open_stages and depth <= open_stages[-1][0]:
                open_stages.pop()
    steps: list[Step] = []
    for name, begun, commands, kept in stages:
        if commands or kept:
            after = (steps[-1].name,) if steps else ()
            end = max([begun, *(command.line for command in commands)])
            steps.append(Step("ci", name, begun, end, tuple(kept), (), tuple(commands), "", after))
    return StepFacts("ci", text.count("\n") + 1, tuple(steps), (), (), suppressions(text, python=False))


def _commands(quoted: str, line: int) -> tuple[Command, ...]:
    """Shell text of a Groovy string: in double quotes `${…}` is Groovy's, in single quotes the shell's."""
    triple = quoted.startswith(("'''", '"""'))
    body = quoted[3:-3] if triple else quoted[1:-1]
    if quoted.startswith('"'):
        body = GROOVY.sub(lambda match: "{" + re.sub(r"[^\w.-]", "", match[1]) + "}", body).replace("\\$", "$")
    body = body.replace("\\'", "'").replace('\\"', '"')
    return shell_commands(body.replace("\\\\\n", "\\\n"), line)
