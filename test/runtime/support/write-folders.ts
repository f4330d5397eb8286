/** Replaces a folder and a file again and again until it is killed: `node write-folders.js FOLDER FILE`. */
import { writeFileWhole, writeFolderWhole } from '../../../src/runtime/whole-files.js';

const [folder, file] = process.argv.slice(2) as [string, string];
for (let version = 0; ; version += 1) {
  const text = `${version}\n`.repeat(2000);
  await writeFolderWhole(folder, { 'a.txt': text, 'b.bin': Buffer.from(text), 'c.txt': text });
  await writeFileWhole(file, text);
  process.stdout.write(`${version}\n`);
}
