import torch
from torch.nn import functional


def cross_entropy(logits, labels):
    return functional.cross_entropy(logits, labels)


def smooth_cross_entropy(logits, labels, epsilon=0.1):
    return functional.cross_entropy(logits, labels, label_smoothing=epsilon)


def __getattr__(name):
    if name.startswith("old_"):
        return cross_entropy
    raise AttributeError(name)
