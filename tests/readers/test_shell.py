import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.exec_form import exec_commands
from analyzer.read.shell import read_shell, shell_commands
from analyzer.read.step_facts import Command

SHELLISH = st.text(alphabet="ab $(){}[]<>|&;\"'`\\\n=#/*~!-1", max_size=80)
WORDS = st.lists(
    st.sampled_from(
        ["if", "then", "else", "fi", "for", "x", "in", "do", "done", "case", "esac", ";;", ")", "(", "{", "}", "[[", "]]", "X=1", "$X"]
    )
    | st.sampled_from(
        ["\n", ";", "|", "&&", ">", "<<E", "E", "$(", "${X:-", "}", '"', "'", "cd", "a/b", "function", "export", "A+=(", "`"]
    ),
    max_size=25,
).map(" ".join)


def words(text: str) -> list[tuple[str, ...]]:
    return [command.words for command in shell_commands(text)]


def only(text: str) -> Command:
    (command,) = shell_commands(text)
    return command


# -- silence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# python train.py",
        "   # x > y",
        "X=1",
        "export X=1 Y=2",
        "[[ -f data/x.csv && a < b.txt ]]",
        "((i > 3))",
        "f() { :; }"[:3] + ")",
        "if true\nfi"[:2],
        "for f in a b; do done",
        "\\\n",
        "fi",
        ")",
    ],
)
def test_nothing_is_run(text: str) -> None:
    assert words(text) == []


def test_a_here_document_is_no_command() -> None:
    assert words("cat <<'EOF' | sort\nrm -rf x > y\nit's\nEOF\necho b") == [("cat",), ("sort",), ("echo", "b")]
    assert words("cat <<-A <<B\n\tx\n\tA\ny\nB\necho c") == [("cat",), ("echo", "c")]


def test_comparison_and_error_output_are_no_redirection() -> None:
    for text in ["python a.py 2> err.log", "python a.py 2>&1", "python a.py >&2", "python a.py 2>>err.log", "python a.py '>' x"]:
        assert only(text).stdout == "" and only(text).stdin == ""


# -- words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python train.py --out 'a b' \"c d\"", ("python", "train.py", "--out", "a b", "c d")),
        ("a\\ b c\\\nd", ("a b", "cd")),
        ("echo a#b #c", ("echo", "a#b")),
        ('echo "a\\"b\\n"', ("echo", 'a"b\\n')),
        ("echo --x=1 y=2", ("echo", "--x=1", "y=2")),
        ("echo $UNKNOWN/${OTHER}x", ("echo", "{UNKNOWN}/{OTHER}x")),
        ("echo ${A:-data/x.csv} ${B-y} ${C:=z}", ("echo", "data/x.csv", "y", "z")),
        ("echo ${A:-$HOME/x} $HOME", ("echo", "~/x", "~")),
        ("echo '$A' \\$A $", ("echo", "$A", "$A", "$")),
        ("echo $1 $@ ${2} ${#A} $((1 + 2)) ${A[0]}", ("echo", "{1}", "{@}", "{2}", "{A}", "{expression}", "{A}")),
        ("echo $'a' $\"b\"", ("echo", "a", "b")),
        ("echo ''", ("echo", "")),
        ("echo data/*.csv {a,b}", ("echo", "data/*.csv", "{a,b}")),
        ("sudo time ! echo"[10:], ("echo",)),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert only(text).words == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D=data; F=$D/x.csv\ncat $F", ("cat", "data/x.csv")),
        ("A=1 B=$A; echo $B", ("echo", "1")),
        ("export OUT=models\necho ${OUT}/m.pt", ("echo", "models/m.pt")),
        ("local X='a b'; echo \"$X\"", ("echo", "a b")),
        ("OPTS='--x 1'\necho $OPTS", ("echo", "--x", "1")),
        ("A=(--x 'a b' # don't\n y); A+=(z)\necho \"${A[@]}\" q", ("echo", "--x", "a b", "y", "z", "q")),
        ("A=a; A+=b; echo $A", ("echo", "ab")),
        (
            "F=a/b.tar.gz; echo ${F%.gz} ${F##*/} ${F%/*} ${F%%.*} ${F#a/} ${F/x/y}",
            ("echo", "a/b.tar", "b.tar.gz", "a", "a/b", "b.tar.gz", "{F}"),
        ),
        ("X=1 echo a; echo $X"[10:], ("echo", "{X}")),
        ("A=$B; echo $A", ("echo", "{A}")),
        ("unset A; read A; echo $A"[16:], ("echo", "{A}")),
    ],
)
def test_variables_of_the_same_text_are_filled_in(text: str, expected: tuple[str, ...]) -> None:
    assert words(text)[-1] == expected


