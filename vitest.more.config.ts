/** The tests that `npm test` leaves out. */
import { defineConfig } from 'vitest/config';
import { common, more } from './vitest.config.js';

export default defineConfig({ test: { ...common, include: more } });
