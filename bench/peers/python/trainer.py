"""What every peer gives to the bench."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Progress(NamedTuple):
    """Means over the steps of one call."""

    loss: float
    accuracy: float


class Trainer(Protocol):
    """A network in training, on batches of shuffled images."""

    versions: dict[str, str]
    """Of the libraries, by their names."""
    setting: str
    """What it was free to choose; may be empty."""
    parameters: int
    """How many values the weights have, trained or not."""

    def train(self, steps: int) -> Progress:
        """Returns once all the work is done, not only queued."""
        ...


class UnavailableError(Exception):
    """The peer cannot run on this machine; the message says why."""
