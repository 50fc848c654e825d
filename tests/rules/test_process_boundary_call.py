from __future__ import annotations

import pytest

from analyzer.model import Confidence, Site
from analyzer.scan import graph_of_texts
from rules.process_boundary_call import ProcessBoundaryCall

OTHER = {"other.py": "if __name__ == '__main__':\n    print(1)\n", "run.sh": "set -e\npython other.py\n"}


def found(texts: dict[str, str]):  # type: ignore[no-untyped-def]
    return list(ProcessBoundaryCall().check(graph_of_texts(OTHER | texts)))


def job(line: str) -> str:
    return f"import os\nimport subprocess\nimport sys\n\n\ndef f(a, b, venv):\n    {line}\n"


@pytest.mark.parametrize(
    "texts",
    [
        {"tests/test_a.py": job("os.system('python other.py')")},
        {"setup.py": job("os.system('python other.py')")},
        {"a.py": "import runpy\n\nif __name__ == '__main__':\n    runpy.run_path('other.py', run_name='__main__')\n"},
        {"a.py": "from runpy import run_module\n\n\ndef f():\n    run_module('other', run_name='__main__')\n"},
        {"a.py": job("subprocess.run([sys.executable, 'other.py', '--help'], check=True)")},
        {"a.py": job("subprocess.Popen([sys.executable, 'serve.py', '--port', a])"), "serve.py": OTHER["other.py"]},
        {"a.py": job("subprocess.Popen([sys.executable, 'api_server.py'])"), "api_server.py": OTHER["other.py"]},
        {"ci/a.py": job("os.system('python other.py')")},
        {"a.py": job("subprocess.run([f'{venv}/bin/python', 'other.py'])")},
        {"a.py": job("subprocess.run(['/opt/venvs/old/bin/python', 'other.py'])")},
        {"a.py": job("subprocess.run(['accelerate', 'launch', 'other.py'])")},
        {"a.py": job("subprocess.run(['git', 'rev-parse', 'HEAD'])")},
        {"a.py": job("subprocess.run(['gdalwarp', a, b], check=True)")},
        {"a.py": job("os.system('gdalinfo --version')")},
        {"a.py": job("os.system(f'mkdir -p {a}')")},
        {"a.py": job("os.system(a)")},
        {"a.py": job("os.system(f'python {a}')")},
        {"a.py": job("x = [subprocess.Popen(['python', 'other.py', n]) for n in a]\n    while x[0].poll():\n        pass")},
        {"a.py": job("subprocess.getoutput(f'scontrol show hostname {a}')")},
        {"installers/a.py": job("os.system(f'bash -c {a}')")},
        {"a.py": "import subprocess\n\nSHA = subprocess.check_output(['git', 'rev-parse', 'HEAD'])\n"},
        {"dags/a.py": "from airflow import DAG\n\n" + job("os.system('python other.py')") + "\n\ndag = DAG('x')\n"},
    ],
)
def test_silent(texts: dict[str, str]) -> None:
    assert found(texts) == []


def test_own_programs_of_a_file_are_one_finding() -> None:
    text = job("subprocess.run([sys.executable, 'other.py', a], check=True)") + "    os.system('bash run.sh')\n"
    (finding,) = found({"a.py": text})
    assert finding.locations == (Site("a.py", 7), Site("a.py", 8), Site("run.sh", 2))
    assert finding.confidence is Confidence.C
    assert "`other.py`, `run.sh`" in finding.message
    assert "whether it failed is not looked at" in finding.message
    assert "exit status is dropped" not in finding.evidence[0].text
    assert "exit status is dropped" in finding.evidence[1].text


RUNS_TEST = {"a.py": job("subprocess.run(['python', 'test_models.py', a], check=True)")}


@pytest.mark.parametrize("text", ["import pytest\n\nprint(1)\n", "def test_size():\n    assert 1\n", "class TestSize:\n    pass\n"])
def test_a_file_of_tests_is_no_program(text: str) -> None:
    assert found(RUNS_TEST | {"test_models.py": text}) == []
    assert found({"a.py": job("subprocess.run(['python', 'tests/test_models.py'])"), "tests/test_models.py": "print(1)\n"}) == []


def test_a_program_that_only_bears_the_name_of_a_test() -> None:
    (finding,) = found(RUNS_TEST | {"test_models.py": "import sys\n\nprint(sys.argv[1])\n"})
    assert "`test_models.py`" in finding.message


def test_words_that_only_the_run_knows_behind_a_list_of_known_ones() -> None:
    (finding,) = found({"a.py": job("words = ['python', 'other.py'] + list(a.names())\n    subprocess.run(words)")})
    assert finding.locations == (Site("a.py", 8),)
    assert found({"a.py": job("words = list(a.names()) + ['other.py']\n    subprocess.run(words)")}) == []


def test_a_target_that_cannot_run_any_more_is_told() -> None:
    rotten = "from lib import gone\n\nif __name__ == '__main__':\n    gone()\n"
    texts = {"a.py": job("subprocess.run([sys.executable, 'other.py', a], check=True)"), "lib.py": "def here():\n    return 1\n"}
    (finding,) = found(texts | {"other.py": rotten})
    assert finding.evidence[-1].text == "`other.py` imports what no longer exists (`gone`): it cannot run"
    (finding,) = found(texts)
    assert "no longer exists" not in finding.evidence[-1].text


