"""Luigi inside the code of a task: targets are the paths they stand for, `self.input()` is the output of what the task requires.

Source: https://luigi.readthedocs.io, "Tasks" and "Targets".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, Alternatives, FunctionRef, Instance, Many, Table, Unknown, capped
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.fill import Filling

PATH_TARGETS = frozenset(
    """
    luigi.LocalTarget luigi.local_target.LocalTarget luigi.file.LocalTarget luigi.contrib.s3.S3Target luigi.s3.S3Target
    luigi.contrib.s3.S3FlagTarget luigi.contrib.gcs.GCSTarget luigi.contrib.gcs.GCSFlagTarget luigi.contrib.hdfs.HdfsTarget
    luigi.contrib.hdfs.target.HdfsTarget luigi.hdfs.HdfsTarget luigi.contrib.ssh.RemoteTarget luigi.contrib.ftp.RemoteTarget
    luigi.contrib.opener.OpenerTarget
    """.split()
)
MAX_DEPTH = 4


def target_path(evaluator: Filling, call: Call, where: Where) -> Alternatives | None:
    """The path of a file target."""
    given = call.args[0] if call.args else dict(call.keywords).get("path")
    return evaluator.value(given, where) if given is not None else None


def inputs(evaluator: Filling, task: Instance, where: Where) -> Alternatives | None:
    """What `task.input()` gives: the outputs of its requirements, in the same shape; None for an object that requires nothing."""
    requires = _method(evaluator, task, "requires", where)
    if requires is None or _method(evaluator, task, "input", where) is not None:
        return None
    return capped([found for value in evaluator.returned(requires) for found in _output(evaluator, value, where, 0)])


def _output(evaluator: Filling, value: Abstract, where: Where, depth: int) -> Alternatives:
    if depth > MAX_DEPTH:
        return (Unknown("input"),)
    if isinstance(value, Many):
        return (Many(tuple(found for item in value.items for found in _output(evaluator, item, where, depth + 1)[:1]), value.ordered),)
    if isinstance(value, Table):
        return (Table(tuple((key, found) for key, item in value.entries for found in _output(evaluator, item, where, depth + 1)[:1])),)
    if isinstance(value, Instance):
        output = _method(evaluator, value, "output", where)
        if output is not None:
            return evaluator.constructed(evaluator.returned(output), value)
    return (Unknown("input"),)


def _method(evaluator: Filling, task: Instance, name: str, where: Where) -> FunctionRef | None:
    return next((found for found in evaluator.attribute(task, name, where) if isinstance(found, FunctionRef)), None)
