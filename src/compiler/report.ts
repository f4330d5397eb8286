import type { Diagnostic, SpecPath } from '../diagnostics/index.js';
import type { ExpandedStep } from '../spec/expand/expanded-spec.js';
import type { Fault } from '../spec/fault.js';

/** What is wrong with a model, before it is located. */
export interface GraphFault {
  readonly code: Fault['code'];
  readonly severity?: Diagnostic['severity'];
  readonly message: string;
  readonly path: SpecPath;
  readonly hint?: string;
  readonly notes?: readonly string[];
  /** The step whose fault it is, in whose file the path is then, and the option: nothing for the spec as a whole. */
  readonly step?: ExpandedStep;
  readonly option?: string | undefined;
  /** What of the path’s place is meant; its value where nothing is said. */
  readonly at?: Fault['at'];
}

/** How a check tells of a fault; whoever made it adds the file and the place. */
export type Report = (fault: GraphFault) => void;