def test_a_prefix_assignment_holds_for_its_command_only() -> None:
    assert words("X=1 a\necho $X") == [("a",), ("echo", "{X}")]


def test_known_variables_are_filled_in() -> None:
    assert shell_commands("cat $D/x", 1, {"D": "data"})[0].words == ("cat", "data/x")


def test_branches_keep_a_value_only_when_they_agree() -> None:
    assert words("if a; then X=1; else X=2; fi; echo $X")[-1] == ("echo", "{X}")
    assert words("if a; then X=1; else X=1; fi; echo $X")[-1] == ("echo", "1")
    assert words("if a; then X=1; echo $X; else echo $X; fi") == [("a",), ("echo", "1"), ("echo", "{X}")]


def test_a_default_that_an_option_may_change_is_kept() -> None:
    text = (
        'DATA=data/x.csv\nwhile [ $# -gt 0 ]; do case $1 in\n --data) DATA="$2"; shift;;\n (-v|--verbose) V=1;;\nesac\ndone\n'
        "python t.py $DATA"
    )
    assert words(text)[-1] == ("python", "t.py", "data/x.csv")


def test_the_own_folder_and_the_root_are_known_by_their_idioms() -> None:
    for text in ['"$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"', '$(dirname "$0")', "`dirname $0`", "${0%/*}", "${BASH_SOURCE%/*}"]:
        assert words(f"DIR={text}\npython $DIR/x.py")[-1] == ("python", "{SCRIPT_DIR}/x.py"), text
    assert words('DIR="$(cd "$(dirname "$0")/.." && pwd)"; cat $DIR/x')[-1] == ("cat", "{SCRIPT_DIR}/../x")
    assert words("R=$(git rev-parse --show-toplevel); cat $R/x")[-1] == ("cat", "{REPO_ROOT}/x")


# -- commands


def test_operators_separate_commands_and_pipes_are_told() -> None:
    commands = shell_commands("a && b || c; d & e | f |& g\nh |\n i")
    assert [command.words[0] for command in commands] == list("abcdefghi")
    assert [command.words[0] for command in commands if command.piped] == ["f", "g", "i"]


def test_compound_commands_are_flattened() -> None:
    text = (
        "if a; then b; elif c; then d; else e; fi\nwhile f; do g; done\nf1() { h; }\n"
        "function f2 { i; }\ncase $x in a|b) j;; *) k; esac\n{ l; }\n( m )\n! n"
    )
    assert [command.words[0] for command in shell_commands(text)] == list("abcdefghijklmn")


def test_the_variable_of_a_loop() -> None:
    assert words("for f in data/*.csv; do cat $f; done; for g in a b\ndo cat $g; done; for ((i=0; i<3; i++)); do cat $i; done") == [
        ("cat", "data/*.csv"),
        ("cat", "{g}"),
        ("cat", "{i}"),
    ]


def test_redirections_and_their_lines() -> None:
    command = only("python a.py \\\n  < in.txt \\\n  --x y \\\n  >> out/log.txt")
    assert (command.stdin, command.stdin_line, command.stdout, command.stdout_line, command.append) == ("in.txt", 2, "out/log.txt", 4, True)
    assert command.words == ("python", "a.py", "--x", "y") and command.word_lines == (1, 1, 3, 3)
    assert only("a &> x").stdout == "x" and only("a >| x").stdout == "x" and only("> x").stdout == "x" and only("exec 200>x").stdout == "x"
    assert only("a > $X/y").stdout == "{X}/y"


def test_the_redirection_of_a_block_is_that_of_its_first_or_last_command() -> None:
    read, tee = shell_commands("while read l; do tee $l; done < list.txt")
    assert read.stdin == "list.txt" and tee.stdin == ""
    cat, shuf = shell_commands("( cat a | shuf ) > out")
    assert cat.stdout == "" and shuf.stdout == "out"


