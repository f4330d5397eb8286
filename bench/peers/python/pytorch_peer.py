"""PyTorch with the fused Adam, eager or under torch.compile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.nn import functional

from network import Images, Layer, Network, check_shape, shuffled_batches
from trainer import Progress, UnavailableError

Evaluate = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From a batch's pixels and labels to the loss and the number of right answers."""


MEMORY_FORMATS = {
    torch.contiguous_format: "channels first",
    torch.channels_last: "channels last",
}


class Concatenate(nn.Module):
    def forward(self, *inputs: Tensor) -> Tensor:
        return torch.cat(inputs, dim=1)


class Add(nn.Module):
    def forward(self, *inputs: Tensor) -> Tensor:
        return sum(inputs[1:], start=inputs[0])


class GlobalAveragePool(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.mean(dim=(2, 3))


def make_module(layer: Layer) -> nn.Module:
    options = layer.options
    channels = layer.input_shapes[0][-1]
    match layer.type:
        case "conv2d":
            size = options["kernelSize"]
            convolution = nn.Conv2d(
                channels,
                options["filters"],
                size,
                stride=options["strides"],
                padding=size // 2 if options["padding"] == "same" else 0,
                bias=options["useBias"],
            )
            return with_activation(convolution, options["activation"])
        case "dense":
            dense = nn.Linear(channels, options["units"], bias=options["useBias"])
            return with_activation(dense, options["activation"])
        case "batchNormalization":
            return nn.BatchNorm2d(
                channels, eps=options["epsilon"], momentum=1 - options["momentum"]
            )
        case "maxPooling2d":
            size, strides = options["poolSize"], options["strides"]
            same = options["padding"] == "same" and strides < size
            return nn.MaxPool2d(size, strides, padding=size // 2 if same else 0)
        case "globalAveragePooling2d":
            return GlobalAveragePool()
        case "dropout":
            return nn.Dropout(options["rate"])
        case "reLU":
            return nn.ReLU()
        case "flatten":
            return nn.Flatten()
        case "concatenate":
            return Concatenate()
        case "add":
            return Add()
        case other:
            raise NotImplementedError(f"no layer {other} for PyTorch")


def with_activation(module: nn.Module, name: str) -> nn.Module:
    match name:
        case "linear" | "softmax":  # cross_entropy takes logits
            return module
        case "relu":
            return nn.Sequential(module, nn.ReLU())
        case "sigmoid":
            return nn.Sequential(module, nn.Sigmoid())
        case other:
            raise NotImplementedError(f"no activation {other} for PyTorch")


class Model(nn.Module):
    """Gives logits."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.steps = nn.ModuleList(make_module(layer) for layer in network.layers)

    def values(self, images: Tensor) -> dict[str, Tensor]:
        values = {self.network.input_name: images}
        for layer, module in zip(self.network.layers, self.steps, strict=True):
            values[layer.name] = module(*(values[name] for name in layer.inputs))
        return values

    def forward(self, images: Tensor) -> Tensor:
        return self.values(images)[self.network.layers[-1].name]

    def penalty(self) -> Tensor | float:
        return sum(
            layer.options["l2"] * weight.square().sum()
            for layer, module in zip(self.network.layers, self.steps, strict=True)
            if layer.options.get("l2")
            for weight in module.parameters()
            if weight.dim() > 1
        )


def channels_last(shape: Sequence[int]) -> tuple[int, ...]:
    return (*shape[1:], shape[0])


def check_shapes(model: Model) -> None:
    height, width, channels = model.network.input_shape
    model.eval()
    values = model.values(torch.zeros(1, channels, height, width))
    model.train()
    for layer in model.network.layers:
        check_shape(layer, channels_last(values[layer.name].shape[1:]))


def compile_function(function: Evaluate) -> Evaluate:
    compilers = (os.environ.get("CXX", "g++"), "g++", "clang++")
    if not any(map(shutil.which, compilers)):
        raise UnavailableError("torch.compile needs a C++ compiler: install g++")
    return torch.compile(function, dynamic=False)


class PyTorchTrainer:
    def __init__(
        self,
        network: Network,
        images: Images,
        batch_size: int,
        memory_format: torch.memory_format,
        *,
        compiled: bool,
    ) -> None:
        self.versions = {"torch": str(torch.__version__)}
        self.setting = MEMORY_FORMATS[memory_format]
        model = Model(network).to(memory_format=memory_format)
        check_shapes(model)
        self.parameters = sum(
            value.numel()
            for name, value in model.state_dict().items()
            if not name.endswith("num_batches_tracked")
        )
        pixels = torch.from_numpy(images.pixels).permute(0, 3, 1, 2)
        self.pixels = pixels.contiguous(memory_format=memory_format)
        self.labels = torch.from_numpy(images.labels).long()
        self.batches = shuffled_batches(len(images.labels), batch_size)
        self.batch_size = batch_size
        adam = network.adam
        self.optimizer = torch.optim.Adam(
            model.parameters(),
            lr=adam["learningRate"],
            betas=(adam["beta1"], adam["beta2"]),
            eps=adam["epsilon"],
            fused=True,
        )

        def evaluate(pixels: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
            logits = model(pixels.float() / 255)
            loss = functional.cross_entropy(logits, labels) + model.penalty()
            return loss, (logits.argmax(dim=1) == labels).sum()

        self.evaluate = compile_function(evaluate) if compiled else evaluate

    def train(self, steps: int) -> Progress:
        total_loss = torch.zeros(())
        total_right = torch.zeros((), dtype=torch.long)
        for _ in range(steps):
            chosen = torch.from_numpy(next(self.batches))
            loss, right = self.evaluate(self.pixels[chosen], self.labels[chosen])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total_loss += loss.detach()
            total_right += right
        return Progress(
            loss=total_loss.item() / steps,
            accuracy=total_right.item() / (steps * self.batch_size),
        )


def open_pytorch(
    network: Network, images: Images, batch_size: int, *, compiled: bool
) -> PyTorchTrainer:
    """A trainer in the memory format that is faster: which one that is depends on the
    network."""
    trainers = [
        PyTorchTrainer(network, images, batch_size, memory_format, compiled=compiled)
        for memory_format in MEMORY_FORMATS
    ]
    return min(trainers, key=fastest_step)


def fastest_step(trainer: PyTorchTrainer) -> float:
    """The seconds of the fastest of some steps."""
    trainer.train(2)  # the first one compiles
    fastest = float("inf")
    end = perf_counter() + 2
    while (start := perf_counter()) < end:
        trainer.train(1)
        fastest = min(fastest, perf_counter() - start)
    return fastest
