import os

import pandas as pd

BASE = os.path.join("work", "tables")


def path_of(name):
    return os.path.join(BASE, name + ".csv")


def load(name):
    return pd.read_csv(path_of(name))


def save(frame, name):
    frame.to_csv(path_of(name), index=False)
