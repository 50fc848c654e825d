from __future__ import annotations

import ast
import textwrap

from hypothesis import given
from hypothesis import strategies as st

from analyzer.read.clones import MAX_TOP_STATEMENTS, MIN_ROWS, clone_unit, top_unit
from analyzer.read.facts import CloneUnit

ADAPTER = """
def load(path, names):
    frame = pd.read_csv(path, encoding="utf-8")
    frame = frame.rename(columns=names)
    frame["day"] = pd.to_datetime(frame["day"])
    values = frame["value"].to_numpy()
    ids = frame["id"].tolist()
    tensor = torch.tensor(values)
    torch.save(tensor, path + ".pt")
    return ids
"""


def unit(text: str) -> CloneUnit | None:
    tree = ast.parse(textwrap.dedent(text))
    functions = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return clone_unit(functions[0], 7)


def test_a_short_function_is_no_unit() -> None:
    assert unit("def f(p):\n    x = open(p)\n    return x.read()\n") is None


def test_a_function_that_computes_is_a_unit_without_glue() -> None:
    body = "".join(f"    x{n} = model(y) * {n} + other(y)\n" for n in range(12))
    found = unit(f"def f(y):\n{body}    return x1\n")
    assert found is not None
    assert found.glue == 0


def test_eight_lines_of_comments_and_logging_are_not_eight_lines() -> None:
    talk = "".join(f'    logger.info("{n}")\n    print({n})\n    # note\n' for n in range(8))
    assert unit(f'def f(p):\n    """Docstring."""\n{talk}    frame = pd.read_csv(p)\n    return frame\n') is None


def test_lists_of_options_are_no_adapters() -> None:
    options = "".join(f'    parser.add_argument("--option-{n}", type=int)\n' for n in range(12))
    found = unit(f"def parse():\n    parser = argparse.ArgumentParser()\n{options}    return parser.parse_args()\n")
    assert found is not None
    assert found.glue < 0.5


def top(text: str) -> CloneUnit | None:
    return top_unit(ast.parse(textwrap.dedent(text)))


def test_imports_and_definitions_are_no_code_of_the_file_itself() -> None:
    assert top("import a\nimport b\nimport c\nfrom d import e\n" + ADAPTER) is None
    assert top("x = 1\n" * (MAX_TOP_STATEMENTS + 2)) is not None, "cut, not dropped"


def test_the_code_of_a_file_is_a_unit() -> None:
    script = """
    import pandas as pd

    frame = pd.read_csv("a.csv")
    def helper(x):
        return x * 2
    frame = frame.dropna()
    if __name__ == "__main__":
        table = helper(frame)
        table.to_csv("b.csv")
    """
    found = top(script)
    assert found is not None
    assert found.scope == 0
    assert found.lines == (
        "$0 = pd.read_csv('a.csv')",
        "$0 = $0.dropna()",
        "if __name__ == '__main__'",
        "$0 = helper($1)",
        "$0.to_csv('b.csv')",
    )
    assert top(script.replace("frame", "raw").replace("table", "done")) == found


def test_a_very_long_function_is_left_out() -> None:
    assert unit("def f(p):\n" + "    x = pd.read_csv(p)\n" * 400) is None


def test_an_adapter_is_a_unit() -> None:
    found = unit(ADAPTER)
    assert found is not None
    assert found.scope == 7
    assert found.glue == 1.0
    assert found.lines[:3] == (
        "$0 = pd.read_csv($1, encoding='utf-8')",
        "$0 = $0.rename(columns=$1)",
        "$0['day'] = pd.to_datetime($0['day'])",
    )
    assert found.source_lines == tuple(range(3, 11))
    assert len(found.lines) == 2 * MIN_ROWS


def test_names_layout_docstring_annotations_and_logging_do_not_matter() -> None:
    other = '''
    def read(source: str, mapping: dict[str, str]) -> list[int]:
        """Reads.

        Something.
        """
        table: pd.DataFrame = pd.read_csv(
            source, encoding="utf-8")  # as they send it
        logger.warning("reading %s", source)
        table = table.rename(columns=mapping)
        table["day"] = pd.to_datetime(table["day"])
        numbers = table["value"].to_numpy()
        print(numbers)
        keys = table["id"].tolist()
        wrapped = torch.tensor(numbers)
        torch.save(wrapped, source + '.pt')
        return keys
    '''
    first, second = unit(ADAPTER), unit(other)
    assert first is not None
    assert second is not None
    assert first.lines == second.lines


