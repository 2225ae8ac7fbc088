// web/number.js under node: how a number is grouped while it is typed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grouped } from '../../web/number.js';


test('a number is grouped as its country writes it', () => {
  assert.equal(grouped('2025550100', 'US'), '(202) 555-0100');
  assert.equal(grouped('1 202 555 0100', 'US'), '1 (202) 555-0100');
  assert.equal(grouped('+12025550100', 'GB'), '+1 202-555-0100');
  assert.equal(grouped('+1202555010', 'GB'), '+1 202-555-010');
  assert.equal(grouped('+5511987654321', 'GB'), '+55 11 98765-4321');
  assert.equal(grouped('+33612345678', 'GB'), '+33 6 12 34 56 78');
  assert.equal(grouped('+4930901820', 'US'), '+49 30 901820');
  assert.equal(grouped('030901820', 'DE'), '030 901820');
  assert.equal(grouped('+442079460000', 'US'), '+44 20 7946 0000');
  assert.equal(grouped('0612345678', 'FR'), '06 12 34 56 78');
  assert.equal(grouped('+44\u00a020\u20117946\u20110000', 'US'), '+44 20 7946 0000');
});

test('no digit is lost or added: what is no plain number stays as it was typed', () => {
  for (const text of ['', '+', '+44 (0)20 7946 0000', '0800 TAXI', 'tel:+1202', '*67', '２０２', '+1 202 555 0100;ext=5', '++1']) {
    assert.equal(grouped(text, 'US'), text);
  }
  for (const region of ['US', 'DE', 'GB', 'JP', 'IN', '', 'XX', 'constructor']) {
    for (let digits = '0'; digits.length < 18; digits += (digits.length * 7) % 10) {
      for (const text of [digits, `+${digits.slice(1)}`]) assert.equal(grouped(text, region).replace(/[^\d+]/g, ''), text);
    }
  }
});