def test_values_in_a_shell_string_for_a_program_on_data() -> None:
    (finding,) = found({"a.py": job("subprocess.run(f'gdalwarp {a} {b}', shell=True, check=True)")})
    assert "drives `gdalwarp` by shell strings" in finding.message


def test_an_import_that_starts_a_program() -> None:
    text = "import subprocess\n\nSHA = subprocess.check_output(['git', 'rev-parse', 'HEAD'])\n"
    (finding,) = found(
        {"conf.d/__init__.py": "", "pkg/__init__.py": "", "pkg/params.py": text, "a.py": "from pkg import params\nprint(params)\n"}
    )
    assert "runs `git` when it is imported" in finding.message
    (finding,) = found({"params.py": text + "\n\nif __name__ == '__main__':\n    print(SHA)\n"})
    assert finding.locations[0].line == 3


def test_a_renamed_import_starts_the_same_program() -> None:
    texts = {
        "prepare.py": "def main():\n    print(1)\n\n\nif __name__ == '__main__':\n    main()\n",
        "train.py": "from subprocess import Popen as start\n\n\ndef run():\n    start(['python', 'prepare.py'])\n",
    }
    (finding,) = ProcessBoundaryCall().check(graph_of_texts(texts))
    assert finding.locations[0].line == 5


def test_an_installed_tool_is_not_the_sub_package_of_its_name() -> None:
    package = {"words/__init__.py": "", "words/spacy/__init__.py": "X = 1\n"}
    call = "import subprocess\n\n\ndef get():\n    subprocess.run(['python', '-m', 'spacy', 'download', 'en'])\n"
    assert found(package | {"words/get.py": call}) == []


@pytest.mark.parametrize("path", ["build-wasm.py", "integration_test.py"])
def test_builds_and_tests(path: str) -> None:
    own = {"worker.py": "if __name__ == '__main__':\n    print(1)\n"}
    call = "import subprocess\n\n\ndef go():\n    subprocess.run(['python', 'worker.py'])\n"
    assert found(own | {"go.py": call})
    assert found(own | {path: call}) == []
    assert found(own | {"go.py": "import unittest\n" + call}) == []


def test_a_server_that_is_started() -> None:
    call = "import os\n\n\ndef go(port):\n    os.system(f'%s --port {port}')\n"
    assert found({"go.py": call % "marian-server"}) == []
    assert found({"go.py": call % "marian-decode"})


# ---- programs from elsewhere, by lists of words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run(['soxi', a], check=True)",  # one place that looks at the result is an adapter
        "return subprocess.run(['soxi', a], capture_output=True)",
        "subprocess.call(['ping', '-c', '1', a])",
        "subprocess.call(['kubectl', 'get', a])",
        "subprocess.call(['aws', 'configure', a])",
        "subprocess.call(['soxi', '-h'])",
        "subprocess.call([a, b])",
        "subprocess.call(['python3', a])",
        "p = subprocess.Popen(['ffmpeg', a], stdout=subprocess.PIPE)\n    return p.stdout",
    ],
)
def test_one_place_that_drives_a_tool_well(line: str) -> None:
    assert found({"a.py": job(line)}) == []


def test_a_tool_that_a_variable_leads_to() -> None:
    (finding,) = found({"a.py": job("subprocess.call([tool_path, '-r', a])").replace("venv", "tool_path")})
    assert "hands data to `{tool_path}` by subprocess" in finding.message
    assert found({"a.py": job("subprocess.call([python_path, '-r', a])").replace("venv", "python_path")}) == []


def test_a_recipe_of_a_task_runner() -> None:
    text = "from invoke import task\n\n\n@task\ndef add(ctx, folder):\n    ctx.run(f'dvc add {folder}', echo=True)\n"
    assert found({"jobs/a.py": text}) == []


def test_a_tool_that_two_files_run_twice_in_all() -> None:
    assert found({"a.py": job("subprocess.check_call(['soxi', a])"), "b.py": job("subprocess.check_call(['soxi', b])")}) == []


def test_a_tool_that_many_places_run_is_one_finding_of_the_tool() -> None:
    line = "subprocess.check_output(['soxi', '-s', a])"
    (finding,) = found({"a.py": job(line), "b.py": job(line), "c.py": job(line), "tests/test_d.py": job(line)})
    assert finding.subject.id == "soxi"
    assert finding.locations == (Site("a.py", 7), Site("b.py", 7), Site("c.py", 7))
    assert finding.message == "`soxi` is driven by subprocess from 3 places in 3 files, such as `a.py`"
    assert "one function that runs `soxi`" in finding.remedy


