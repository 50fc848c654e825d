import pytest

from analyzer.read.configuration_facts import ConfigFacts, ContractFacts
from analyzer.read.dispatch import read_facts
from analyzer.read.step_facts import StepFacts
from analyzer.scan import graph_of_texts

ODCS = """\
apiVersion: v3.0.2
kind: DataContract
id: x
domain: seller
servers:
  - server: prod
    type: postgres
    database: shop
    schema: public
schema:
  - name: orders
    physicalName: tbl_orders
roles:
  - {role: forecasting, access: read}
  - {role: admin, access: write}
"""
SPECIFICATION = """\
dataContractSpecification: 1.1.0
id: y
info: {title: Orders, owner: checkout}
servers:
  production:
    type: s3
    location: s3://b/data/{model}/*.json
models:
  orders: {type: table}
  items: {type: table}
"""


def contract(text: str) -> ContractFacts | None:
    facts, _ = read_facts("config", "contracts/x.yaml", text.encode())
    assert isinstance(facts, ConfigFacts)
    return facts.declared if isinstance(facts.declared, ContractFacts) else None


@pytest.mark.parametrize("text", ["", "kind: Deployment\napiVersion: v1", "models: {a: b}", "schema: [a]"])
def test_no_contract(text: str) -> None:
    assert contract(text) is None


def test_the_open_standard() -> None:
    found = contract(ODCS)
    assert found is not None and (found.producer, found.consumers) == ("seller", ("forecasting",))
    assert [(d.path, d.line, d.kind) for d in found.promised] == [("shop.public.tbl_orders", 12, "table")]


def test_the_specification() -> None:
    found = contract(SPECIFICATION)
    assert found is not None and found.producer == "checkout"
    assert [d.path for d in found.promised] == ["s3://b/data/orders/*.json", "s3://b/data/items/*.json"]


def test_a_contract_before_version_three_and_one_without_servers() -> None:
    text = "kind: DataContract\ndataset:\n  - table: receivers\n    columns: []\nconsumers: [{name: a}, b]\n"
    found = contract(text)
    assert found is not None and ([d.path for d in found.promised], found.consumers) == (["receivers"], ("a", "b"))


def test_contracts_of_files_stand_beside_those_of_the_configuration() -> None:
    graph = graph_of_texts({"contracts/x.yaml": ODCS})
    assert graph.contracts == (("shop.public.tbl_orders", "seller", ("forecasting",)),)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("checks.yml", "checks for dim_customer:\n  - row_count > 0\nfilter orders [daily]:\n  where: x", [("dim_customer", "table", 1)]),
        ("feature_store.yaml", "project: p\nregistry: data/registry.db\nonline_store: {path: data/online.db}", [
            ("data/registry.db", "file", 2), ("data/online.db", "file", 3)]),
        ("c.yml", "name: c\nvalidations:\n  - batch_request:\n      data_asset_name: taxi\n", [("taxi", "table", 4)]),
    ],
)  # fmt: skip
def test_declared_readers(name: str, text: str, expected: list[tuple[str, str, int]]) -> None:
    facts, _ = read_facts("config", name, text.encode())
    assert isinstance(facts, ConfigFacts) and isinstance(facts.declared, StepFacts)
    assert [(d.path, d.kind, d.line) for step in facts.declared.steps for d in step.deps] == expected
