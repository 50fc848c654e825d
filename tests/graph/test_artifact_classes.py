"""What the library call and the file name say about an artifact's class."""

from __future__ import annotations

import pytest

from analyzer.graph.identity import class_of


@pytest.mark.parametrize(
    "name", ["data/svm_scores.pkl", "data/knn_neighbours.pkl", "lin_reg_residuals.bin", "data/customers.dpkl", "xgb.csv"]
)
def test_data_about_an_estimator_is_no_model(name: str) -> None:
    assert class_of(name, "", "file") != "MODEL"


@pytest.mark.parametrize("url", ["https://example.org/models/customers.csv", "https://example.org/model_card.html"])
def test_raw_data_from_a_url_stays_raw(url: str) -> None:
    assert class_of(url, "RAW", "other") == "RAW"


@pytest.mark.parametrize("row_class", ["CONFIG", "LOG", "PREDICTION", "INTERMEDIATE"])
def test_a_call_that_knows_its_class_is_believed(row_class: str) -> None:
    assert class_of("models/ranker.joblib", row_class, "file") == row_class


@pytest.mark.parametrize("name", ["lin_reg.bin", "service/lin_reg_V2.bin", "out/random_forest.pkl", "log_reg.pickle", "models/title.dpkl"])
def test_a_pickled_estimator(name: str) -> None:
    assert class_of(name, "", "file") == "MODEL"


def test_a_model_that_a_url_brings() -> None:
    assert class_of("https://storage.googleapis.com/acme/ranker_model/title.dpkl", "RAW", "other") == "MODEL"
    assert class_of("https://example.org/best.hdf5", "RAW", "other") == "MODEL"
