"""Trains one network with one library, as many steps at a time as the bench asks for.

Prints a JSON object once it is ready. Each line of its input is then a number of
steps: it takes them and prints the seconds that they took, with the mean loss and
accuracy. It ends with its input.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import TextIO

from network import read_images, read_network
from trainer import Trainer, UnavailableError


def limit_processors(threads: int) -> None:
    """The only way to tell JAX how many threads to use: it takes as many as there are
    processors for it. To be called before it is loaded."""
    if not hasattr(os, "sched_setaffinity"):
        raise UnavailableError("JAX takes a number of threads on Linux only")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def open_trainer(arguments: argparse.Namespace) -> Trainer:
    network = read_network(arguments.network)
    images = read_images(arguments.images, network.input_shape)
    batch_size = arguments.batch_size
    trainer: Trainer
    match arguments.peer:
        case "pytorch" | "pytorch-compile":
            import torch

            from pytorch_peer import open_pytorch

            torch.set_num_threads(arguments.threads)
            compiled = arguments.peer == "pytorch-compile"
            trainer = open_pytorch(network, images, batch_size, compiled=compiled)
        case "jax":
            limit_processors(arguments.threads)
            from jax_peer import JaxTrainer

            trainer = JaxTrainer(network, images, batch_size)
        case "keras":
            limit_processors(arguments.threads)
            os.environ["KERAS_BACKEND"] = "jax"
            from keras_peer import KerasTrainer

            trainer = KerasTrainer(network, images, batch_size)
        case other:
            raise ValueError(f"no peer {other}")
    if trainer.parameters != network.parameters:
        raise ValueError(
            f"{trainer.parameters} parameters, and {network.parameters} in the spec"
        )
    return trainer


def serve(arguments: argparse.Namespace, answers: TextIO) -> None:
    def answer(values: object) -> None:
        print(json.dumps(values), file=answers, flush=True)

    try:
        trainer = open_trainer(arguments)
    except UnavailableError as error:
        answer({"unavailable": str(error)})
        return
    answer({"versions": trainer.versions, "setting": trainer.setting})
    for line in sys.stdin:
        steps = int(line)
        start = perf_counter()
        loss, accuracy = trainer.train(steps)
        seconds = perf_counter() - start
        if not isfinite(loss):
            raise ValueError(f"the loss is {loss}")
        answer({"seconds": seconds, "loss": loss, "accuracy": accuracy})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--network", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    arguments = parser.parse_args()
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(arguments, answers)


if __name__ == "__main__":
    main()
