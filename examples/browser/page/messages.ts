/** What the page and its worker tell each other. */

/** Of the site, from `facts.json`. */
export interface SiteFacts {
  readonly dataset: string;
  readonly synthetic: boolean;
  /** How many images there are. */
  readonly train: number;
  readonly validation: number;
  readonly batchSize: number;
  readonly classNames: readonly string[];
  /** Numbers in the weights. */
  readonly parameters: number;
  readonly programBytes: number;
  readonly spec: string;
}

/** Means over a few steps, or over validation images; `epoch` is a fraction. */
export interface Point {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
}

export interface Picture {
  /** 32 x 32 RGB. */
  readonly pixels: Uint8Array;
  readonly label: number;
}

export type ToWorker =
  | { readonly type: 'run' }
  | { readonly type: 'pause' }
  | { readonly type: 'restart' }
  | { readonly type: 'save' }
  /** To be classified now and again, as the network learns. */
  | { readonly type: 'look'; readonly pixels: Uint8Array };

export type FromWorker =
  | { readonly type: 'loading'; readonly loaded: number; readonly total: number }
  | { readonly type: 'ready'; readonly pictures: readonly Picture[] }
  | {
      readonly type: 'progress';
      readonly steps: number;
      readonly epoch: number;
      readonly stepsPerSecond: number;
      readonly training: readonly Point[];
      readonly validation: readonly Point[];
    }
  /** Probabilities of all classes for each of the pictures. */
  | { readonly type: 'seen'; readonly probabilities: Float32Array }
  /** And for the one picture that was asked for. */
  | { readonly type: 'looked'; readonly probabilities: Float32Array }
  | { readonly type: 'restarted' }
  | { readonly type: 'saved'; readonly file: Uint8Array<ArrayBuffer> }
  | { readonly type: 'failed'; readonly message: string };
