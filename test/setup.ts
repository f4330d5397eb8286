/** Files of a worker share their modules, and so tfjs: each begins with its flags and backend as they are when loaded. */
import * as tf from '@tensorflow/tfjs';

tf.env().reset();
await tf.setBackend('cpu');
