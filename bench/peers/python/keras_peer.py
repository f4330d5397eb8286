"""Keras on JAX as courses teach it: pixels become floats once, and `model.fit` does the
rest."""

from __future__ import annotations

import jax
import keras
import numpy as np
from keras import layers

from network import Images, Layer, Network, check_shape
from trainer import Progress


def make_layer(layer: Layer) -> keras.Layer:
    options = layer.options
    match layer.type:
        case "conv2d":
            return layers.Conv2D(
                options["filters"],
                options["kernelSize"],
                strides=options["strides"],
                padding=options["padding"],
                use_bias=options["useBias"],
                activation=options["activation"],
            )
        case "dense":
            l2 = options.get("l2")
            return layers.Dense(
                options["units"],
                use_bias=options["useBias"],
                activation=options["activation"],
                kernel_regularizer=keras.regularizers.L2(l2) if l2 else None,
            )
        case "batchNormalization":
            return layers.BatchNormalization(
                momentum=options["momentum"], epsilon=options["epsilon"]
            )
        case "maxPooling2d":
            return layers.MaxPooling2D(
                options["poolSize"], options["strides"], padding=options["padding"]
            )
        case "globalAveragePooling2d":
            return layers.GlobalAveragePooling2D()
        case "dropout":
            return layers.Dropout(options["rate"])
        case "reLU":
            return layers.ReLU()
        case "flatten":
            return layers.Flatten()
        case "concatenate":
            return layers.Concatenate()
        case "add":
            return layers.Add()
        case other:
            raise NotImplementedError(f"no layer {other} for Keras")


def make_model(network: Network) -> keras.Model:
    image = keras.Input(network.input_shape)
    values = {network.input_name: image}
    for layer in network.layers:
        inputs = [values[name] for name in layer.inputs]
        value = make_layer(layer)(inputs if len(inputs) > 1 else inputs[0])
        check_shape(layer, value.shape[1:])
        values[layer.name] = value
    return keras.Model(image, values[network.layers[-1].name])


class KerasTrainer:
    def __init__(self, network: Network, images: Images, batch_size: int) -> None:
        self.versions = {"keras": keras.__version__, "jax": jax.__version__}
        self.setting = ""
        self.model = make_model(network)
        self.parameters = self.model.count_params()
        adam = network.adam
        self.model.compile(
            optimizer=keras.optimizers.Adam(
                adam["learningRate"], adam["beta1"], adam["beta2"], adam["epsilon"]
            ),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        self.pixels = images.pixels.astype(np.float32) / 255
        self.labels = images.labels
        self.batch_size = batch_size
        self.next_image = 0

    def train(self, steps: int) -> Progress:
        """Fits the next images, at most all of them."""
        count = steps * self.batch_size
        if self.next_image + count > len(self.labels):
            self.next_image = 0
        images = slice(self.next_image, self.next_image + count)
        self.next_image += count
        history = self.model.fit(
            self.pixels[images],
            self.labels[images],
            batch_size=self.batch_size,
            verbose=0,
        ).history
        return Progress(loss=history["loss"][0], accuracy=history["accuracy"][0])
