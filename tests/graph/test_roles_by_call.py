"""Roles that a module's own calls show."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

CONSUMER = "from google.cloud import pubsub\n\n\ndef work():\n    pubsub.SubscriberClient().subscribe('issues', {keyword}=print)\n"


def roles(text: str) -> set[str]:
    return set(graph_of_texts({"worker.py": text}).modules["worker.py"].roles)


@pytest.mark.parametrize(
    "text",
    [
        CONSUMER.format(keyword="timeout"),
        CONSUMER.format(keyword="callback").replace("google.cloud import pubsub", "newsletter import pubsub"),
        "from google.cloud import pubsub\n\npubsub.PublisherClient().publish('issues', b'')\n",
    ],
)
def test_no_consumer_of_a_queue(text: str) -> None:
    assert "SERVE" not in roles(text)


def test_consumer_of_a_queue() -> None:
    assert "SERVE" in roles(CONSUMER.format(keyword="callback"))


def test_reinforcement_trainer() -> None:
    assert "TRAIN" in roles("import trlx\n\ntrlx.train('gpt2', reward_fn=len)\n")
    assert "TRAIN" not in roles("import trlx\n\ntrlx.configure('gpt2')\n")
