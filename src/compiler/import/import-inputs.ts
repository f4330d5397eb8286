/** The inputs of a saved model as those of a spec: names and whole shapes without the batch. */
import { formatShape, type Shape } from '../../layers/index.js';
import { describeValue } from '../../spec/describe.js';
import { checkDtype } from './check-dtype.js';
import type { Findings } from './findings.js';
import { isMadeUpInput, type NameRegister, plainName, reservedName } from './names.js';
import type { SavedInput } from './saved-input.js';

/** What a shape of the file leaves open, from whoever imports it. */
export interface GivenShape {
  /** Which input; may be left out where there is only one. */
  readonly name?: string;
  /** Without the batch. */
  readonly shape: Shape;
}

export interface ImportedInput {
  readonly saved: SavedInput;
  readonly name: string;
  /** Undefined where it is not known in full; the findings then say so. */
  readonly shape: Shape | undefined;
}

/** In the model's order. The only input of a model has the reserved name where the file has none of its own for it. */
export function importInputs(
  inputs: readonly SavedInput[],
  given: readonly GivenShape[],
  names: NameRegister,
  findings: Findings,
): readonly ImportedInput[] {
  const single = inputs.length === 1;
  const nameOf = ({ name }: SavedInput) => {
    const wanted = name ?? reservedName;
    if (single && (wanted === reservedName || isMadeUpInput(wanted))) return reservedName;
    return names.take(plainName(wanted, 'input_1'));
  };
  const imported = inputs.map((saved) => {
    const name = nameOf(saved);
    const known = given.find(
      (candidate) => candidate.name === (saved.name ?? reservedName) || candidate.name === name,
    );
    const shape = single ? (known ?? given.find((candidate) => candidate.name === undefined)) : known;
    return { saved, name, shape: shapeOf(saved, name, shape?.shape, findings) };
  });
  const known = new Set(imported.flatMap(({ name, saved }) => [name, saved.name]));
  for (const { name } of given) {
    if (name === undefined ? !single : !known.has(name)) {
      const which =
        name === undefined ? `one of ${inputs.length} inputs, by its name` : 'an input of the model';
      findings.cannot([], `the shape given for ${describeValue(name)} needs to name ${which}`);
    }
  }
  return imported;
}

function shapeOf(
  { shape: saved, config, path }: SavedInput,
  name: string,
  given: Shape | undefined,
  findings: Findings,
): Shape | undefined {
  const label = `the input ${describeValue(name)}`;
  checkDtype(config.dtype, [...path, 'dtype'], label, findings);
  for (const key of ['sparse', 'ragged', 'optional']) {
    if (config[key] === true) findings.cannot([...path, key], `${label} is ${key}, which no spec can say`);
  }
  const place = [...path, 'batch_shape' in config ? 'batch_shape' : 'batch_input_shape'];
  const flag = `give it with --input-shape ${name === reservedName ? '' : `${name}=`}32x32x3`;
  if (saved === undefined || saved === null) {
    if (given !== undefined) return given;
    findings.cannot(path, `${label}: the file does not say its shape`, flag);
    return undefined;
  }
  if (
    !Array.isArray(saved) ||
    saved.length === 0 ||
    !saved.every((size) => size === null || Number.isInteger(size))
  ) {
    findings.damaged(place, `${label}: expected a shape, found ${describeValue(saved)}`);
    return undefined;
  }
  const [batch, ...sizes] = saved as readonly (number | null)[];
  if (batch !== null) findings.note(`takes batches of every size instead of ${batch} examples`, label);
  const text = `[${sizes.map((size) => size ?? '?').join(', ')}]`;
  if (given !== undefined) {
    const fits =
      given.length === sizes.length && sizes.every((size, axis) => size === null || size === given[axis]);
    if (fits) return given;
    findings.cannot(
      place,
      `${label} is ${text} in the file, and the shape given for it, ${formatShape(given)}, is another`,
    );
    return undefined;
  }
  if (sizes.every((size) => size !== null)) return sizes as Shape;
  findings.cannot(place, `${label} is ${text}, and a spec needs all its sizes`, flag);
  return undefined;
}
