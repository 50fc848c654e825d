"""JGL011: commands whose file is there, is made, or is elsewhere on purpose; then commands that run nothing."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts
from rules.missing_program import MissingProgram


def found(files):
    return list(MissingProgram().check(graph_of_texts(files)))


@pytest.mark.parametrize(
    "script",
    [
        "python features/build.py\n",
        "cd features && python build.py\n",
        "python $STEP/fit.py\n",
        "python /opt/tools/fit.py\n",
        "python -m fit.py\n",
        "gdal_merge.py -o out.tif\n",
        "source set_up.sh\n",
        "wget https://host.example/install.sh\nbash install.sh\n",
        "git clone https://host.example/other.git\ncd other\npython setup/fit.py\n",
        "cd /opt/other\npython fit/run.py\n",
        "cat > fit.sh <<END\necho\nEND\nbash fit.sh\n",
        "cp base.sh fit.sh && ./fit.sh\n",
        "pip install -r $LIST\n",
        "pip install -e .\n",
        "docker rm -f web\n",
        "docker build -f build/Dockerfile .\n",
        "if test -f fit/run.py; then\n  python fit/run.py\nfi\n",
        "if [ -f fit/run.py ]; then\n  python fit/run.py\nfi\n",
        "which run.py && python fit/run.py\n",
    ],
)
def test_what_is_here_or_made_or_elsewhere(script):
    files = {"run.sh": script, "features/build.py": "print('built')\n", "base.sh": "echo\n", "build/Dockerfile": "FROM python:3.12\n"}
    assert found(files) == []


@pytest.mark.parametrize("path", ["tests/run.sh", "docs/run.sh", "vendor/lib/run.sh", "lib-1.2.3/run.sh", "templates/run.sh"])
def test_scripts_that_are_no_part_of_the_pipeline(path):
    assert found({path: "python fit/run.py\n"}) == []


def test_images_have_files_of_their_own():
    assert found({"Dockerfile": "FROM python:3.12\nWORKDIR /srv\nRUN python fit/run.py\n"}) == []


@pytest.mark.parametrize(
    "script",
    [
        "python fit/run.py\n",
        "poetry run python -u fit/run.py --fast\n",
        "time ./fit/go.sh\n",
        "Rscript fit/run.R\n",
        "jupyter nbconvert --to notebook --execute fit/run.ipynb\n",
        "pip install -r fit/requirements.txt\n",
        "docker compose -f fit/compose.yml up\n",
    ],
)
def test_a_file_that_is_nowhere(script):
    [finding] = found({"run.sh": "echo\n" + script})
    assert [(site.path, site.line) for site in finding.locations] == [("run.sh", 2)]
    assert "no file of that name" in finding.evidence[-1].text


def test_a_file_that_was_moved_is_told_even_where_the_script_runs_elsewhere():
    [finding] = found({"jobs/load.sh": "cd /srv/ann/shop\npython src/old/load.py\n", "steps/load.py": "print('loaded')\n"})
    assert [site.path for site in finding.locations] == ["jobs/load.sh", "steps/load.py"]


def test_scripts_of_one_folder_are_one_finding():
    [finding] = found({"ci/a.sh": "bin/one.sh\n", "ci/b.sh": "bin/two.sh\nbin/one.sh\n"})
    assert finding.members == 2
    assert len(finding.locations) == 3


def test_a_template_that_code_copies():
    code = 'import shutil\n\nshutil.copyfile("reports/summary_template.ipynb", "out/summary.ipynb")\n'
    assert found({"run.py": code, "reports/summary_template.ipynb": '{"cells": [], "nbformat": 4, "metadata": {}}'}) == []
    assert found({"run.py": code, "README.md": "Put `summary_template.ipynb` into `reports`.\n"}) == []
    [finding] = found({"run.py": code})
    assert (finding.locations[0].path, finding.locations[0].line) == ("run.py", 3)


def test_what_a_function_copies_that_nobody_calls():
    keep = 'from shutil import copy\n\n\ndef keep(folder):\n    copy("fit/run.py", folder)\n'
    assert found({"store.py": keep, "other.py": "def keep(folder):\n    return folder\n\n\nkeep('out')\n"}) == []
    assert len(found({"store.py": keep, "fit.py": "from store import keep\n\nkeep('out')\n"})) == 1
