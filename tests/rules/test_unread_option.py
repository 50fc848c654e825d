from __future__ import annotations

import json

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.unread_option import UnreadOption


def found(texts: dict[str, str]) -> list[Finding]:
    return list(UnreadOption().check(graph_of_texts(texts)))


def lines(texts: dict[str, str]) -> list[str]:
    return [str(finding.locations[0]) for finding in found(texts)]


CALL = "\n\nf(1, path='a.csv')\n"


@pytest.mark.parametrize(
    "text",
    [
        "def f(x, path):\n    return open(path, x)" + CALL,
        "def f(x, path=None):\n    raise NotImplementedError" + CALL,
        "def f(x, path=None):\n    '''Later.'''\n    return None" + CALL,
        "def f(x, _path=None):\n    return x + 1\n\n\nf(1, _path='a.csv')\n",
        "def f(x, path=None):\n    return x + 1\n\n\nf(1)\n",
        "def f(x, path=None):\n    return x + 1\n\n\nf(*y, **z)\n",
        "def f(x, path=None):\n    return locals()" + CALL,
        "def f(x, path=None):\n    return [g(path) for g in x]" + CALL,
        "def f(x, path=None):\n    def g():\n        return path, x\n    return g" + CALL,
        "def f(x, path=None):\n    return lambda: (x, path)" + CALL,
        "def f(x, path=None, **kwargs):\n    return g(x, **kwargs)" + CALL,
        "@step\ndef f(x, path=None):\n    return x + 1" + CALL,
        "def f(x, path=None):\n    return x + 1\n\n\nCALLBACKS = [f]" + CALL,
        "def f(x, path=None):\n    return x + 1\n\n\nrun('pkg.model:f')" + CALL,
        "def f(x, context):\n    return x + 1\n\n\nf(1, context=2)\n",
        "def f(x, path=None):\n    if path is None:\n        path = 1\n    return g(x, path)" + CALL,
        "def f(x, path=None):\n    path = path or 1\n    return g(x, path)" + CALL,
        "from lib import f\n\n\ndef g():\n    def f(x, path=None):\n        return x + 1\n\n\nf(1, path='a')\n",
    ],
)
def test_silent(text: str) -> None:
    assert lines({"model.py": text}) == []


def test_silent_where_modules_are_the_entries_of_a_table() -> None:
    texts = {
        "run.py": "from jobs import fit, tell\n\nJOBS = {'fit': fit, 'tell': tell}\nJOBS[name].main(1, options)\n",
        "jobs/__init__.py": "",
        "jobs/fit.py": "def main(x, options):\n    return run(x, options)\n",
        "jobs/tell.py": "def main(x, options):\n    return run(x)\n\n\nmain(1, options=2)\n",
    }
    assert lines(texts) == []


@pytest.mark.parametrize(
    ("body", "is_found"), [("    log.info('waits')\n    time.sleep(5)\n", False), ("    time.sleep(5)\n    start(x)\n", True)]
)
def test_silent_where_a_function_stands_in_for_one_to_come(body: str, is_found: bool) -> None:
    assert bool(lines({"deploy.py": f"def wait(x, retries=3):\n{body}\n\nwait(1, retries=5)\n"})) is is_found


def test_silent_when_only_a_test_passes_it() -> None:
    assert (
        lines({"model.py": "def f(x, path=None):\n    return x + 1\n", "tests/test_model.py": "from model import f\nf(1, path='a')\n"})
        == []
    )


METHOD = "    def f(self, x, path=None):\n        return x + 1\n\n    def g(self):\n        return self.f(1, path='a')\n"


@pytest.mark.parametrize(
    "text",
    [
        "import lib\n\n\nclass A(lib.Base):\n" + METHOD,
        "from abc import ABC\n\n\nclass A(ABC):\n" + METHOD,
        "class B:\n    def f(self, x, path=None):\n        return open(path)\n\n\nclass A(B):\n" + METHOD,
        "class A:\n" + METHOD + "\n\nclass B(A):\n    def f(self, x, path=None):\n        return open(path)\n",
        "class A:\n    def __exit__(self, kind, value, trace):\n        self.close()\n\n\nA().__exit__(1, 2, 3)\n",
    ],
)
def test_silent_where_the_signature_is_demanded(text: str) -> None:
    assert lines({"model.py": text}) == []


