import argparse
import sys

import torch

from vision import data, losses
from vision.data import batches, brighten

USE_MIXUP = False


def step(model, optimizer, images, labels):
    if USE_MIXUP:  # DXP001
        order = torch.randperm(len(images))
        images = 0.7 * images + 0.3 * images[order]
        labels = 0.7 * labels + 0.3 * labels[order]
    if data.DEBUG:
        print(images.shape)
    optimizer.zero_grad()
    loss = losses.smooth_cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--half", action="store_true", help="train in half precision")
    arguments = parser.parse_args()
    data.DEBUG = arguments.debug
    images, labels = torch.load("images_v3.pt"), torch.load("labels_v3.pt")
    model = torch.nn.Linear(images.shape[1], 10)
    if arguments.half:
        model = model.half()
    if sys.platform == "win32":
        torch.set_num_threads(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    while True:
        for some, their_labels in batches(brighten(images), labels):
            if step(model, optimizer, some, their_labels) < 0.01:
                return


if __name__ == "__main__":
    main()
