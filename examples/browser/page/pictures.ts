/** Images as the network takes them, and back. */

const side = 32;

/** The middle square of an image file, shrunk to 32 by 32 pixels: red, green and blue, row by row. */
export async function readImage(file: Blob): Promise<Uint8Array> {
  const image = await createImageBitmap(file);
  const size = Math.min(image.width, image.height);
  let canvas = drawn(image, (image.width - size) / 2, (image.height - size) / 2, size, Math.min(size, 1024));
  // By halves, since one large step would leave out most pixels.
  while (canvas.width >= 2 * side) canvas = drawn(canvas, 0, 0, canvas.width, Math.floor(canvas.width / 2));
  canvas = drawn(canvas, 0, 0, canvas.width, side);
  image.close();
  const { data } = contextOf(canvas).getImageData(0, 0, side, side);
  return Uint8Array.from({ length: side * side * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)] ?? 0);
}

/** Puts pixels into a canvas of 32 by 32. */
export function showPixels(canvas: HTMLCanvasElement, pixels: Uint8Array): void {
  const image = new ImageData(side, side);
  for (let pixel = 0; pixel < side * side; pixel += 1) {
    image.data.set(pixels.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    image.data[pixel * 4 + 3] = 255;
  }
  contextOf(canvas).putImageData(image, 0, 0);
}

function drawn(
  source: CanvasImageSource,
  left: number,
  top: number,
  size: number,
  target: number,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = target;
  canvas.height = target;
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  // What is transparent is white, as on most pages.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, target, target);
  context.drawImage(source, left, top, size, size, 0, 0, target, target);
  return canvas;
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser draws no canvas');
  return context;
}