def test_three_functions_of_one_name_have_a_signature_in_common() -> None:
    plug = "def run(x, path=None):\n    return x + 1\n\n\nrun(1, path='a')\n"
    assert lines({"a.py": plug, "b.py": plug, "c.py": "def run(x, path=None):\n    return open(path)\n"}) == []


def test_an_attribute_that_any_file_reads_is_not_kept_in_vain() -> None:
    text = "class A:\n    def __init__(self, rate=1):\n        self.rate = rate\n\n\nA(rate=2)\n"
    assert lines({"a.py": text}) == ["a.py:2"]
    assert lines({"a.py": text, "b.py": "def show(a):\n    return a.rate\n"}) == []
    assert lines({"a.py": text, "b.py": "NAMES = ['rate']\n"}) == []
    assert lines({"a.py": "import lib\n\n\n" + text.replace("class A:", "class A(lib.Base):")}) == []


PARSER = "import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument('--warmup', type=int)\n"


@pytest.mark.parametrize(
    "text",
    [
        PARSER + "args = parser.parse_args()\nfit(args.warmup)\n",
        PARSER + "args = vars(parser.parse_args())\nfit(args['warmup'])\n",
        PARSER + "args = parser.parse_args()\nconfigure(args)\n",
        PARSER + "args = parser.parse_args()\nlib.run(**vars(args))\n",
        PARSER + "args = parser.parse_args()\n\n\ndef run(warmup):\n    return warmup\n\n\nrun(**vars(args))\n",
        PARSER + "args = vars(parser.parse_args())\n\n\ndef run(cfg):\n    return lib.load('a', **cfg)\n\n\nrun(args)\n",
        PARSER + "args = vars(parser.parse_args())\n\n\ndef run(**more):\n    return lib.load(more)\n\n\nrun(**args)\n",
        PARSER
        + "args = parser.parse_args()\n\n\ndef given(x):\n    return {k: v for k, v in vars(x).items() if v}\n\n\ngo(**given(args))\n",
        PARSER
        + "args = parser.parse_args()\n\n\ndef given(x):\n    found = dict(x._get_kwargs())\n    return found\n\n\ngo(**given(args))\n",
        PARSER + "args = parser.parse_args()\n\n\ndef a(x):\n    return b(x)\n\n\ndef b(y):\n    return lib.load(y)\n\n\na(args)\n",
        PARSER + "args = parser.parse_args()\nfor name in NAMES:\n    use(getattr(args, name))\n",
        PARSER,
        PARSER.replace("--warmup", "--local_rank") + "args = parser.parse_args()\n",
        PARSER.replace("type=int", "help='deprecated'") + "args = parser.parse_args()\n",
        PARSER.replace("type=int", "action=Show") + "args = parser.parse_args()\n",
        "options = webdriver.Options()\noptions.add_argument('--headless')\nargs = options.parse_args()\n",
        PARSER.replace("--warmup", "cache-root") + "args = parser.parse_args()\nread(getattr(args, 'cache-root'))\n",
    ],
)
def test_options_that_are_read_or_cannot_be_followed(text: str) -> None:
    assert lines({"train.py": text}) == []


def test_an_option_that_another_file_reads() -> None:
    texts = {"options.py": PARSER + "args = parser.parse_args()\n", "train.py": "def fit(args):\n    return args.warmup\n"}
    assert lines(texts) == []


def test_options_that_nothing_reads_are_one_finding() -> None:
    text = (
        PARSER
        + "parser.add_argument('-m', '--mode')\nparser.add_argument('--rate')\nargs = parser.parse_args()\nprint(args)\nfit(args.rate)\n"
    )
    (finding,) = found({"train.py": text})
    assert finding.message == "options `--warmup`, `--mode` of train.py are parsed and never read"
    assert ([site.line for site in finding.locations], finding.members) == ([4, 5], 2)


