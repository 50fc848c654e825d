import pandas as pd

from features.build import add_contract_end, add_usage_windows

FIXTURE = "/home/runner/work/churn/usage.csv"


def test_customers_without_usage_get_zero():
    customers = pd.DataFrame({"customer_id": ["a", "b"]})
    usage = pd.DataFrame({"customer_id": ["a", "a"], "minutes": [3.0, 4.0]})
    assert add_usage_windows(customers, usage, [7])["minutes_7"].tolist() == [4.0, 0.0]


def test_flex_contracts_have_no_months_left():
    customers = pd.DataFrame({"tariff": ["flex"], "tenure_days": [0]})
    assert add_contract_end(customers)["months_left"].tolist() == [0.0]
