"""Quality of the current model on the held-out customers."""

import json

import joblib
from sklearn.metrics import brier_score_loss, roc_auc_score

from features.build import NUMERIC
from storage.tables import read_table

DECILES = 10


def lift_of_first_decile(probability, label) -> float:
    ranked = label.iloc[(-probability).argsort()]
    return float(ranked.head(len(ranked) // DECILES).mean() / label.mean())


def main() -> None:
    model = joblib.load("models/churn.joblib")
    held_out = read_table("features", "holdout_2024")
    label = held_out["cancelled_on"].notna()
    probability = model.predict_proba(held_out[NUMERIC])[:, 1]
    quality = {
        "auc": roc_auc_score(label, probability),
        "brier": brier_score_loss(label, probability),
        "lift_10": lift_of_first_decile(probability, label),
    }
    with open("reports/churn_quality.json", "w") as stream:
        json.dump(quality, stream, indent=2)


if __name__ == "__main__":
    main()