def test_the_order_of_keyword_arguments_does_not_matter() -> None:
    text = ADAPTER.replace('encoding="utf-8"', 'encoding="utf-8", sep=";"')
    assert unit(text) == unit(ADAPTER.replace('encoding="utf-8"', 'sep=";", encoding="utf-8"'))


def test_names_of_functions_inside_are_local() -> None:
    outer = "def make(path):\n    table = pd.read_csv(path)\n" + textwrap.indent(ADAPTER, "    ") + "    return load\n"
    assert unit(outer) == unit(outer.replace("load(", "other(").replace("return load", "return other").replace("names", "columns_"))


def test_literals_columns_operators_and_apis_matter() -> None:
    for old, new in (('"utf-8"', '"latin-1"'), ('"day"]', '"date"]'), ("to_numpy", "tolist"), ('+ ".pt"', '% ".pt"'), ("pd.", "pl.")):
        first, second = unit(ADAPTER), unit(ADAPTER.replace(old, new))
        assert first is not None
        assert second is not None
        assert first.lines != second.lines, old


def test_one_more_local_does_not_change_the_other_lines() -> None:
    first, second = unit(ADAPTER), unit(ADAPTER.replace("    frame = pd.read", "    extra = open(path).read()\n    frame = pd.read"))
    assert first is not None
    assert second is not None
    assert second.lines[1:] == first.lines


WRITER = """
def write(path, rows):
    for row in rows:
        record = json.dumps({"number": row["number"], "name": row["name"], "day": row["day"], "type": row["type"]}, sort_keys=True)
        save_record(path, record)
    with open(path) as stream:
        text = stream.read()
    return text
"""


def test_a_long_statement_is_compared_part_by_part() -> None:
    found = unit(WRITER)
    assert found is not None
    assert found.lines == (
        "for $0 in $1",
        "$0 = json.dumps(",
        "{",
        "'number': $1['number']",
        "'name': $1['name']",
        "'day': $1['day']",
        "'type': $1['type']",
        "sort_keys=True",
        "save_record($0, $1)",
        "with $0 = open($1)",
        "$0 = $1.read()",
        "return $0",
    )


def test_how_a_statement_is_laid_out_does_not_matter() -> None:
    one, spread = unit(WRITER), unit(WRITER.replace('", ', '",\n').replace('"], ', '"],\n\n').replace("rows)", "\nrows\n,)"))
    assert one is not None
    assert spread is not None
    assert spread.lines == one.lines
    assert spread.source_lines != one.source_lines


def test_nested_statements_of_every_kind_are_seen() -> None:
    found = unit(
        """
        async def move(source, target):
            async with connect(source) as link:
                while True:
                    try:
                        chunk = await link.read(1024)
                    except OSError as error:
                        raise RuntimeError(str(error))
                    finally:
                        os.makedirs(target, exist_ok=True)
                    match chunk:
                        case b"":
                            break
                        case _:
                            assert chunk
                    *head, tail = [float(part) for part in chunk.split()]
                    (last := tail)
                    del head
            return {"rows": {k: v for k, v in load_rows(target)}, "set": {x for x in ()}, "f": f"{last!r:>4}"}
        """
    )
    assert found is not None
    text = "\n".join(found.lines)
    for line in ("with $0 = connect($1)", "while True", "except OSError", "raise RuntimeError", "assert $0", "del $0"):
        assert line in text, line


def test_a_very_long_literal_is_cut() -> None:
    found = unit(ADAPTER.replace('"utf-8"', repr("x" * 500)))
    assert found is not None
    assert len(found.lines[2]) < 150
    longer = unit(ADAPTER.replace('"utf-8"', repr("x" * 501)))
    assert longer is not None
    assert longer.lines[2] != found.lines[2]


@given(st.sampled_from(["path", "frame", "ids", "values", "tensor"]), st.from_regex(r"[a-z]{3,8}_q", fullmatch=True))
def test_renaming_a_local_changes_nothing(old: str, new: str) -> None:
    tree = ast.parse(ADAPTER)

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.copy_location(ast.Name(new if node.id == old else node.id, node.ctx), node)

        def visit_arg(self, node: ast.arg) -> ast.arg:
            return ast.copy_location(ast.arg(new if node.arg == old else node.arg, None), node)

    assert unit(ast.unparse(Rename().visit(tree))) == unit(ast.unparse(tree))
