import pandas as pd

from jobs.io import save

if __name__ == "__main__":
    raw = pd.read_json("https://example.org/tickets.json")
    save(raw[raw["state"] == "closed"], "closed_tickets")  # JGL001