@pytest.mark.parametrize(
    "text",
    [
        PARSER + "args = parser.parse_args().__dict__\n",
        PARSER + "args = parser.parse_args()\nyaml.safe_dump(vars(args), open('args.yaml', 'w'))\nmlflow.log_params(vars(args))\n",
        PARSER + "args, rest = parser.parse_known_args()\n",
        PARSER
        + "\n\ndef options(known):\n    return parser.parse_known_args()[0] if known else parser.parse_args()\n\n\nopt = options(1)\n",
        PARSER + "\n\ndef options():\n    found = parser.parse_args()\n    return found\n\n\nopt = options()\n",
        PARSER + "args = parser.parse_args()\n\n\ndef run(args):\n    return fit(args.rate)\n\n\nrun(args)\n",
    ],
)
def test_an_option_that_nothing_reads_however_it_is_parsed(text: str) -> None:
    assert lines({"train.py": text}) == ["train.py:4"]


def test_a_file_that_a_cell_writes_reads_too() -> None:
    def notebook(*cells: str) -> str:
        made = [{"cell_type": "code", "source": cell, "outputs": [], "metadata": {}, "execution_count": 1} for cell in cells]
        return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    text = "class Net:\n    def __init__(self, depth):\n        self.depth = depth\n\n\nNet(depth=3)\n"
    assert lines({"net.py": text}) == ["net.py:2"]
    assert lines({"net.py": text, "a.ipynb": notebook("%%writefile run.py\nprint(load('net').depth)\n")}) == []
    assert lines({"net.py": text, "a.ipynb": notebook("%%writefile run.py\nprint(load('net').width)\n", "!> log.txt")}) == ["net.py:2"]


def test_functions_in_a_function_that_need_the_same_are_one_interface() -> None:
    pink = "    def pink(spot, steps=4):\n        way = go(steps)\n        return way\n\n"
    kin = "    def red(spot):\n        return go(spot)\n\n    def blue(spot):\n        return red(spot), pink(spot, steps=4)\n\n"
    assert len(found({"a.py": f"def walls(spot):\n{pink}    return pink(spot, steps=4), pink(spot, steps=5)\n"})) == 1
    assert found({"a.py": f"def walls(spot):\n{pink}{kin}    return pink(spot, steps=3), blue(spot)\n"}) == []


def test_functions_that_are_called_side_by_side_with_the_same_parameters_are_one_interface() -> None:
    text = "".join(
        f"def ghost_{n}(where, home):\n    return {use}\n\n\n" for n, use in ((1, "go(where)"), (2, "go(home)"), (3, "go(where, home)"))
    )
    assert lines({"a.py": text + "ghost_1(a, 1)\nghost_2(b, 2)\nghost_3(c, 3)\n"}) == []
    assert lines({"a.py": text + "ghost_1(a, 1)\nghost_3(c, 3)\n"}) == ["a.py:1"]


def test_arguments_that_are_counted_and_never_read() -> None:
    text = "import sys\n\nif len(sys.argv) != 4:\n    sys.exit(1)\nrun(sys.argv[1])\n"
    (finding,) = found({"train.py": text, "tests/test_a.py": text})
    assert finding.message == "train.py counts `sys.argv[2]` and `sys.argv[3]` among its arguments and never reads them"
    assert ([str(site) for site in finding.locations], finding.members) == (["train.py:3"], 2)


def test_a_command_that_only_says_what_it_will_do() -> None:
    says = "    logger = logging.getLogger(__name__)\n    logger.info('making the data')\n"
    text = f'import click\n\n\n@click.command()\n@click.argument(\'source\')\ndef main(source):\n    """Makes data."""\n{says}'
    assert found({"make.py": text}) == []
    assert found({"make.py": f"{text}    make()\n"})


