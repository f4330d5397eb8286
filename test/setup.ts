/** Files of a worker share their modules, and so tfjs: each begins with it as it is when loaded. */
import * as tf from '@tensorflow/tfjs';

tf.env().reset();
await tf.setBackend('cpu');
