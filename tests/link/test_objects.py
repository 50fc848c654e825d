"""Objects of project classes: annotations, abstract methods, dataclass fields, tasks that frameworks call, chains of callers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Texts = Mapping[str, str]
Accesses = Callable[[Texts], list[tuple[str, str, str, str]]]
STORE = "import pandas as pd\nclass Store:\n    def load(self, p):\n        return pd.read_csv(p)\n"


def of(found: list[tuple[str, str, str, str]], path: str) -> list[str]:
    return [artifact for site, _, artifact, _ in found if site.startswith(path)]


# ---- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("annotation", ["dict", "list[Store]", "'Nobody'", "Callable[[Store], None]", "3"])
def test_an_annotation_that_is_no_instance_says_nothing(accesses: Accesses, annotation: str) -> None:
    texts = {"store.py": STORE, "a.py": f"from store import Store\ndef f(s: {annotation}):\n    s.load('x/a.csv')\n"}
    assert of(accesses(texts), "a.py") == []


def test_an_abstract_method_without_overrides_reads_nothing(accesses: Accesses) -> None:
    source = "class Base:\n    def load(self, p):\n        raise NotImplementedError\ndef f(b: Base):\n    b.load('x/a.csv')\n"
    assert accesses({"a.py": source}) == []


def test_a_class_attribute_without_annotation_is_no_field(accesses: Accesses) -> None:
    source = "import pandas as pd\nclass C:\n    path = 'x/a.csv'\n    def f(self):\n        pd.read_csv(self.path)\nC(path='x/b.csv')\n"
    assert of(accesses({"a.py": source}), "a.py") == ["x/a.csv"]


def test_a_method_called_map_of_something_else_maps_nothing(accesses: Accesses) -> None:
    assert accesses({"a.py": "import pandas as pd\ndef f(xs):\n    xs.map(pd.read_csv)\nf(['x/a.csv'])\n"}) == []


# ---- hits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("annotation", ["Store", "'Store'", "Optional[Store]", "Store | None", "'Optional[Store]'", "Annotated[Store, 1]"])
def test_the_method_of_an_annotated_parameter(accesses: Accesses, annotation: str) -> None:
    texts = {"store.py": STORE, "a.py": f"from store import Store\ndef f(s: {annotation}):\n    s.load('x/a.csv')\n"}
    assert of(accesses(texts), "a.py") == ["x/a.csv"]


@pytest.mark.parametrize("annotation", ["list[Store]", "'List[Store]'", "Iterable[Store]", "Tuple[Store, ...]"])
def test_the_elements_of_an_annotated_container(accesses: Accesses, annotation: str) -> None:
    source = f"from store import Store\ndef f(stores: {annotation}):\n    for s in stores:\n        s.load('x/a.csv')\n"
    assert of(accesses({"store.py": STORE, "a.py": source}), "a.py") == ["x/a.csv"]


def test_an_annotated_field_and_an_annotated_result(accesses: Accesses) -> None:
    source = (
        "from store import Store\nclass Job:\n    store: Store\n    def run(self):\n        self.store.load('x/a.csv')\n"
        "def make() -> Store:\n    return registry()['s']\nmake().load('x/b.csv')\n"
    )
    assert of(accesses({"store.py": STORE, "a.py": source}), "a.py") == ["x/a.csv", "x/b.csv"]


def test_an_abstract_method_is_what_its_subclasses_do(accesses: Accesses) -> None:
    source = (
        "import pandas as pd\nfrom abc import ABC, abstractmethod\nclass Base(ABC):\n    @abstractmethod\n    def load(self, p): ...\n"
        "class Csv(Base):\n    def load(self, p):\n        return pd.read_csv(p)\ndef f(b: Base):\n    b.load('x/a.csv')\n"
    )
    assert "a.py:10" in [site for site, *_ in accesses({"a.py": source})]


def test_an_attribute_that_only_subclasses_give(accesses: Accesses) -> None:
    source = (
        "import pandas as pd\nclass Base:\n    def load(self):\n        return pd.read_csv(f'x/{self.NAME}.csv')\n"
        "class A(Base):\n    NAME = 'a'\nclass B(Base):\n    NAME = 'b'\n"
    )
    assert of(accesses({"a.py": source}), "a.py") == ["x/a.csv", "x/b.csv"]


@pytest.mark.parametrize("head", ["@dataclass\nclass P:", "@attrs.define\nclass P:", "class P(BaseModel):", "class P(NamedTuple):"])
def test_a_property_over_fields_is_known_for_each_construction(accesses: Accesses, head: str) -> None:
    source = (
        f"{head}\n    folder: str\n    file: str = 'a.csv'\n    @property\n    def path(self):\n"
        "        return f'{self.folder}/{self.file}'\n"
        "import pandas as pd\npd.read_csv(P('x').path)\npd.read_csv(P(folder='y', file='b.csv').path)\n"
    )
    assert sorted(of(accesses({"a.py": source}), "a.py")) == ["x/a.csv", "y/b.csv"]


def test_a_chain_of_callers_and_objects(accesses: Accesses) -> None:
    source = (
        "import pandas as pd\nfrom dataclasses import dataclass\n@dataclass\nclass Where:\n    folder: str\n"
        "class Flow:\n    def __init__(self, root):\n        self.raw = Where(f'{root}/raw')\n"
        "class Load:\n    def __init__(self, where: Where):\n        self.folder = where.folder\n"
        "    def run(self):\n        return pd.read_csv(f'{self.folder}/a.csv')\n"
        "def build(flow: Flow):\n    Load(flow.raw).run()\ndef main(root='data'):\n    build(Flow(root))\nmain()\n"
    )
    assert "data/raw/a.csv" in of(accesses({"a.py": source}), "a.py")


@pytest.mark.parametrize(
    ("base", "method"), [("Task", "run"), ("torch.nn.Module", "forward"), ("object", "__call__"), ("keras.Model", "call")]
)
def test_calling_an_object_runs_its_method(accesses: Accesses, base: str, method: str) -> None:
    imports = "import torch, keras\nfrom prefect import Task\n"
    source = f"{imports}import pandas as pd\nclass T({base}):\n    def {method}(self, p):\n        return pd.read_csv(p)\nT()('x/a.csv')\n"
    assert "x/a.csv" in of(accesses({"a.py": source}), "a.py:7")


def test_a_mapped_task_gets_each_element_and_gives_a_list(accesses: Accesses) -> None:
    source = (
        "import pandas as pd\nfrom prefect import task\n@task\ndef first(p):\n    return p + '.csv'\n"
        "@task\ndef second(p):\n    return pd.read_csv(p)\nsecond.map(first.map(['x/a', 'x/b']))\n"
    )
    assert of(accesses({"a.py": source}), "a.py:9") == ["x/a.csv", "x/b.csv"]


def test_super_means_the_base_class(accesses: Accesses) -> None:
    source = "from store import Store\nclass Mine(Store):\n    def load(self):\n        return super().load('x/a.csv')\n"
    assert of(accesses({"store.py": STORE, "a.py": source}), "a.py") == ["x/a.csv"]


def test_an_attribute_that_the_base_class_leaves_empty(accesses: Accesses) -> None:
    source = (
        "import pandas as pd\nclass Base:\n    path: str = None\n    def load(self):\n        return pd.read_csv(self.path)\n"
        "class A(Base):\n    path = 'x/a.csv'\n"
    )
    assert of(accesses({"a.py": source}), "a.py") == ["x/a.csv"]


def test_what_a_base_constructor_is_given(accesses: Accesses) -> None:
    source = (
        "from store import Store\nimport pandas as pd\nclass Base:\n    def __init__(self, name):\n        self.path = f'x/{name}.csv'\n"
        "    def load(self):\n        return pd.read_csv(self.path)\n"
        "class A(Base):\n    def __init__(self):\n        super().__init__('a')\nclass B(Base):\n    def __init__(self):\n"
        "        super().__init__('b')\ndef use(thing: Base):\n    thing.load()\nuse(B())\n"
    )
    assert of(accesses({"store.py": STORE, "a.py": source}), "a.py:15") == ["x/b.csv"]


def test_a_value_that_is_not_mapped_is_whole(accesses: Accesses) -> None:
    source = (
        "import pandas as pd\nfrom prefect import task, unmapped\n@task\ndef load(folder, name):\n"
        "    return pd.read_csv(f'{folder}/{name}')\nload.map(unmapped('x'), ['a.csv', 'b.csv'])\n"
    )
    assert of(accesses({"a.py": source}), "a.py:6") == ["x/a.csv", "x/b.csv"]
