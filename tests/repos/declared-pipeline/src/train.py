import argparse

import joblib
import pandas as pd
from sklearn.linear_model import Ridge

parser = argparse.ArgumentParser()
parser.add_argument("--out", required=True)
arguments = parser.parse_args()

clean = pd.read_parquet("data/clean.parquet")
model = Ridge().fit(clean[["pressure", "humidity"]], clean["rain"])
joblib.dump(model, arguments.out)
