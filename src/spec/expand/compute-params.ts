/** The params of a block or a file with their values: those that are given, or what stands in their definition. */
import type { Fault } from '../fault.js';
import type { SpecSource } from '../source.js';
import type { Templates } from './check-templates.js';
import type { CheckedBlock, CheckedParam, CheckedUse } from './checked-steps.js';
import type { Names } from './evaluate.js';
import type { ParamValue } from './expression.js';
import { kindFault, paramKinds } from './param-kinds.js';
import { evaluationNote, substitute } from './substitute.js';
import { holdsExpression } from './template.js';

export interface ComputedParams {
  /** Undefined where one of them has no value. */
  readonly params: ReadonlyMap<string, ParamValue> | undefined;
  readonly faults: readonly ParamFault[];
}

export interface ParamFault {
  readonly source: SpecSource;
  readonly fault: Fault;
  /** True where the fault stands where the block is used, and not in its definition. */
  readonly own: boolean;
}

/** For the use of a block among steps whose names have these values. */
export function computeParams(
  block: CheckedBlock,
  step: CheckedUse,
  names: Names,
  templates: Templates,
): ComputedParams {
  return compute(block.params, `the block '${block.name}'`, templates, (param) =>
    Object.hasOwn(step.value, param.name)
      ? { value: step.value[param.name], names, source: step.source, path: [...step.path, param.name] }
      : undefined,
  );
}

/** For the params of a file. */
export function computeFileParams(params: readonly CheckedParam[], templates: Templates): ComputedParams {
  return compute(params, 'the spec', templates, () => undefined);
}

function compute(
  params: readonly CheckedParam[],
  owner: string,
  templates: Templates,
  given: (
    param: CheckedParam,
  ) => { value: unknown; names: Names; source: SpecSource; path: CheckedParam['path'] } | undefined,
): ComputedParams {
  const values = new Map<string, ParamValue>();
  const faults: ParamFault[] = [];
  let complete = true;
  for (const param of params) {
    const own = given(param);
    const { value, names, source, path } = own ?? { ...param, names: values };
    const computed = substitute(value, path, names, templates);
    const found = [...computed.faults];
    if (computed.value !== undefined && holdsExpression(value)) {
      const fault = kindFault(computed.value, paramKinds(param.value), path, owner);
      const note = evaluationNote(value, names, templates);
      if (fault !== undefined) found.push(note === undefined ? fault : { ...fault, notes: [note] });
    }
    faults.push(...found.map((fault) => ({ source, fault, own: own !== undefined })));
    if (computed.value === undefined || found.length > 0) complete = false;
    else values.set(param.name, computed.value as ParamValue);
  }
  return { params: complete ? values : undefined, faults };
}
