"""UDC008: looks at a log that take nothing out of it, then text for people as another program's input."""

from __future__ import annotations

import json

import pytest

from analyzer.model import Site
from analyzer.scan import graph_of_texts
from rules.log_parsed_as_interface import LogParsedAsInterface

TRAIN = {"train.py": 'loss = 0.5\nprint(f"final loss: {loss}")\nprint("epoch")\nprint("final_loss")\n'}
RUN = "python train.py | tee run/train.log\n"


def found(texts):
    return list(LogParsedAsInterface().check(graph_of_texts(texts)))


def sweep(line, run=RUN):
    return found({**TRAIN, "sweep.sh": f"#!/bin/bash\n{run}{line}\n"})


@pytest.mark.parametrize(
    "line",
    [
        "grep -q Traceback run/train.log && exit 1",
        "grep 'error:' run/train.log | awk '{print $2}'",
        "grep 'final loss:' run/train.log",  # shown, not taken apart
        "tail -n 5 run/train.log",
        "grep -q 'epoch' run/done.log || exit 1",  # one word may stand anywhere
        'KEY=$final_loss\ngrep -q "run|${final_loss}" run/done.log || exit 1',  # a variable, not its value
        "LOSS=$(grep 'Mean accuracy:' other/eval.log | awk '{print $3}')",  # nothing here writes that log, or prints that
        "cut -d, -f2 data/table.csv | sort",
    ],
)
def test_a_look_that_takes_nothing_out_of_an_own_log(line):
    assert sweep(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "grep -q 'final loss' other/eval.log || exit 1",
        "if ! grep 'final loss:' /tmp/resume.log; then\n  echo no\n  exit 1\nfi",
        "tail -n 1 $DIR/err.log | grep -q 'no epoch\\|final loss'",
        "LOSS=$(grep 'final loss:' logs/*.log | awk '{print $3}')",
    ],
)
def test_a_search_in_any_log_for_what_the_repository_prints(line):
    (finding,) = found({**TRAIN, "check.sh": f"#!/bin/bash\n{line}\n"})
    assert {str(site) for site in finding.locations} == {"check.sh:2", "train.py:2"}
    assert found({"check.sh": f"#!/bin/bash\n{line}\n"}) == []


def test_a_health_check_that_searches_a_log():
    service = "services:\n  app:\n    build: .\n    healthcheck:\n      test: ["
    text = service + '"CMD-SHELL", "grep -q \'final loss\' app.log || exit 1"]\n'
    (finding,) = found({**TRAIN, "docker-compose.yml": text})
    assert finding.locations[0] == Site("docker-compose.yml", 5)
    assert found({**TRAIN, "docker-compose.yml": service + '"CMD", "curl", "-f", "http://localhost/health"]\n'}) == []


RAISES = {"service/fetch.py": 'def fetch(row):\n    raise ValueError(f"The store does not know any row {row}")\n'}
ADVICE = {
    "app/advice.py": (
        "print('Look whether the row of the store is there, whether it is one of today, and ask its owner otherwise')\n"
        "print('CUDA out of memory. Tried with fewer rows')\n"
    )
}


@pytest.mark.parametrize(
    "text",
    [
        'def f(error):\n    return str(error).startswith("CUDA is out of memory")\n',  # nobody here says so
        'def f(error):\n    return "does not know" in str(error)\n',  # three words may stand anywhere
        'def f(error):\n    return "row of the store is" in str(error)\n',  # a part of a longer advice, worded by somebody else
        'def f(error):\n    return "CUDA out of memory. Tried" in str(error)\n',  # torch's
    ],
)
def test_a_message_of_others_or_a_few_words(text):
    assert found({**RAISES, **ADVICE, "app/errors.py": text}) == []


def test_a_message_that_the_file_words_itself():
    text = RAISES["service/fetch.py"] + "\n\ndef f(error):\n    return 'The store does not know any row' in str(error)\n"
    assert found({"service/fetch.py": text}) == []


@pytest.mark.parametrize(
    "test", ["str(error).startswith('The store does not know any row')", "'store does not know any row' in str(error)"]
)
def test_a_message_that_is_known_by_its_wording(test):
    (finding,) = found({**RAISES, "app/errors.py": f"def f(error):\n    return {test}\n"})
    assert [str(site) for site in finding.locations] == ["app/errors.py:2", "service/fetch.py:2"]
    assert finding.message.startswith("app/errors.py decides by the wording of a message (`")


