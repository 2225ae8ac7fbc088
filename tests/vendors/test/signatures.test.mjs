import { test } from 'node:test';
import assert from 'node:assert/strict';
import { twilioSignature, ultravoxSignature } from '../signatures.mjs';

const TOKEN = '12345';
const URL = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const PARAMS = [
  ['CallSid', 'CA1234567890ABCDE'],
  ['Caller', '+14158675309'],
  ['Digits', '1234'],
  ['From', '+14158675309'],
  ['To', '+18005551212'],
];

test("Twilio's published example is signed as published, in any order of its fields", () => {
  assert.equal(twilioSignature(TOKEN, URL, PARAMS), 'RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  assert.equal(twilioSignature(TOKEN, URL, PARAMS.slice().reverse()), 'RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  assert.equal(twilioSignature(TOKEN, URL.replace('.com', '.com:443'), PARAMS), 'kvajT1Ptam85bY51eRf/AJRuM3w=');
});

test('repeated values are sorted and counted once, and the fragment of the URL is left out', () => {
  const params = [
    ['Sid', 'CA123'],
    ['SidAccount', 'AC123'],
    ['Digits', '5678'],
    ['Digits', '1234'],
    ['Digits', '1234'],
  ];
  assert.equal(twilioSignature(TOKEN, URL, params), 'IK+Dwps556ElfBT0I3Rgjkr1wJU=');
  assert.equal(twilioSignature(TOKEN, `${URL}#rc=2`, params), 'IK+Dwps556ElfBT0I3Rgjkr1wJU=');
});

test('an Ultravox webhook carries one signature for each secret', () => {
  const body = '{"event":"call.ended","call":{"callId":"x"}}';
  const at = '2025-01-01T00:00:00.000000+00:00';
  const one = 'f95019cbc95b49128db140c3850dfffd744dad41f48f6ff26b78b0b0616d93c8';
  assert.equal(ultravoxSignature(['secret'], body, at), one);
  assert.match(ultravoxSignature(['secret', 'other'], body, at), new RegExp(`^${one},[0-9a-f]{64}$`));
});
