"""Prints how many multiply-adds a second the machine reaches in single precision: those
of a product of two 1024x1024 matrices, on as many threads as the argument says."""

from __future__ import annotations

import sys
from time import perf_counter

import torch

SIZE = 1024
SECONDS = 3


def fastest_product() -> float:
    """The seconds that the fastest of many products takes."""
    a, b = torch.rand(2, SIZE, SIZE)
    fastest = float("inf")
    end = perf_counter() + SECONDS
    while (start := perf_counter()) < end:
        torch.mm(a, b)
        fastest = min(fastest, perf_counter() - start)
    return fastest


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    print(SIZE**3 / fastest_product())
