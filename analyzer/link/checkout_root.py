"""Variables in which CI systems say where they checked the repository out: paths below them are paths of the repository.

Sources: the predefined variables of GitHub Actions, GitLab, Azure Pipelines, CodeBuild, Travis, Jenkins, Bitbucket, Buildkite, Drone,
AppVeyor and CircleCI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from analyzer.read.relative_paths import relative
from analyzer.read.step_facts import Command, Step, StepFacts

_NAMES = """
GITHUB_WORKSPACE github.workspace CI_PROJECT_DIR CODEBUILD_SRC_DIR TRAVIS_BUILD_DIR BITBUCKET_CLONE_DIR BUILDKITE_BUILD_CHECKOUT_PATH
DRONE_WORKSPACE APPVEYOR_BUILD_FOLDER CIRCLE_WORKING_DIRECTORY WORKSPACE BUILD_SOURCESDIRECTORY Build.SourcesDirectory env.WORKSPACE
SYSTEM_DEFAULTWORKINGDIRECTORY System.DefaultWorkingDirectory BUILD_REPOSITORY_LOCALPATH Build.Repository.LocalPath
"""
_ROOT = r"\{(?:" + "|".join(re.escape(name) for name in _NAMES.split()) + r")\}(?:/|$)"
_WORD = re.compile("((?:^|^[\\w.-]+=))" + _ROOT)
"""At the start of a word, or behind the `=` of an option."""
KINDS = frozenset({"ci"})


def at_the_root(files: Mapping[str, StepFacts]) -> dict[str, StepFacts]:
    """The same files; words and folders of CI jobs that start at the checkout are paths from where their command runs."""
    found = dict(files)
    for path, facts in files.items():
        if facts.kind in KINDS and any(_names_root(step) for step in facts.steps):
            found[path] = msgspec.structs.replace(facts, steps=tuple(_moved(step) for step in facts.steps))
    return found


def _names_root(step: Step) -> bool:
    words = (word for c in step.commands for word in (*c.words, c.cwd, c.stdin, c.stdout))
    return any("{" in word and _WORD.match(word) for word in (step.cwd, *words))


def _moved(step: Step) -> Step:
    at_root = _WORD.match(step.cwd)
    cwd = step.cwd[at_root.end() :] if at_root else step.cwd
    return msgspec.structs.replace(step, cwd=cwd, commands=tuple(_placed(command, cwd) for command in step.commands))


def _placed(command: Command, start: str) -> Command:
    start = "" if start.startswith(("/", "{")) else start
    at_root = _WORD.match(command.cwd)
    cwd = relative(command.cwd[at_root.end() :], start) if at_root else command.cwd
    here = f"{start}/{cwd}" if "{" not in cwd and not cwd.startswith(("/", "~")) else start

    def located(word: str) -> str:
        match = _WORD.match(word) if "{" in word else None
        return match[1] + relative(word[match.end() :], here) if match else word

    return msgspec.structs.replace(
        command, words=tuple(located(word) for word in command.words), stdin=located(command.stdin), stdout=located(command.stdout), cwd=cwd
    )
