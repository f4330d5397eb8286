/**
 * How wide text is in DejaVu Sans, the font that pictures are drawn in. The compiler reads no font file, so that it
 * runs in a browser too: the widths of ASCII are here, in units of 1/2048 of the size, as the font's `hmtx` table has
 * them; everything else is taken to be as wide as the widest signs.
 */

const asciiWidths = {
  regular: [
    651, 821, 942, 1716, 1303, 1946, 1597, 563, 799, 799, 1024, 1716, 651, 739, 651, 690, 1303, 1303, 1303,
    1303, 1303, 1303, 1303, 1303, 1303, 1303, 690, 690, 1716, 1716, 1716, 1087, 2048, 1401, 1405, 1430, 1577,
    1294, 1178, 1587, 1540, 604, 604, 1343, 1141, 1767, 1532, 1612, 1235, 1612, 1423, 1300, 1251, 1499, 1401,
    2025, 1403, 1251, 1403, 799, 690, 799, 1716, 1024, 1024, 1255, 1300, 1126, 1300, 1260, 721, 1300, 1298,
    569, 569, 1186, 569, 1995, 1298, 1253, 1300, 1300, 842, 1067, 803, 1298, 1212, 1675, 1212, 1212, 1075,
    1303, 690, 1303, 1716,
  ],
  bold: [
    713, 934, 1067, 1716, 1425, 2052, 1786, 627, 936, 936, 1071, 1716, 778, 850, 778, 748, 1425, 1425, 1425,
    1425, 1425, 1425, 1425, 1425, 1425, 1425, 819, 819, 1716, 1716, 1716, 1188, 2048, 1585, 1561, 1503, 1700,
    1399, 1399, 1681, 1714, 762, 762, 1587, 1305, 2038, 1714, 1741, 1501, 1741, 1577, 1475, 1397, 1663, 1585,
    2259, 1579, 1483, 1485, 936, 748, 936, 1716, 1024, 1024, 1382, 1466, 1214, 1466, 1389, 891, 1466, 1458,
    702, 702, 1362, 702, 2134, 1458, 1407, 1466, 1466, 1010, 1219, 979, 1458, 1335, 1892, 1321, 1335, 1192,
    1458, 748, 1458, 1716,
  ],
} as const;

const unitsPerEm = 2048;
const firstCode = 32;

export type Weight = keyof typeof asciiWidths;

/** In pixels, at `size` pixels. */
export function textWidth(text: string, size: number, weight: Weight = 'regular'): number {
  const widths = asciiWidths[weight];
  const units = Array.from(text).reduce(
    (sum, character) => sum + (widths[character.codePointAt(0)! - firstCode] ?? unitsPerEm),
    0,
  );
  return (units / unitsPerEm) * size;
}

/** Without its end, where it would be too wide. */
export function shortenedText(text: string, width: number, size: number, weight: Weight = 'regular'): string {
  if (textWidth(text, size, weight) <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, weight) > width)
    characters.pop();
  return `${characters.join('')}…`;
}

/** Puts phrases on as many lines as they need, with commas between them. */
export function wrappedPhrases(phrases: readonly string[], width: number, size: number): readonly string[] {
  const lines: string[] = [];
  for (const [index, phrase] of phrases.entries()) {
    const text = index < phrases.length - 1 ? `${phrase},` : phrase;
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${text}`, size) <= width)
      lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  }
  return lines.map((line) => shortenedText(line, width, size));
}
