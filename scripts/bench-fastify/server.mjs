// What voxdial is measured beside (scripts/bench-proxy b): the same work, made with what a Node developer would take
// for it. Body checked by a schema; one idempotency key, one call; limits counted in the store; the call and an audit
// row with the hash of the one before are on disk before a vendor is asked, and again after each answer.
import { createHash, randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import Fastify from 'fastify';
import { Pool } from 'undici';

const env = process.env;
const limit = (name) => Number(env[name]);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const db = new Database(`${env.DATA_DIR}/calls.db`);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE calls (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, person TEXT, address TEXT, number TEXT, medium TEXT,
    status TEXT, created_at INTEGER, ended_at INTEGER, max_s INTEGER, cost INTEGER, ultravox_id TEXT, twilio_sid TEXT,
    idempotency_key TEXT, body_hash TEXT, http_status INTEGER, answer TEXT);
  CREATE UNIQUE INDEX by_key ON calls (person, idempotency_key);
  CREATE INDEX by_person ON calls (person, created_at);
  CREATE INDEX by_address ON calls (address, created_at);
  CREATE INDEX by_number ON calls (number, created_at);
  CREATE INDEX live ON calls (ended_at) WHERE ended_at IS NULL;
  CREATE TABLE audit (seq INTEGER PRIMARY KEY, at INTEGER, kind TEXT, person TEXT, call_id TEXT, number TEXT,
    detail TEXT, hash TEXT);
`);
const sql = {
  earlier: db.prepare('SELECT * FROM calls WHERE person = ? AND idempotency_key = ?'),
  byPerson: db.prepare('SELECT count(*) n FROM calls WHERE person = ? AND created_at > ?').pluck(),
  byAddress: db.prepare('SELECT count(*) n FROM calls WHERE address = ? AND created_at > ?').pluck(),
  byNumber: db.prepare('SELECT count(*) n FROM calls WHERE number = ? AND created_at > ?').pluck(),
  live: db.prepare('SELECT count(*) n FROM calls WHERE ended_at IS NULL').pluck(),
  today: db.prepare('SELECT coalesce(sum(max_s), 0) s, coalesce(sum(cost), 0) c FROM calls WHERE created_at > ?'),
  insert: db.prepare(`INSERT INTO calls (id, person, address, number, medium, status, created_at, max_s, cost,
    idempotency_key, body_hash) VALUES (?, ?, ?, ?, ?, 'requested', ?, ?, ?, ?, ?)`),
  head: db.prepare('SELECT hash FROM audit ORDER BY seq DESC LIMIT 1').pluck(),
  audit: db.prepare('INSERT INTO audit (at, kind, person, call_id, number, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)'),
  prepared: db.prepare("UPDATE calls SET ultravox_id = ?, status = 'queued' WHERE id = ?"),
  dialled: db.prepare('UPDATE calls SET twilio_sid = ?, status = ? WHERE id = ?'),
  answered: db.prepare('UPDATE calls SET http_status = ?, answer = ? WHERE id = ?'),
};

function audit(at, kind, person, id, number, detail) {
  const before = sql.head.get() ?? '';
  const hash = createHash('sha256').update([before, at, kind, person, id, number, detail].join('\0')).digest('hex');
  sql.audit.run(at, kind, person, id, number, detail, hash);
}

/** The first durable step: who was here before, what is used up, the row. */
const admit = db.transaction((call, now) => {
  const first = sql.earlier.get(call.person, call.key);
  if (first) return { first };
  const used =
    (limit('LIMIT_CONCURRENT_CALLS') && sql.live.get() >= limit('LIMIT_CONCURRENT_CALLS')) ||
    sql.byPerson.get(call.person, now - HOUR) >= limit('LIMIT_CALLS_PER_USER_HOUR') ||
    sql.byPerson.get(call.person, now - DAY) >= limit('LIMIT_CALLS_PER_USER_DAY') ||
    sql.byAddress.get(call.address, now - HOUR) >= limit('LIMIT_CALLS_PER_ADDRESS_HOUR') ||
    (limit('LIMIT_CALLS_PER_DESTINATION_DAY') &&
      call.number &&
      sql.byNumber.get(call.number, now - DAY) >= limit('LIMIT_CALLS_PER_DESTINATION_DAY'));
  const today = sql.today.get(now - DAY);
  if (used || today.s / 60 >= limit('LIMIT_MINUTES_PER_DAY') || today.c >= limit('LIMIT_SPEND_PER_DAY') * 100) {
    audit(now, 'refused', call.person, '', call.number, call.asked);
    return { refused: true };
  }
  sql.insert.run(call.id, call.person, call.address, call.number, call.medium, now, 600, 5, call.key, call.hash);
  audit(now, 'requested', call.person, call.id, call.number, call.asked);
  return {};
});
const keep = db.transaction((...steps) => steps.forEach((step) => step()));

const ultravox = new Pool(env.ULTRAVOX_BASE_URL, { connections: 100 });
const twilio = new Pool(env.TWILIO_BASE_URL, { connections: 100 });
const credentials = `Basic ${Buffer.from(`${env.TWILIO_ACCOUNT_SID}:${env.TWILIO_AUTH_TOKEN}`).toString('base64')}`;
async function post(pool, path, headers, body) {
  const reply = await pool.request({ method: 'POST', path, headers, body });
  if (reply.statusCode !== 201) throw new Error(`the vendor answered ${reply.statusCode}`);
  return reply.body.json();
}

const body = {
  type: 'object',
  additionalProperties: false,
  properties: {
    systemPrompt: { type: 'string', maxLength: 100_000 },
    medium: {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: {
        type: { enum: ['web', 'twilio'] },
        phoneNumber: { type: 'string', pattern: '^\\+[1-9]\\d{6,14}$' },
      },
    },
  },
};

const app = Fastify({ bodyLimit: 256 * 1024 });
app.post('/api/calls', { schema: { body } }, async (request, reply) => {
  const { medium = { type: 'web' }, systemPrompt } = request.body;
  const asked = JSON.stringify(request.body);
  const call = {
    id: `call_${randomUUID()}`,
    person: 'everybody',
    address: request.ip,
    number: medium.phoneNumber ?? '',
    medium: medium.type,
    key: request.headers['idempotency-key'] ?? randomUUID(),
    hash: createHash('sha256').update(asked).digest('hex'),
    asked,
  };
  const { first, refused } = admit(call, Date.now());
  if (refused) return reply.code(429).send({ error: { code: 'rate_limited' } });
  if (first) return reply.code(first.http_status ?? 409).type('application/json').send(first.answer ?? '{}');

  const dial = medium.type === 'twilio';
  const made = await post(
    ultravox,
    '/api/calls',
    { 'content-type': 'application/json', 'x-api-key': env.ULTRAVOX_API_KEY },
    JSON.stringify(
      dial ? { systemPrompt, medium: { twilio: {} }, firstSpeakerSettings: { user: {} } } : { systemPrompt },
    ),
  );
  const placed = { id: call.id, medium: medium.type, status: 'queued', ultravox: { callId: made.callId } };
  const answer = () => sql.answered.run(201, JSON.stringify(placed), call.id);
  const prepared = () => sql.prepared.run(made.callId, call.id);
  const note = (kind) => () => audit(Date.now(), kind, call.person, call.id, call.number, '');
  if (!dial) {
    keep(prepared, note('prepared'), answer);
    return reply.code(201).send({ ...placed, ultravox: { ...placed.ultravox, joinUrl: made.joinUrl } });
  }
  keep(prepared, note('prepared'));
  const order = new URLSearchParams({
    To: call.number,
    From: env.TWILIO_PHONE_NUMBER,
    Twiml: `<Response><Connect><Stream url="${made.joinUrl}"/></Connect></Response>`,
    TimeLimit: '600',
  });
  const rung = await post(
    twilio,
    `/2010-04-01/Accounts/${env.TWILIO_ACCOUNT_SID}/Calls.json`,
    { 'content-type': 'application/x-www-form-urlencoded', authorization: credentials },
    order.toString(),
  );
  placed.twilio = { sid: rung.sid, status: rung.status };
  keep(() => sql.dialled.run(rung.sid, rung.status, call.id), note('dialled'), answer);
  return reply.code(201).send(placed);
});

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`http://127.0.0.1:${app.server.address().port}/`);