def test_an_option_of_click_that_its_function_does_not_read() -> None:
    text = "import click\n\n\n@click.command()\n@click.option('--rate')\n@click.option('--seed')\ndef main(rate, seed):\n    fit(rate)\n"
    assert lines({"train.py": text}) == ["train.py:6"]


def test_a_parameter_that_calls_pass_in_vain() -> None:
    text = "def f(x, path=None):\n    return x + 1\n\n\nf(1, path='a.csv')\nf(2, 'b.csv')\n"
    (finding,) = found({"model.py": text})
    assert finding.message == "2 calls pass `path` to `f`, which does not use it"
    assert [str(site) for site in finding.locations] == ["model.py:1", "model.py:5", "model.py:6"]
    assert finding.confidence is Confidence.B


def test_a_parameter_is_followed_through_imports() -> None:
    texts = {
        "pkg/__init__.py": "from pkg.inner import f\n",
        "pkg/inner.py": "def f(x, path=None):\n    return x + 1\n",
        "run.py": "import pkg\nfrom pkg import f as g\n\n\ng(1, path='a')\npkg.f(1, path='b')\n",
    }
    (finding,) = found(texts)
    assert [str(site) for site in finding.locations] == ["pkg/inner.py:1", "run.py:5", "run.py:6"]


def test_a_parameter_for_data_is_less_sure_to_be_a_setting() -> None:
    (finding,) = found({"model.py": "def f(x, image):\n    return x + 1\n\n\nf(x, image)\n"})
    assert finding.confidence is Confidence.C


def test_a_private_method_of_a_class_with_a_base_elsewhere_has_its_own_signature() -> None:
    text = "import lib\n\n\nclass A(lib.Base):\n" + METHOD.replace("def f", "def _f").replace("self.f", "self._f")
    assert lines({"model.py": text}) == ["model.py:5"]


def test_a_parameter_that_is_overwritten() -> None:
    text = "def f(x, path=None):\n    path = 'b.csv'\n    return g(x, path)" + CALL
    (finding,) = found({"model.py": text})
    assert "overwritten with `'b.csv'`" in finding.evidence[0].text


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("seed = args.seed\nseed = 1", True),
        ("seed = args['seed']\nlog()\nseed = 1", True),
        ("seed = os.getenv('SEED')\nseed = 1", True),
        ("seed = args.seed\nseed = seed + 1", False),
        ("seed = args.seed\nlog(seed)\nseed = 1", False),
        ("seed = args.seed\nif a:\n    seed = 1", False),
        ("seed = args.seed\nseed = args.seed or 1", False),
        ("seed = 2\nseed = 1", False),
        ("seed = splitter.parts\nseed = load()", False),
        ("seed = metrics.pop('seed', None)\nseed = 1", False),
        ("seed = model_config['seed']\nseed = 1", True),
        ("_ = args.pop('seed')\n_ = args.pop('depth')\nseed = 1", False),
        ("unused_seed = args.seed\nunused_seed = args.depth\nseed = 1", False),
    ],
)
def test_a_setting_that_is_overwritten(body: str, is_found: bool) -> None:
    text = "def main(args):\n" + "\n".join("    " + line for line in body.splitlines()) + "\n    return use(seed)\n"
    assert lines({"train.py": text}) == (["train.py:2"] if is_found else [])


@pytest.mark.parametrize(("between", "is_found"), [("", True), ("\n# again\n", True), ("run()\n", False)])
def test_at_the_top_of_a_module_functions_may_read_in_between(between: str, is_found: bool) -> None:
    text = f"def run():\n    use(seed)\n\n\nseed = args.seed\n{between}seed = 1\n"
    assert lines({"train.py": text}) == (["train.py:5"] if is_found else [])


def test_nothing_is_asked_of_an_empty_graph() -> None:
    assert list(UnreadOption().check(SystemGraph())) == []


PROGRAM = """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--warmup", type=int, default=100)
args = parser.parse_args()
fit(epochs=args.epochs)
"""
OTHER = "def show(trainer):\n    return trainer.warmup\n"


