import type { Diagnostic } from '../diagnostics/index.js';

/** How a check tells of a fault; whoever made it adds the file and the place. */
export type Report = (
  fault: Omit<Diagnostic, 'file' | 'range' | 'severity'> & Partial<Pick<Diagnostic, 'severity'>>,
) => void;
