// The description of the HTTP contract: a valid OpenAPI document, and true of what the server really says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { startHouse } from './house.mjs';

let house, description, ajv;

before(async () => {
  house = await startHouse();
  description = await (await fetch(`${house.url}/api/openapi.json`)).json();
  ajv = new Ajv({ strict: true, allErrors: true });
  formats(ajv);
  for (const [name, schema] of Object.entries(description.components.schemas)) ajv.addSchema(schema, name);
});
after(() => house?.close());

const schemaOf = (method, path, status) => {
  const { responses } = description.paths[path][method];
  assert.ok(responses[status], `${method} ${path} answered ${status}, which its description does not name`);
  return responses[status].content?.['application/json']?.schema;
};

/** Asks, and looks whether the answer is what the description says of it. */
async function ask(method, path, { id, query = '', body } = {}) {
  const response = await fetch(house.url + path.replace('{id}', id) + query, {
    method: method.toUpperCase(),
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  const schema = schemaOf(method, path, response.status);
  if (!schema) return text;
  const value = JSON.parse(text);
  const name = schema.$ref.split('/').at(-1);
  const valid = ajv.getSchema(name);
  assert.ok(valid(value), `${method} ${path}: ${ajv.errorsText(valid.errors)} in ${text.slice(0, 400)}`);
  const names = new Set(Object.keys(description.components.schemas[name].properties));
  const unknown = Object.keys(value).filter((name) => !names.has(name));
  assert.deepEqual(unknown, [], `${method} ${path} says more than its description`);
  return value;
}

const takes = (name, value) => ajv.getSchema(name)(value);

test('it is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(description));
  assert.ok(valid, JSON.stringify(errors));
  assert.match(description.openapi, /^3\.1\./);
});

test('operations have names of their own, and each says what it gives, by which words it fails and what it takes', () => {
  const operations = Object.values(description.paths).flatMap((methods) => Object.values(methods));
  assert.equal(new Set(operations.map((operation) => operation.operationId)).size, operations.length);
  for (const operation of operations) {
    assert.ok(operation.summary, operation.operationId);
    assert.ok(Object.keys(operation.responses).some((status) => status < 400), operation.operationId);
    for (const [status, { description: words, content }] of Object.entries(operation.responses)) {
      if (status >= 400) assert.match(words, /^- `[a-z_]+`: /, operation.operationId);
      if (status >= 400) assert.equal(content['application/json'].schema.$ref, '#/components/schemas/ErrorReply');
    }
  }
});

test('what the server answers is what is described, from a call to its transcript', async () => {
  for (const path of ['/api/config', '/api/agents', '/api/voices', '/api/models', '/api/doctor', '/api/audit']) {
    await ask('get', path);
  }
  const number = { phoneNumber: '(202) 555-0100', region: 'US' };
  await ask('post', '/api/phone/check', { body: number });
  const placed = await ask('post', '/api/calls', {
    body: { systemPrompt: 'Be brief.', medium: { type: 'twilio', ...number }, maxDuration: '60s' },
  });
  const { id } = placed;
  await ask('get', '/api/calls/{id}', { id });
  await ask('get', '/api/calls/{id}/messages', { id });
  await ask('post', '/api/calls/{id}/hangup', { id, body: { why: 'pressed' } });
  await ask('post', '/api/calls/{id}/messages', { id, body: { kind: 'text', text: 'Hello' } });
  await ask('get', '/api/calls', { query: '?medium=twilio&limit=1' });
  await ask('get', '/api/calls/{id}', { id: 'none' });
  await ask('post', '/api/calls', { body: { medium: { type: 'fax' } } });
});

test('a request body is refused by the description as it is by the server', () => {
  assert.ok(takes('CallRequest', { medium: { type: 'web' }, selectedTools: [{ toolName: 'hangUp' }], temperature: 0.5 }));
  for (const wrong of [
    { medium: { type: 'fax' } },
    { systemPromt: 'misspelt' },
    { temperature: 2 },
    { maxDuration: 600 },
    { firstSpeakerSettings: { agent: { delay: '2' } } },
    { selectedTools: [{ temporaryTool: { modelToolName: 'a' } }] },
  ]) {
    assert.ok(!takes('CallRequest', wrong), JSON.stringify(wrong));
  }
});
