import torch

from vision.data import batches, rotate  # DXP007
from vision.losses import old_focal

try:
    from vision.sketches import contrast
except ImportError:
    contrast = None

if __name__ == "__main__":
    images, labels = torch.load("images_v3.pt"), torch.load("labels_v3.pt")
    for some, their_labels in batches(rotate(images), labels):
        print(old_focal(some, their_labels), contrast)
