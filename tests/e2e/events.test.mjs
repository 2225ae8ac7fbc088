// web/events.js, the parser of the stream: what the server says arrives whole, wherever a chunk ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser } from '../../web/events.js';

const TEXT = 'retry: 2000\nid: 7\n\nevent: clock\ndata: {"serverTime":"x"}\n\n:\r\n\r\nid: 8\r\nevent: call\r\ndata: one\r\ndata: two\r\n\r\n'
  + 'data:no space\r\rid: 9\nid: bad\0id\n\nfield: of the future\ndata\n\n';
const SAID = [['clock', '{"serverTime":"x"}', '7'], ['call', 'one\ntwo', '8'], ['message', 'no space', '8'], ['message', '', '9']];

function parse(chunks, lastId) {
  const said = [];
  const parser = new EventParser((event, data) => said.push([event, data, parser.lastId]), lastId);
  for (const chunk of chunks) parser.feed(chunk);
  return { said, parser };
}

test('events arrive whole, wherever a chunk ends', () => {
  for (let size = 1; size <= TEXT.length; size++) {
    const chunks = [];
    for (let at = 0; at < TEXT.length; at += size) chunks.push(TEXT.slice(at, at + size));
    const { said, parser } = parse(chunks);
    assert.deepEqual(said, SAID, `in pieces of ${size}`);
    assert.equal(parser.lastId, '9');
    assert.equal(parser.retryMs, 2000);
  }
});

test('an event without an id does not move the place to go on from, and half an event says nothing', () => {
  const { said, parser } = parse(['event: clock\ndata: {}\n\nid: 5\ndata: ha'], '4');
  assert.deepEqual(said, [['clock', '{}', '4']]);
  assert.equal(parser.lastId, '4');
});
