import pandas as pd

forecast = pd.read_parquet("out/demand_forecast.parquet")  # UDC001
slow = forecast[forecast["expected"] < 3]
slow.assign(discount=0.2).to_csv("out/discounts.csv")
