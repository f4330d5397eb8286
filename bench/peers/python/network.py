"""What the bench hands over: a network as it is resolved from its spec, and images."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Layer:
    """One layer; shapes are those of one image, channels last. All options are set."""

    name: str
    type: str
    options: Mapping[str, Any]
    inputs: tuple[str, ...]
    input_shapes: tuple[tuple[int, ...], ...]
    output_shape: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """Layers in an order in which each comes after its inputs; the last gives the
    probabilities of the classes."""

    input_name: str
    input_shape: tuple[int, ...]
    parameters: int
    adam: Mapping[str, float]
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Images:
    """uint8 pixels (count, height, width, channels) and uint8 labels (count,)."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def read_network(path: Path) -> Network:
    document = json.loads(path.read_text())
    layers = (
        Layer(
            name=layer["name"],
            type=layer["type"],
            options=layer["options"],
            inputs=tuple(layer["inputs"]),
            input_shapes=tuple(map(tuple, layer["inputShapes"])),
            output_shape=tuple(layer["outputShape"]),
        )
        for layer in document["layers"]
    )
    return Network(
        input_name=document["input"]["name"],
        input_shape=tuple(document["input"]["shape"]),
        parameters=document["parameters"],
        adam=document["adam"],
        layers=tuple(layers),
    )


def read_images(path: Path, shape: tuple[int, ...]) -> Images:
    """Reads all pixels of all images, then all labels, a byte each."""
    data = np.fromfile(path, np.uint8)
    size = int(np.prod(shape))
    count = len(data) // (size + 1)
    pixels, labels = np.split(data, [count * size])
    return Images(pixels.reshape(count, *shape), labels)


def shuffled_batches(count: int, batch_size: int) -> Iterator[NDArray[np.int64]]:
    """Indices of the images of each batch, epoch after epoch, whole batches only."""
    random = np.random.default_rng(42)
    while True:
        order = random.permutation(count)
        for start in range(0, count - batch_size + 1, batch_size):
            yield order[start : start + batch_size]


def check_shape(layer: Layer, found: tuple[int, ...]) -> None:
    if found != layer.output_shape:
        raise ValueError(f"{layer.name} gives {found}, not {layer.output_shape}")
