// Imported before the library: what lets it run on every Node.js that package.json allows.

// Newer than the first releases of Node.js 20.
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);

// It says so on each start with Node.js 20, on which the tests hold as well.
const warn = console.warn;
console.warn = (text, ...rest) => String(text).includes('Unsupported runtime') || warn(text, ...rest);
