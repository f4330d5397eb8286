/** SVG as PNG, with the font that comes with the package and no other, so that it looks the same everywhere. */
import { type PlotFonts, plotFontName } from './font-metrics.js';

/** `zoom` is in pixels of the PNG for one of the SVG. */
export async function paintSvg(svg: string, fonts: PlotFonts, zoom: number): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      loadSystemFonts: false,
      fontFiles: [fonts.regular.file, fonts.bold.file],
      defaultFontFamily: plotFontName,
      sansSerifFamily: plotFontName,
    },
  });
  return image.render().asPng();
}
