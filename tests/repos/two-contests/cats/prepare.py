import pandas as pd

pd.read_csv("cats.csv").to_parquet("train.parquet")  # JGL009