def test_substituted_commands_come_first_with_their_lines() -> None:
    found = shell_commands('echo "$(cat a.txt | grep x)" \\\n `wc -l b.txt` <(sort c)')
    assert [(command.words, command.line) for command in found] == [
        (("cat", "a.txt"), 1),
        (("grep", "x"), 1),
        (("wc", "-l", "b.txt"), 2),
        (("sort", "c"), 2),
        (("echo", "{cat}", "{wc}", "{process}"), 1),
    ]


def test_the_working_directory_follows_cd() -> None:
    found = shell_commands("cd a\nx\n(cd b; y)\nz\ncd ../c && v\npushd d; w; popd; u\ncd -; t\ncd /abs; s\ncd $X; r")
    assert {command.words[0]: command.cwd for command in found if command.words[0] not in ("cd", "pushd", "popd")} == {
        "x": "a", "y": "a/b", "z": "a", "v": "c", "w": "c/d", "u": "c", "t": "c/d", "s": "/abs", "r": "{X}",
    }  # fmt: skip


def test_a_branch_that_leaves_the_script_moves_nobody_else() -> None:
    assert shell_commands("if a; then cd b; help; exit 0; fi; c")[-1].cwd == ""
    assert shell_commands("if a; then cd b; else c; fi")[-1].cwd == ""
    assert shell_commands("if a; then cd b; fi; c")[-1].cwd == "b"


def test_lines_count_from_the_first() -> None:
    assert [command.line for command in shell_commands("a\n\nb 'x\ny'\nc", 10)] == [10, 12, 14]


def test_the_text_of_a_command_is_its_source() -> None:
    assert only("python a.py \\\n   --x $Y").text == "python a.py --x $Y"


def test_words_of_the_exec_form() -> None:
    assert exec_commands(["python", "a b.py"], 3)[0].words == ("python", "a b.py")
    assert [c.words for c in exec_commands(["/bin/bash", "-lc", "cd x && python a.py"], 3)] == [("cd", "x"), ("python", "a.py")]
    assert exec_commands(["bash", "run.sh", "-c", "x"], 3)[0].words == ("bash", "run.sh", "-c", "x")
    assert exec_commands([], 1) == ()


def test_a_script_is_one_step() -> None:
    facts = read_shell("#!/bin/sh\n. ./env.sh\nsource lib.sh\n# mldebt: ignore[JGL001] why\npython a.py\n")
    (step,) = facts.steps
    assert facts.kind == "shell" and facts.lines == 6 and facts.includes == ("./env.sh", "lib.sh")
    assert (step.kind, step.name, step.line, step.end_line) == ("shell", "", 1, 6)
    assert step.commands[-1].words == ("python", "a.py") and facts.suppressions[0].codes == ("JGL001",)


# -- anything


@settings(max_examples=300)
@given(st.text(max_size=120) | SHELLISH | WORDS)
def test_any_text_gives_commands(text: str) -> None:
    last = text.count("\n") + 1
    for command in read_shell(text).steps[0].commands:
        assert 1 <= command.line <= last
        assert all(command.line <= line <= last for line in command.word_lines)


@given(st.lists(st.text(alphabet="abc/._- '\"$", min_size=1, max_size=8), min_size=1, max_size=5))
def test_quoted_words_come_back_as_they_are(parts: list[str]) -> None:
    import shlex

    assert only("run " + shlex.join(parts)).words == ("run", *parts)


@pytest.mark.parametrize(
    "text",
    [
        "$(" * 40_000,
        "`" * 80_000,
        "${a:-" * 40_000,
        "a=(" * 40_000,
        "(" * 80_000,
        "{ " * 40_000,
        "if x; then " * 20_000,
        '"$(' * 40_000,
        "<<a " * 40_000,
        "A=$A$A$A$A x\n" * 20_000,
        "A=1; A=$A$A; " * 20_000 + "echo $A" * 1000,
        "X='" + "a " * 20_000 + "'\n" + "echo $X\n" * 5_000,
        "case a in " * 20_000,
        "".join(f"if a; then X{i}=1; else\n" for i in range(10_000)),
        "'" * 80_001,
        "$((" * 40_000,
        "((\n" * 40_000,
        ">" * 80_000,
        "@(" * 40_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    started = time.process_time()
    read_shell(text)
    assert time.process_time() - started < 5
