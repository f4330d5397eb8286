/** The pictures that show what the network has learned: each has a frame that is the greener, the surer and righter. */
import type { Picture } from './messages.js';
import { showPixels } from './pictures.js';

export interface Gallery {
  /** Probabilities of all classes, for each picture. Returns how many it names rightly. */
  show(probabilities: Float32Array): number;
  choose(picture: Picture | undefined): void;
}

export function openGallery(
  parent: HTMLElement,
  pictures: readonly Picture[],
  classNames: readonly string[],
  onChoose: (picture: Picture) => void,
): Gallery {
  const tiles = pictures.map((picture) => {
    const tile = document.createElement('button');
    const canvas = document.createElement('canvas');
    canvas.width = 32;
    canvas.height = 32;
    showPixels(canvas, picture.pixels);
    tile.type = 'button';
    tile.append(canvas);
    tile.addEventListener('click', () => onChoose(picture));
    return tile;
  });
  parent.replaceChildren(...tiles);
  return {
    show(probabilities) {
      let right = 0;
      pictures.forEach(({ label }, index) => {
        const own = probabilities.subarray(index * classNames.length, (index + 1) * classNames.length);
        const likeliest = own.indexOf(Math.max(...own));
        const isRight = likeliest === label;
        if (isRight) right += 1;
        const tile = tiles[index]!;
        tile.style.setProperty('--surety', isRight ? (0.3 + 0.7 * (own[label] ?? 0)).toFixed(2) : '0');
        tile.title = `${classNames[label]}; it says ${classNames[likeliest]}`;
        tile.setAttribute('aria-label', tile.title);
      });
      return right;
    },
    choose(picture) {
      tiles.forEach((tile, index) => {
        tile.setAttribute('aria-pressed', String(pictures[index] === picture));
      });
    },
  };
}
