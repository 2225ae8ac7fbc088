// The colours of the pages that are no canvas are the canvas's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (file) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

test('every theme of tokens.css has the colours of theme.cpp', () => {
  const names = read('wasm-ui/kit/theme.h').match(/token_names\{([^}]*)\}/)[1].match(/[\w-]+/g);
  const canvas = Object.fromEntries([...read('wasm-ui/kit/theme.cpp').matchAll(/constexpr Tokens (\w+)\{([^}]*)\}/g)]
    .map(([, theme, values]) => [theme, values.match(/0x\w+/g).map((value) => `#${value.slice(2).toLowerCase()}`)]));
  const long = (colour) => (colour.length === 4 ? colour.replace(/[^#]/g, '$&$&') : colour);
  const blocks = read('web/tokens.css').match(/:root \{[^}]*\}/g);
  const themes = ['light_tokens', 'light_contrast', 'dark_tokens', 'dark_contrast'];
  assert.equal(blocks.length, themes.length);
  blocks.forEach((block, n) => {
    const said = [...block.matchAll(/--([\w-]+): (#\w+);/g)].map(([, name, colour]) => [name, long(colour)]);
    assert.ok(said.length >= 10, themes[n]);
    for (const [name, colour] of said) assert.equal(colour, canvas[themes[n]][names.indexOf(name)], `${themes[n]}: ${name}`);
  });
});
