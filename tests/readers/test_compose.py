import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.compose import read_compose
from analyzer.read.facts import Unreadable
from analyzer.read.step_facts import Step, StepFacts


def steps(text: str, path: str = "docker-compose.yml") -> dict[str, Step]:
    facts = read_compose(text, path)
    assert isinstance(facts, StepFacts), facts
    return {step.name: step for step in facts.steps}


def words(step: Step) -> list[tuple[str, ...]]:
    return [command.words for command in step.commands]


@pytest.mark.parametrize(
    "text", ["", "services:", "services: {db: {image: postgres}}", "services: [a]", "services: {a: b}", "version: '3'"]
)
def test_nothing_is_run(text: str) -> None:
    assert steps(text) == {}


def test_a_compose_file() -> None:
    text = """\
services:
  api:
    image: x
    command: python serve.py --port 80
    depends_on: [db]
    volumes:
      - ./models:/models
      - ./settings.yml:/x/settings.yml:ro
      - named:/x
  worker:
    entrypoint: ["sh", "-c"]
    command: ["cd app && python work.py"]
  db:
    image: postgres
"""
    found = steps(text, "docker-compose.yml")
    assert sorted(found) == ["api", "worker"] and found["api"].is_default and found["api"].after == ("db",)
    assert words(found["api"]) == [("python", "serve.py", "--port", "80")] and found["api"].commands[0].line == 4
    assert [(d.path, d.line) for d in found["api"].deps] == [("settings.yml", 8)]
    assert words(found["worker"]) == [("cd", "app"), ("python", "work.py")] and found["worker"].commands[0].line == 12


def test_broken_compose_says_where() -> None:
    facts = read_compose("services: [", "compose.yaml")
    assert isinstance(facts, Unreadable) and "line" in facts.reason


def test_mounts_and_images_are_paths_of_the_repository() -> None:
    text = """\
services:
  train:
    build: {context: .., dockerfile: docker/train.Dockerfile}
    working_dir: /app
    command: python train.py
    volumes:
      - ${MODELS:-./models}:/models:ro
      - {type: bind, source: ../data, target: /data}
      - cache:/cache
      - /etc/hosts:/etc/hosts
"""
    step = steps(text, "deploy/compose.yml")["train"]
    assert step.mounts == (("/models", "deploy/models"), ("/data", "data"))
    assert (step.image, step.cwd) == ("docker/train.Dockerfile@.", "/app")


def test_a_service_of_the_first_version_and_a_built_one_without_command() -> None:
    assert steps("web:\n  build: web\n")["web"].image == "web/Dockerfile@web"


def test_environment_is_filled_in() -> None:
    text = "services:\n  a:\n    environment:\n      - OUT=x.csv\n    command: sh -c 'python a.py > $$OUT'"
    step = steps(text)["a"]
    assert words(step) == [("python", "a.py")] and step.commands[0].stdout == "x.csv"


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["services:", "  a:", "    build:", "    command: [x", "    volumes:", "      - ./a:/b", "- x", "<<: *a"])))
def test_any_text_gives_facts_or_a_reason(lines: list[str]) -> None:
    assert isinstance(read_compose("\n".join(lines), "compose.yml"), StepFacts | Unreadable)
