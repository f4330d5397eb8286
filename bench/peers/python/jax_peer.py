"""JAX with no other library: a whole step is one compiled function."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array, lax

from network import Images, Layer, Network, check_shape, shuffled_batches
from trainer import Progress

Weights = dict[str, dict[str, Array]]
"""By layer, then by role: kernel, bias, scale, offset, mean, variance."""


class State(NamedTuple):
    weights: Weights
    averages: Weights
    """Of batch normalization; not trained."""
    first_moment: Weights
    second_moment: Weights
    step: Array
    key: Array
    total_loss: Array
    total_right: Array


def initial_weights(layer: Layer, key: Array) -> dict[str, Array]:
    options = layer.options
    channels = layer.input_shapes[0][-1]
    glorot = jax.nn.initializers.glorot_uniform()
    match layer.type:
        case "conv2d":
            size, outputs = options["kernelSize"], options["filters"]
            weights = {"kernel": glorot(key, (size, size, channels, outputs))}
        case "dense":
            outputs = options["units"]
            weights = {"kernel": glorot(key, (channels, outputs))}
        case "batchNormalization":
            return {"scale": jnp.ones(channels), "offset": jnp.zeros(channels)}
        case _:
            return {}
    return weights | ({"bias": jnp.zeros(outputs)} if options["useBias"] else {})


def initial_averages(layer: Layer) -> dict[str, Array]:
    if layer.type != "batchNormalization":
        return {}
    channels = layer.input_shapes[0][-1]
    return {"mean": jnp.zeros(channels), "variance": jnp.ones(channels)}


def activate(name: str, values: Array) -> Array:
    match name:
        case "linear" | "softmax":  # the loss takes logits
            return values
        case "relu":
            return jax.nn.relu(values)
        case "sigmoid":
            return jax.nn.sigmoid(values)
        case other:
            raise NotImplementedError(f"no activation {other} for JAX")


def normalize(
    values: Array, options: Mapping[str, Any], weights: dict, averages: dict
) -> tuple[Array, dict]:
    mean, variance = values.mean((0, 1, 2)), values.var((0, 1, 2))
    factor = weights["scale"] * lax.rsqrt(variance + options["epsilon"])
    kept = options["momentum"]
    updated = {
        "mean": kept * averages["mean"] + (1 - kept) * mean,
        "variance": kept * averages["variance"] + (1 - kept) * variance,
    }
    return (values - mean) * factor + weights["offset"], updated


def apply_layer(layer: Layer, weights: dict, inputs: list[Array], key: Array) -> Array:
    options = layer.options
    values = inputs[0]
    match layer.type:
        case "conv2d":
            strides = (options["strides"],) * 2
            values = lax.conv_general_dilated(
                values,
                weights["kernel"],
                strides,
                options["padding"].upper(),
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
            )
            return activate(options["activation"], values + weights.get("bias", 0))
        case "dense":
            values = values @ weights["kernel"] + weights.get("bias", 0)
            return activate(options["activation"], values)
        case "maxPooling2d":
            size, strides = options["poolSize"], options["strides"]
            return lax.reduce_window(
                values,
                -jnp.inf,
                lax.max,
                (1, size, size, 1),
                (1, strides, strides, 1),
                options["padding"].upper(),
            )
        case "globalAveragePooling2d":
            return values.mean((1, 2))
        case "dropout":
            kept = 1 - options["rate"]
            mask = jax.random.bernoulli(key, kept, values.shape)
            return jnp.where(mask, values / kept, 0)
        case "reLU":
            return jax.nn.relu(values)
        case "flatten":
            return values.reshape(len(values), -1)
        case "concatenate":
            return jnp.concatenate(inputs, axis=-1)
        case "add":
            return sum(inputs[1:], start=inputs[0])
        case other:
            raise NotImplementedError(f"no layer {other} for JAX")


def apply_network(
    network: Network, weights: Weights, averages: Weights, images: Array, key: Array
) -> tuple[Array, Weights]:
    """Logits, and what the averages become."""
    values = {network.input_name: images}
    updated: Weights = {}
    for layer, layer_key in zip(
        network.layers, jax.random.split(key, len(network.layers)), strict=True
    ):
        name = layer.name
        inputs = [values[source] for source in layer.inputs]
        if layer.type == "batchNormalization":
            values[name], updated[name] = normalize(
                inputs[0], layer.options, weights[name], averages[name]
            )
        else:
            values[name] = apply_layer(layer, weights[name], inputs, layer_key)
            updated[name] = {}
        check_shape(layer, values[name].shape[1:])
    return values[network.layers[-1].name], updated


def update_adam(
    adam: Mapping[str, float], state: State, gradients: Weights
) -> dict[str, Any]:
    """The fields of the state that Adam changes."""
    beta1, beta2 = adam["beta1"], adam["beta2"]
    step = state.step + 1
    first = jax.tree.map(
        lambda m, g: beta1 * m + (1 - beta1) * g, state.first_moment, gradients
    )
    second = jax.tree.map(
        lambda v, g: beta2 * v + (1 - beta2) * g * g, state.second_moment, gradients
    )
    first_correction = 1 - beta1**step
    second_correction = 1 - beta2**step
    weights = jax.tree.map(
        lambda w, m, v: (
            w
            - adam["learningRate"]
            * (m / first_correction)
            / (jnp.sqrt(v / second_correction) + adam["epsilon"])
        ),
        state.weights,
        first,
        second,
    )
    return {
        "weights": weights,
        "first_moment": first,
        "second_moment": second,
        "step": step,
    }


@partial(jax.jit, static_argnums=0, donate_argnums=1)
def train_step(network: Network, state: State, pixels: Array, labels: Array) -> State:
    key, dropout_key = jax.random.split(state.key)
    images = pixels.astype(jnp.float32) / 255

    def evaluate(weights: Weights) -> tuple[Array, tuple[Array, Weights]]:
        logits, averages = apply_network(
            network, weights, state.averages, images, dropout_key
        )
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1)
        penalty = sum(
            layer.options["l2"] * jnp.square(weights[layer.name]["kernel"]).sum()
            for layer in network.layers
            if layer.options.get("l2")
        )
        return penalty - chosen.mean(), (logits, averages)

    (loss, (logits, averages)), gradients = jax.value_and_grad(evaluate, has_aux=True)(
        state.weights
    )
    return state._replace(
        **update_adam(network.adam, state, gradients),
        averages=averages,
        key=key,
        total_loss=state.total_loss + loss,
        total_right=state.total_right + (logits.argmax(1) == labels).sum(),
    )


def initial_state(network: Network) -> State:
    keys = jax.random.split(jax.random.key(42), len(network.layers) + 1)
    weights = {
        layer.name: initial_weights(layer, key)
        for layer, key in zip(network.layers, keys[1:], strict=True)
    }
    return State(
        weights=weights,
        averages={layer.name: initial_averages(layer) for layer in network.layers},
        first_moment=jax.tree.map(jnp.zeros_like, weights),
        second_moment=jax.tree.map(jnp.zeros_like, weights),
        step=jnp.zeros((), jnp.int32),
        key=keys[0],
        total_loss=jnp.zeros(()),
        total_right=jnp.zeros((), jnp.int32),
    )


class JaxTrainer:
    def __init__(self, network: Network, images: Images, batch_size: int) -> None:
        self.versions = {"jax": jax.__version__}
        self.setting = ""
        self.network = network
        self.images = images
        self.batch_size = batch_size
        self.batches = shuffled_batches(len(images.labels), batch_size)
        self.state = initial_state(network)
        self.parameters = sum(
            value.size
            for value in jax.tree.leaves((self.state.weights, self.state.averages))
        )

    def train(self, steps: int) -> Progress:
        for _ in range(steps):
            chosen = next(self.batches)
            self.state = train_step(
                self.network,
                self.state,
                self.images.pixels[chosen],
                self.images.labels[chosen],
            )
        loss, right = float(self.state.total_loss), int(self.state.total_right)
        self.state = self.state._replace(
            total_loss=jnp.zeros(()), total_right=jnp.zeros((), jnp.int32)
        )
        return Progress(loss / steps, right / (steps * self.batch_size))
