import { describe, expect, it } from 'vitest';
import {
  betterOf,
  columnsOf,
  formatHistory,
  type HistoryRow,
  historyRow,
  parseHistory,
} from '../../src/runtime/history.js';
import { fc } from '../property.js';

const plan = { metrics: ['accuracy', 'mse'] };
const min = { monitor: 'val_loss', mode: 'min' } as const;

describe('columns', () => {
  it('are loss and metrics as the spec writes them, then the same on validation data', () => {
    expect(columnsOf(plan, true)).toEqual(['loss', 'accuracy', 'mse', 'val_loss', 'val_accuracy', 'val_mse']);
    expect(columnsOf(plan, false)).toEqual(['loss', 'accuracy', 'mse']);
  });

  it('have no value where there is none', () => {
    expect(historyRow(3, plan, [1, 0.5, Number.NaN], undefined)).toEqual({
      epoch: 3,
      loss: 1,
      accuracy: 0.5,
      mse: null,
      val_loss: null,
      val_accuracy: null,
      val_mse: null,
    });
  });
});

describe('the best epoch', () => {
  const row = (epoch: number, value: number | null): HistoryRow => ({ epoch, val_loss: value });

  it('is the first of equals, by the mode', () => {
    const rows = [row(1, 2), row(2, 1), row(3, 1), row(4, 3), row(5, null)];
    const best = (mode: 'min' | 'max') =>
      rows.reduce<ReturnType<typeof betterOf>>(
        (found, next) => betterOf(found, next, { ...min, mode }),
        undefined,
      );
    expect(best('min')).toEqual({ epoch: 2, value: 1 });
    expect(best('max')).toEqual({ epoch: 4, value: 3 });
  });

  it('needs a value of the monitored column', () => {
    expect(betterOf(undefined, row(1, null), min)).toBeUndefined();
    expect(betterOf(undefined, row(1, 5), { ...min, monitor: 'val_mse' })).toBeUndefined();
  });
});

describe('history.csv', () => {
  it('is what spreadsheets read', () => {
    const rows = [
      historyRow(1, plan, [2.5, 0.25, 1e-7], undefined),
      historyRow(2, plan, [2, 0.5, 0.1], [1, 0.5, 0]),
    ];
    expect(formatHistory(rows, columnsOf(plan, true))).toBe(
      'epoch,loss,accuracy,mse,val_loss,val_accuracy,val_mse\n1,2.5,0.25,1e-7,,,\n2,2,0.5,0.1,1,0.5,0\n',
    );
  });

  it('reads back as it was, to the last bit', () => {
    // A decimal has no negative zero, and adding zero makes it a positive one.
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
    const value = fc.option(finite);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 5 }), (values) => {
        const rows = values.map(([loss, valLoss], i) => ({ epoch: i + 1, loss, val_loss: valLoss }));
        expect(parseHistory(formatHistory(rows, ['loss', 'val_loss']), 'history.csv')).toEqual(rows);
      }),
    );
  });

  it.each([
    ['epoch,loss\n1,2\n2,x\n', 3],
    ['epoch,loss\n1\n', 2],
    ['loss,epoch\n1,2\n', 2],
  ])('names the line that is none: %j', (text, line) => {
    expect(() => parseHistory(text, 'runs/a/history.csv')).toThrowError(
      expect.objectContaining({
        code: 'run-damaged',
        message: `runs/a/history.csv:${line} is not a row of a history`,
      }),
    );
  });
});
