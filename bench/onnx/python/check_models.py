"""Holds ONNX models to onnx's own checker, shape inference and reference evaluator.

Takes the folder that bench/onnx/main.ts has filled. Prints a JSON object: how many
models there are, what is wrong with which, and how far the evaluator's outputs are
from those of ONNX Runtime.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TypedDict

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator


class Port(TypedDict):
    name: str
    shape: list[int]


class Entry(TypedDict):
    """A model; `values` has its inputs and outputs, where they are to be compared."""

    title: str
    model: str
    values: str | None
    inputs: list[Port]
    outputs: list[Port]


def check(model: onnx.ModelProto, outputs: list[Port]) -> None:
    """Raises where the checker or the inference of shapes has something against the model."""
    onnx.checker.check_model(model, full_check=True)
    del model.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(
        model, check_type=True, strict_mode=True, data_prop=True
    )
    known = {value.name for value in [*inferred.graph.value_info, *inferred.graph.output]}
    for node in inferred.graph.node:
        for name in node.output:
            if name not in known:
                raise ValueError(f"the shape of {name} cannot be inferred")
    for value, port in zip(inferred.graph.output, outputs, strict=True):
        dims = value.type.tensor_type.shape.dim
        found = [dim.dim_param or dim.dim_value for dim in dims]
        if found != ["batch", *port["shape"][1:]]:
            raise ValueError(f"{port['name']} is inferred as {found}, not {port['shape']}")


def difference(model: onnx.ModelProto, entry: Entry, values: NDArray[np.float32]) -> float:
    """The largest between the evaluator's outputs and those given, of numbers above 1 relative."""
    tensors = []
    for port in [*entry["inputs"], *entry["outputs"]]:
        size = int(np.prod(port["shape"]))
        tensors.append(values[:size].reshape(port["shape"]))
        values = values[size:]
    count = len(entry["inputs"])
    names = [port["name"] for port in entry["inputs"]]
    made = ReferenceEvaluator(model).run(None, dict(zip(names, tensors[:count], strict=True)))
    return max(
        float(np.max(np.abs(found - wanted) / np.maximum(1, np.abs(wanted))))
        for found, wanted in zip(made, tensors[count:], strict=True)
    )


def main(folder: Path) -> None:
    entries: list[Entry] = json.loads((folder / "models.json").read_text())
    faults: list[str] = []
    differences: list[float] = []
    for entry in entries:
        model = onnx.load(folder / entry["model"])
        try:
            check(model, entry["outputs"])
            if entry["values"] is not None:
                values = np.fromfile(folder / entry["values"], dtype=np.float32)
                differences.append(difference(model, entry, values))
        except Exception as error:  # noqa: BLE001: whatever is wrong is what this is for
            faults.append(f"{entry['title']}: {error}")
    report = {
        "version": onnx.__version__,
        "checked": len(entries),
        "compared": len(differences),
        "difference": max(differences),
        "faults": faults,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
