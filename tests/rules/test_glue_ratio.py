from __future__ import annotations

from analyzer.scan import graph_of_texts
from rules.metrics.glue_ratio import measure, percentile


def test_nothing_is_said_of_little_code() -> None:
    assert measure(graph_of_texts({"a.py": "import numpy as np\n\nnp.asarray([1]).tolist()\n"})) is None


def test_conversions_are_counted_for_each_component() -> None:
    adapter = "import numpy as np\n\n" + "x = np.asarray(load())\ny = x.tolist()\nrun(y)\nkeep(y)\n" * 60
    domain = "import model\n\n" + "a = model.fit(1)\nmodel.score(a)\n" * 120
    metric = measure(graph_of_texts({"adapter/a.py": adapter, "domain/b.py": domain, "tests/test_a.py": adapter}))
    assert metric is not None
    assert [row.subject for row in metric.rows] == ["component adapter", "component domain"]
    first, second = metric.rows
    assert first.value == round(1000 * 120 / 241, 1)
    assert "180 of 300 calls (60%)" in first.text
    assert "over the 90th percentile" in first.text
    assert first.site is not None
    assert first.site.path == "adapter/a.py"
    assert second.value == 0


def test_percentiles() -> None:
    assert percentile(1.0) == "below the 25th percentile"
    assert percentile(7.1) == "over the 50th percentile"
    assert percentile(17.0) == "over the 75th percentile"
