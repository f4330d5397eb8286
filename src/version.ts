/**
 * The package's version, which goes into generated files and run folders. Written here too because the compiler
 * also runs where there is no package.json to read; a test holds the two together.
 */
export const version = '0.1.0';