@pytest.mark.parametrize(
    "texts",
    [
        {"train.py": PROGRAM + "torch.save({'args': args}, 'run.pt')\n", "other.py": OTHER},
        {"train.py": PROGRAM + "shared.options = args\n", "other.py": OTHER},
        {"train.py": PROGRAM + "settings = dict(**args.items())\n", "other.py": OTHER},
        {"train.py": PROGRAM + "from other import show\n\nshow(args)\n", "other.py": OTHER},
        {"train.py": PROGRAM, "other.py": "from train import args\n\nprint(args.warmup)\n"},
        {"train.py": PROGRAM + "import part\n\npart.Run(args)\n", "part.py": "from other import show\n\n\nclass Run:\n"
         "    def __init__(self, args):\n        self.args = args\n        show(self.args)\n", "other.py": OTHER},
    ],
)  # fmt: skip
def test_silent_where_a_namesake_may_be_the_option(texts: dict[str, str]) -> None:
    assert lines(texts) == []


def test_a_namesake_in_code_that_does_not_see_the_options() -> None:
    (finding,) = found({"train.py": PROGRAM, "other.py": OTHER})
    assert (str(finding.locations[0]), finding.confidence) == ("train.py:5", Confidence.C)
    assert "`--warmup`" in finding.message


def test_a_destination_that_only_its_own_option_spells() -> None:
    text = PROGRAM.replace('"--warmup"', '"--warmup", dest="warm"').replace("fit(", "options = vars(args)\nfit(")
    assert lines({"train.py": text}) == ["train.py:5"]


USAGE = '"""Score.\n\nUsage:\n    score <file> [--depth=<n>] [--quick] [--verbose]\n"""\nimport docopt\n\nargs = docopt.docopt(__doc__)\n'


@pytest.mark.parametrize(
    "text",
    [
        USAGE + "run(args['<file>'], args['--depth'], args['--quick'], args['--verbose'])\n",
        USAGE + "run(args)\n",
        USAGE + "run(**{k: v for k, v in args.items()})\n",
        "import typer\n\napp = typer.Typer()\n\n\n@app.command()\ndef run(c: typer.Context, depth: int = 3):\n    go(c.params)\n",
        "import typer\n\n\ndef run(depth: int = 3):\n    raise NotImplementedError\n\n\ntyper.run(run)\n",
        "import typer\n\napp = typer.Typer()\n\n\n@app.command()\ndef run(x, show=typer.Option(False, callback=tell)):\n    go(x)\n",
        "import fire\n\n\ndef run(depth=3):\n    return depth\n\n\nfire.Fire(run)\n",
        "from absl import flags\n\nDEPTH = flags.DEFINE_integer('depth', 3, 'x')\n",
        "from absl import flags\n\nflags.DEFINE_integer('depth', 3, 'x')\ngo(flags.FLAGS.depth)\n",
    ],
)
def test_silent_about_flags(text: str) -> None:
    assert lines({"run.py": text}) == []


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        (USAGE + "run(args['<file>'], args['--depth'], args['--verbose'])\n", 4, "--quick"),
        ("import typer\n\napp = typer.Typer()\n\n\n@app.command()\ndef run(x, seed: int = 3):\n    go(x)\n    end(x)\n", 7, "--seed"),
        ("import fire\n\n\ndef run(x, seed=3):\n    go(x)\n    end(x)\n\n\nfire.Fire(run)\n", 4, "--seed"),
        ("from absl import flags\n\nflags.DEFINE_integer('depth', 3, 'x')\ngo(flags.FLAGS.width)\n", 3, "--depth"),
    ],
)
def test_flags_that_nothing_reads(text: str, line: int, name: str) -> None:
    (finding,) = found({"run.py": text})
    assert (str(finding.locations[0]), finding.confidence) == (f"run.py:{line}", Confidence.C)
    assert f"`{name}`" in finding.message
