/** What a saved layer computes in. A spec's layers compute in float32, as tfjs does. */
import type { SpecPath } from '../../diagnostics/index.js';
import { describeValue, isMapping } from '../../spec/describe.js';
import type { Findings } from './findings.js';

/** `dtype` is a name, or a policy of Keras. */
export function checkDtype(dtype: unknown, path: SpecPath, label: string, findings: Findings): void {
  const name = nameOf(dtype);
  if (name === undefined || name === 'float32') return;
  if (/^(?:mixed_)?(?:bfloat16|float16|float64)$/.test(name)) {
    findings.note(`computes in float32 instead of ${name}`, label);
  } else if (/^u?int\d+$|^bool$/.test(name)) {
    findings.note(`takes its numbers as float32 instead of ${name}`, label);
  } else {
    findings.cannot(path, `${label}: its dtype is ${describeValue(name)}, and a spec has float32 only`);
  }
}

function nameOf(dtype: unknown): string | undefined {
  if (typeof dtype === 'string') return dtype;
  if (!isMapping(dtype)) return undefined;
  const { config, class_name: className } = dtype;
  if (isMapping(config) && typeof config.name === 'string') return config.name;
  return typeof className === 'string' ? className : 'an object';
}
