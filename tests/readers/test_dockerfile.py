import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.dockerfile import docker_users, read_dockerfile
from analyzer.read.step_facts import Step, StepFacts


def steps(text: str) -> dict[str, Step]:
    facts = read_dockerfile(text)
    return {step.name: step for step in facts.steps}


def words(step: Step) -> list[tuple[str, ...]]:
    return [command.words for command in step.commands]


@pytest.mark.parametrize("text", ["", "# RUN x", "FROM a", "FROM a\nLABEL x=y\nEXPOSE 80\nUSER app", "garbage"])
def test_nothing_is_run(text: str) -> None:
    assert steps(text) == {}


def test_build_and_start() -> None:
    text = """\
ARG VERSION=3.11
FROM python:${VERSION} AS base
ENV DATA=data/x.csv MODE="a b"
ENV OLD value
WORKDIR /app
COPY requirements.txt .
COPY src/ ./src
RUN pip install -r requirements.txt && \\
    # a comment
    python src/prepare.py $DATA $OLD \\
    > out.txt
RUN ["python", "-m", "x"]
USER app
ENTRYPOINT ["python"]
CMD ["/app/src/serve.py", "--port", "80"]
"""
    found = steps(text)
    build, start = found["build:base"], found["start"]
    assert (build.kind, build.line) == ("docker", 2) and not build.is_default and start.is_default and start.after == ("build:base",)
    assert [(d.path, d.line) for d in build.deps] == [("requirements.txt", 6), ("src", 7)]
    assert words(build) == [
        ("pip", "install", "-r", "requirements.txt"),
        ("python", "src/prepare.py", "data/x.csv", "value"),
        ("python", "-m", "x"),
    ]
    assert [command.line for command in build.commands] == [8, 10, 12] and build.commands[1].stdout_line == 11
    assert words(start) == [("python", "src/serve.py", "--port", "80")] and start.line == 14


def test_the_folder_is_that_of_the_context() -> None:
    found = steps("FROM a\nWORKDIR /app\nCOPY . /app\nCMD python serve.py\n")["start"]
    assert words(found) == [("python", "serve.py")] and found.commands[0].cwd == ""
    found = steps("FROM a\nCOPY services/api /srv\nWORKDIR /srv/v1\nCMD python serve.py\n")["start"]
    assert found.commands[0].cwd == "services/api/v1"
    found = steps("FROM a\nWORKDIR /app\nCMD python serve.py\n")["start"]
    assert found.commands[0].cwd == "/app"


def test_only_the_last_stage_starts() -> None:
    found = steps("FROM a AS x\nRUN one\nCMD old\nFROM b\nCOPY --from=x /y /y\nRUN two\nCMD new\n")
    assert words(found["start"]) == [("new",)] and words(found["build:x"]) == [("one",)] and words(found["build"]) == [("two",)]
    assert found["build"].deps == ()


def test_flags_and_here_documents() -> None:
    found = steps(
        "FROM a\nRUN --mount=type=cache,target=/x \\\n  --network=none pip install x\n"
        "RUN <<EOF\npython a.py\n# c\npython b.py\nEOF\nRUN c\n"
    )["build"]
    assert [(command.words[0], command.line) for command in found.commands] == [("pip", 3), ("python", 5), ("python", 7), ("c", 9)]


def test_users() -> None:
    text = (
        "FROM a\nRUN useradd -u 1000 -m alice && adduser --disabled-password --gecos '' bob\n"
        "RUN groupadd g\nUSER carol:staff\nUSER 1000\nUSER root\nUSER $X\n"
    )
    assert docker_users(text) == {"alice", "bob", "carol"}
    assert docker_users("# USER x") == frozenset()


PIECES = [
    "FROM a AS b",
    "RUN x \\",
    "# c",
    "COPY a b",
    'CMD ["a"',
    "ENV A=$A",
    "WORKDIR $A/x",
    "RUN <<E",
    "E",
    "USER",
    "ENTRYPOINT a",
    "ADD http://x y",
    "COPY [1, 2]",
]


@settings(max_examples=300)
@given(st.text(max_size=80) | st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12).map("\n".join))
def test_any_text_gives_facts_or_a_reason(text: str) -> None:
    docker_users(text)
    facts = read_dockerfile(text)
    assert isinstance(facts, StepFacts)
    assert all(1 <= command.line <= facts.lines for step in facts.steps for command in step.commands)


def test_a_stage_goes_on_from_the_one_it_is_based_on() -> None:
    text = "FROM a AS base\nWORKDIR /app\nCOPY src /app/src\nCMD python /app/src/x.py\nFROM base\nCOPY conf /app/conf"
    facts = read_dockerfile(text)
    assert (facts.folder, facts.copies) == ("/app", (("/app/src", "src"), ("/app/conf", "conf")))
    assert words(steps(text)["start"]) == [("python", "src/x.py")]
