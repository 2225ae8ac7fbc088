// What a list to choose from finds for what is typed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching } from '../../web/chooser.js';

const OPTIONS = [
  { value: 'AX', label: 'Åland Islands', mark: '', hint: '+358' },
  { value: 'DK', label: 'Denmark', mark: '🇩🇰', hint: '+45' },
  { value: 'DE', label: 'Germany', mark: '🇩🇪', hint: '+49' },
  { value: 'GQ', label: 'Equatorial Guinea', mark: '', hint: '+240' },
  { value: 'GN', label: 'Guinea', mark: '', hint: '+224' },
  { value: 'US', label: 'United States', mark: '', hint: '+1' },
];
const found = (typed) => matching(OPTIONS, typed).map(({ value }) => value);

test('nothing typed finds everything, in its order', () => assert.deepEqual(found('  '), ['AX', 'DK', 'DE', 'GQ', 'GN', 'US']));
test('case and accents do not count', () => assert.deepEqual(found('aland'), ['AX']));
test('what begins with the typed words comes first', () => assert.deepEqual(found('guinea'), ['GN', 'GQ']));
test('every word has to begin one', () => {
  assert.deepEqual(found('st uni'), ['US']);
  assert.deepEqual(found('nited'), []);
});
test('a code is found with and without its plus', () => {
  assert.deepEqual(found('+49'), ['DE']);
  assert.deepEqual(found('49'), ['DE']);
  assert.deepEqual(found('de'), ['DE', 'DK']);
});
