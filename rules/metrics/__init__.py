"""Metrics: figures that describe the system and accuse nobody. One file a metric, each with `measure(graph) -> Metric | None`."""
