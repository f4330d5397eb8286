import TypeBox from 'typebox';
import { expect, test } from 'vitest';
import { Type } from '../../src/layers/type.js';

/** All properties of a value, hidden ones too. */
function anatomy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const properties = Object.entries(Object.getOwnPropertyDescriptors(value));
  return properties.map(([name, { value: inner, enumerable }]) => [name, enumerable, anatomy(inner)]);
}

const schemas = (build: typeof Type) => [
  build.Object({}),
  build.Object(
    {
      a: build.Optional(build.Integer({ minimum: 1, default: 2 })),
      b: build.Literal('x', { description: 'b' }),
      c: build.Array(build.Number(), { minItems: 1 }),
    },
    { additionalProperties: false, description: 'all' },
  ),
  build.Array(build.Unknown()),
  build.Literal(-1),
  build.Literal(true),
  build.Null(),
  build.Boolean({ default: true }),
  build.String({ pattern: '^a' }),
  build.Optional(build.Unsafe<number>({ anyOf: [build.Null(), { type: 'number' }] })),
];

test('our builders make what typebox makes, down to hidden properties', () => {
  expect(schemas(Type).map(anatomy)).toEqual(schemas(TypeBox).map(anatomy));
});
