// What happens when the sandbox dials a number. The numbers 555-0100 to 555-0199 are set aside for
// fiction, so none of them can be anybody's. A number that is not listed is an ordinary talk.
//
// A plan says either how Twilio answers the request:
//   refuse: {status, code, message, retryAfter?}   or   fault: see faults.mjs
// or how the call goes (seconds as played):
//   rings     until it is answered or given up; Infinity: until the Timeout asked for
//   answers   'human' or 'machine'; absent: `ends` is the status it gets instead
//   sip       SIP response code told in the status callback
//   talk      which conversation is held, see phone-talk.mjs

const own = (suffix) => `+1202555${suffix}`;
const talk = (rings, answers, name) => ({ rings, answers, talk: name, sip: 200 });
const unanswered = (rings, ends, sip) => ({ rings, ends, sip });
const refuse = (status, code, message, retryAfter) => ({ refuse: { status, code, message, retryAfter } });

export const NUMBERS = new Map([
  [own('0100'), { says: 'answers and talks; the agent ends the call', plan: talk(3, 'human', 'ordinary') }],
  [own('0101'), { says: 'busy', plan: unanswered(1.5, 'busy', 486) }],
  [own('0102'), { says: 'no answer; the network gives up after 10 s', plan: unanswered(10, 'no-answer', 480) }],
  [own('0103'), { says: 'failed: the carrier could not connect it', plan: unanswered(1, 'failed', 503) }],
  [own('0104'), { says: 'voicemail answers', plan: talk(5, 'machine', 'voicemail') }],
  [own('0105'), { says: 'rings 12 s, then answers and talks', plan: talk(12, 'human', 'ordinary') }],
  [own('0106'), { says: 'refused: the country is not enabled (21215)', plan: refuse(400, 21215, 'Account not authorized to call the number. Perhaps you need to enable some international permissions') }],
  [own('0107'), { says: 'Twilio is down (503)', plan: refuse(503, 20503, 'Service unavailable') }],
  [own('0108'), { says: 'declined while ringing (busy)', plan: unanswered(4, 'busy', 603) }],
  [own('0109'), { says: 'too many requests (429, Retry-After 2)', plan: refuse(429, 20429, 'Too Many Requests', 2) }],
  [own('0110'), { says: 'Twilio never replies, nothing is dialled', plan: { fault: { kind: 'hang' } } }],
  [own('0111'), { says: 'dialled, but the reply is lost', plan: { ...talk(3, 'human', 'ordinary'), fault: { kind: 'drop-reply' } } }],
  [own('0112'), { says: 'refused: trial account, number not verified (21219)', plan: refuse(400, 21219, 'The number is unverified. Trial accounts may only make calls to verified numbers.') }],
  [own('0113'), { says: 'canceled by somebody else while ringing', plan: unanswered(4, 'canceled', 487) }],
  [own('0114'), { says: 'rings until the Timeout asked for', plan: unanswered(Infinity, 'no-answer', 487) }],
  [own('0115'), { says: 'failed: number not in service', plan: unanswered(0.5, 'failed', 404) }],
  [own('0116'), { says: 'answers, the callee hangs up in the middle', plan: talk(3, 'human', 'calleeLeaves') }],
  [own('0117'), { says: 'answers and never ends by itself', plan: talk(2, 'human', 'endless') }],
  [own('0118'), { says: 'answers, the agent hangs up at once', plan: talk(2, 'human', 'agentLeaves') }],
  [own('0119'), { says: 'answers, then the line to the agent breaks', plan: talk(2, 'human', 'lineBreaks') }],
  [own('0120'), { says: 'refused: cannot be reached (21214)', plan: refuse(400, 21214, "'To' phone number cannot be reached") }],
  [own('0121'), { says: 'refused: blocked (21216)', plan: refuse(400, 21216, 'Account not allowed to call the number') }],
  [own('0122'), { says: 'Twilio fails (500)', plan: refuse(500, 20500, 'Internal server error') }],
  [own('0123'), { says: 'dialled, but the reply is not JSON', plan: { ...talk(3, 'human', 'ordinary'), fault: { kind: 'bad-json' } } }],
  // Twilio's own test numbers
  ['+15005550001', { says: 'Twilio test number: not valid (21217)', plan: refuse(400, 21217, 'Phone number does not appear to be valid') }],
  ['+15005550002', { says: 'Twilio test number: cannot be reached (21214)', plan: refuse(400, 21214, "'To' phone number cannot be reached") }],
  ['+15005550003', { says: 'Twilio test number: country not enabled (21215)', plan: refuse(400, 21215, 'Account not authorized to call the number. Perhaps you need to enable some international permissions') }],
  ['+15005550004', { says: 'Twilio test number: blocked (21216)', plan: refuse(400, 21216, 'Account not allowed to call the number') }],
]);

/** The plan for a number; an ordinary talk when it has none of its own. */
export const planFor = (number) => NUMBERS.get(number)?.plan ?? NUMBERS.get(own('0100')).plan;

/** The table as Markdown, for the README. */
export const numbersMarkdown = () =>
  ['| number | what happens |', '|---|---|', ...[...NUMBERS].map(([n, { says }]) => `| \`${n}\` | ${says} |`)].join('\n');
