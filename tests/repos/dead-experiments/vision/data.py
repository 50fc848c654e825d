import torch

AUGMENT = True
DEBUG = False


def batches(images, labels, size=32):
    for start in range(0, len(images), size):
        yield images[start : start + size], labels[start : start + size]


def brighten(images, by=0.1):
    return torch.clamp(images + by, 0, 1)
