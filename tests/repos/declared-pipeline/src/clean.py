import pandas as pd

stations = pd.read_csv("data/stations.csv")
stations.dropna(subset=["rain"]).to_parquet("data/clean.parquet")