def test_a_file_that_one_tool_hands_to_the_next() -> None:
    first = "subprocess.check_call(['lmplz', a, f'{b}/lm.arpa'])\n    subprocess.check_call(['filter', %s, a])"
    (finding,) = found({"a.py": job(first % "f'model:{b}/lm.arpa'")})
    assert finding.locations == (Site("a.py", 7), Site("a.py", 8))
    assert "hands data to `filter`, `lmplz` by subprocess" in finding.message
    assert found({"a.py": job(first % "'single'")}) != []  # both read what `a` names
    assert found({"a.py": job("subprocess.check_call(['lmplz', a])\n    subprocess.check_call(['filter', b])")}) == []
    other = "\n\ndef g(a, b):\n    subprocess.check_call(['zstd', b, a])\n"
    assert found({"a.py": job("subprocess.check_call(['tar', a])") + other}) == []  # a variable of the same name elsewhere


def test_a_tool_whose_failure_nobody_looks_at() -> None:
    (finding,) = found({"a.py": job("subprocess.call(['wgrib2', a, '-netcdf', b])")})
    assert finding.message == "`a.py` hands data to `wgrib2` by subprocess; whether it failed is not looked at"


def test_the_command_line_of_a_cloud_that_moves_data() -> None:
    (finding,) = found({"a.py": job("os.system(f'aws s3 cp {a} s3://bucket/{b}')")})
    assert "drives `aws` by shell strings" in finding.message


def test_a_notebook_that_is_run_by_a_shell_string() -> None:
    (finding,) = found({"a.py": job("os.system(f'jupyter nbconvert --execute {a}')")})
    assert "drives `jupyter` by shell strings" in finding.message
    assert found({"a.py": job("os.system(f'jupyter lab --port {a}')")}) == []


def test_a_script_of_another_language() -> None:
    script = {"models/fit.R": "x <- read.csv('a.csv')\n"}
    (finding,) = found(script | {"a.py": job("subprocess.check_call(['C:/R/bin/Rscript', 'fit.R', str(a)])")})
    assert "runs `models/fit.R` of its own repository as a process" in finding.message
    assert found(script | {"a.py": job("subprocess.check_call(['Rscript', 'other.R', str(a)])")}) == []
    assert found(script | {"old/fit.R": "", "a.py": job("subprocess.check_call(['Rscript', 'fit.R', str(a)])")}) == []


# ---- programs inside of scripts --------------------------------------------------------------------------------------------------

LONG = "import json\n" + "\n".join(f"print(json.dumps({number}))" for number in range(20)) + "\n"


@pytest.mark.parametrize(
    "texts",
    [
        {"report.sh": "python - <<'EOF'\nimport json\nprint(json.dumps(1))\nEOF\n"},
        {"report.sh": f"python report.py <<'EOF'\n{LONG}EOF\n"},  # its input, not its code
        {"report.sh": f"cat > report.py <<'EOF'\n{LONG}EOF\n"},
        {"report.sh": "python - <<'EOF'\n" + "# a line of a long remark\n" * 20 + "print(1)\nEOF\n"},
        {"tests/report.sh": f"python - <<'EOF'\n{LONG}EOF\n"},
    ],
)
def test_texts_that_are_no_long_program(texts: dict[str, str]) -> None:
    assert found(texts) == []


@pytest.mark.parametrize("start", ["python - <<'EOF'", "uv run python3 - <<'EOF'", "python <<EOF"])
def test_a_long_program_in_a_script(start: str) -> None:
    (finding,) = found({"report.sh": f"set -e\n{start}\n{LONG}EOF\n"})
    assert finding.message.startswith("`report.sh` holds a program of 21 lines for `python")
    assert finding.locations == (Site("report.sh", 2),)


def test_long_programs_in_a_job() -> None:
    code = "".join(f"          {line}\n" for line in LONG.split("\n")[:-1])
    job = f"on: push\njobs:\n  a:\n    steps:\n      - run: |\n          python - <<'EOF'\n{code}          EOF\n"
    (finding,) = found({".github/workflows/a.yml": job})
    assert finding.locations == (Site(".github/workflows/a.yml", 6),)


def test_programs_of_several_files_are_one_finding() -> None:
    script = f"python - <<'EOF'\n{LONG}EOF\n"
    (finding,) = found({"report.sh": script, "ops/check.sh": script, "lib/pyproject.toml": "", "lib/a.sh": "ls\n"})
    assert finding.message.startswith("2 files such as `ops/check.sh` hold 2 programs of 42 lines in all for `python`")


def test_a_script_that_a_test_names() -> None:
    script = {"ci/report.sh": f"python - <<'EOF'\n{LONG}EOF\n"}
    assert len(found(script)) == 1
    assert (
        found(script | {"ci/report_test.py": "import os\n\n\ndef test_report():\n    assert os.system('bash ci/report.sh') == 0\n"}) == []
    )


def test_containers_and_lessons() -> None:
    assert found({"a.py": job("subprocess.call(['docker-compose', '-f', f'{a}.yml', 'down'])")}) == []
    assert found({"a.py": job("os.system(f'jupyter nbconvert --execute examples/tutorials/{a}')")}) == []
    copy = job("subprocess.call(['gsutil', 'cp', a, b])")
    assert len(found({f"{name}/train.py": copy for name in "abc"})) == 1
    assert found({f"workshops/{name}/solutions/train.py": copy for name in "abc"}) == []