def test_a_table_that_is_redirected_is_no_log():
    assert sweep("awk -F, '{print $2}' run/scores.csv", "python train.py > run/scores.csv\n") == []


@pytest.mark.parametrize(
    "text",
    [
        'log = open("run/train.log").read()\nprint(log.startswith("run"))\n',  # nobody hands it over
        'def f(log_file):\n    with open(log_file, "w") as out:\n        out.write("x")\n    return "run 1".startswith("run")\n',
        'import wandb\n\nrows = wandb.Api().run("a").history()\nprint(int("7"))\n',
        'query = "select message from logs where level = 3"\n',
    ],
)
def test_code_that_reads_no_wording(text):
    assert found({"read.py": text, "go.sh": "python read.py --log-file run/train.log\n" if "log_file" in text else ""}) == []


@pytest.mark.parametrize(
    "line",
    [
        "LOSS=$(grep 'final loss:' run/train.log | tail -1 | awk '{print $NF}')",
        "LOSS=$(grep -oP 'final loss: \\K[0-9.]+' run/train.log)",
        "LOSS=$(sed -n 's/.*final loss: //p' run/train.log)",
    ],
)
@pytest.mark.parametrize("run", [RUN, "python train.py > run/train.log\n"])
def test_values_cut_out_of_a_log(line, run):
    (finding,) = sweep(line, run)
    assert finding.locations[0] == Site("sweep.sh", 3)
    assert finding.subject.id == "sweep.sh"
    assert {str(site) for site in finding.locations[1:]} == {"sweep.sh:2", "train.py:2"}
    assert any("`final loss:` is printed here" in evidence.text for evidence in finding.evidence)


def test_words_that_nothing_prints_any_more():
    (finding,) = sweep("N=$(grep 'Number of parameters:' run/train.log | awk '{print $NF}')")
    assert any("no code of the repository prints `Number of parameters:`" in evidence.text for evidence in finding.evidence)


def test_the_log_of_another_projects_program():
    assert not sweep("N=$(grep 'test timed out after' run/test.log | awk '{print $NF}')", "go test ./... | tee run/test.log\n")
    assert not sweep("N=$(grep 'test timed out after' run/test.log | awk '{print $NF}')", "go test ./... > run/test.log\n")


def test_one_finding_for_all_lines_of_a_file():
    (finding,) = sweep("A=$(grep 'final loss:' run/train.log | cut -f2)\nB=$(grep 'best epoch:' run/train.log | cut -f2)")
    assert finding.members == 2


def test_code_that_matches_the_lines_of_a_log_that_a_command_hands_over():
    reader = (
        "class Run:\n    def number(self):\n        with open(self.run_index_log) as file:\n            for line in file.readlines():\n"
        '                if line.startswith(f"run: {self.no}"):\n                    return line\n'
    )
    (finding,) = found({"context.py": reader, "go.sh": "#!/bin/bash\npython context.py --run-index-log logs/index.txt\n"})
    assert finding.locations[0] == Site("context.py", 5)
    assert Site("go.sh", 2) in finding.locations


def test_a_number_read_out_of_the_name_of_a_metric():
    text = 'import wandb\n\nrows = wandb.Api().run("a").history()\nsteps = [int(name.split("_")[-1]) for name in rows.columns]\n'
    (finding,) = found({"steps.py": text})
    assert finding.locations[0] == Site("steps.py", 4)
    assert "by its form" in finding.message


def test_exported_records_picked_by_their_message():
    query = 'sql = """\nselect * from `acme.logs.stderr_*`\nwhere jsonPayload.message = "Add labels."\n"""\n'
    notebook = json.dumps(
        {
            "cells": [{"cell_type": "code", "source": query, "metadata": {}, "outputs": []}],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    worker = 'import logging\n\nlogging.info("Add labels.", extra={"a": 1})\n'
    (finding,) = found({"metrics.ipynb": notebook, "worker.py": worker})
    assert finding.locations[0] == Site("metrics.ipynb", 3, 0, 0)
    assert Site("worker.py", 3) in finding.locations
