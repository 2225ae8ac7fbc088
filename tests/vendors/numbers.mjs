// What happens when the sandbox dials a number. The numbers 555-0100 to 555-0199 are set aside for
// fiction, so none of them can be anybody's. A number that is not listed is an ordinary talk.
//
// A plan says either how Twilio answers the request:
//   refuse: {status, code, message, retryAfter?}   or   fault: see faults.mjs
// or how the call goes (seconds as played):
//   rings     until it is answered or given up; Infinity: until the Timeout asked for
//   answers   'human', 'machine', 'fax', or 'unknown' (a detection cannot tell); absent: `ends` is the status it gets
//   sip       SIP response code told in the status callback
//   talk      which conversation is held, see phone-talk.mjs
//   notice    so long somebody is read a text instead of being connected, then it is over

const REFUSALS = {
  20429: [429, 'Too Many Requests'],
  20500: [500, 'Internal server error'],
  20503: [503, 'Service unavailable'],
  21214: [400, "'To' phone number cannot be reached"],
  21215: [400, 'Account not authorized to call the number. Perhaps you need to enable some international permissions'],
  21216: [400, 'Account not allowed to call the number'],
  21217: [400, 'Phone number does not appear to be valid'],
  21219: [400, 'The number is unverified. Trial accounts may only make calls to verified numbers.'],
};
const refuse = (code, retryAfter) => ({
  refuse: { status: REFUSALS[code][0], code, message: REFUSALS[code][1], retryAfter },
});
const talk = (rings, answers, name) => ({ rings, answers, talk: name, sip: 200 });
const unanswered = (rings, ends, sip) => ({ rings, ends, sip });
const ORDINARY = talk(3, 'human', 'ordinary');

const TABLE = [
  ['+12025550100', 'answers and talks; the agent ends the call', ORDINARY],
  ['+12025550101', 'busy', unanswered(1.5, 'busy', 486)],
  ['+12025550102', 'no answer; the network gives up after 10 s', unanswered(10, 'no-answer', 487)],
  ['+12025550103', 'failed: the carrier could not connect it', unanswered(1, 'failed', 503)],
  ['+12025550104', 'voicemail answers', talk(5, 'machine', 'voicemail')],
  ['+12025550105', 'rings 12 s, then answers and talks', talk(12, 'human', 'ordinary')],
  ['+12025550106', 'refused: the country is not enabled (21215)', refuse(21215)],
  ['+12025550107', 'Twilio is down (503)', refuse(20503)],
  ['+12025550108', 'declined while ringing (busy)', unanswered(4, 'busy', 603)],
  ['+12025550109', 'too many requests (429, Retry-After 2)', refuse(20429, 2)],
  ['+12025550110', 'Twilio never replies, nothing is dialled', { fault: { kind: 'hang' } }],
  ['+12025550111', 'dialled, but the reply is lost', { ...ORDINARY, fault: { kind: 'drop-reply' } }],
  ['+12025550112', 'refused: trial account, number not verified (21219)', refuse(21219)],
  ['+12025550113', 'canceled by somebody else while ringing', unanswered(4, 'canceled', 487)],
  ['+12025550114', 'rings until the Timeout asked for', unanswered(Infinity, 'no-answer', 487)],
  ['+12025550115', 'failed: number not in service', unanswered(0.5, 'failed', 404)],
  ['+12025550116', 'answers, the callee hangs up in the middle', talk(3, 'human', 'calleeLeaves')],
  ['+12025550117', 'answers and never ends by itself', talk(2, 'human', 'endless')],
  ['+12025550118', 'answers, the agent hangs up at once', talk(2, 'human', 'agentLeaves')],
  ['+12025550119', 'answers, then the line to the agent breaks', talk(2, 'human', 'lineBreaks')],
  ['+12025550120', 'refused: cannot be reached (21214)', refuse(21214)],
  ['+12025550121', 'refused: blocked (21216)', refuse(21216)],
  ['+12025550122', 'Twilio fails (500)', refuse(20500)],
  ['+12025550123', 'dialled, but the reply is not JSON', { ...ORDINARY, fault: { kind: 'bad-json' } }],
  ['+12025550124', 'switched off or out of reach (no answer at once)', unanswered(0.5, 'no-answer', 480)],
  [
    '+12025550125',
    'answers, hears a notice for 6 s instead of the agent, then it is over',
    { rings: 2, answers: 'human', notice: 6, sip: 200 },
  ],
  ['+12025550126', 'a fax machine answers', talk(2, 'fax', 'endless')],
  ['+12025550127', 'answers; a detection cannot tell who, and it never ends by itself', talk(2, 'unknown', 'endless')],
  ['+15005550001', "Twilio's own test number: not valid (21217)", refuse(21217)],
  ['+15005550002', "Twilio's own test number: cannot be reached (21214)", refuse(21214)],
  ['+15005550003', "Twilio's own test number: country not enabled (21215)", refuse(21215)],
  ['+15005550004', "Twilio's own test number: blocked (21216)", refuse(21216)],
];

/** number -> {says, plan} */
export const NUMBERS = new Map(TABLE.map(([number, says, plan]) => [number, { says, plan }]));

/** The plan for a number; an ordinary talk when it has none of its own. */
export const planFor = (number) => NUMBERS.get(number)?.plan ?? ORDINARY;

/** The table as Markdown, for the README. */
export const numbersMarkdown = () =>
  ['| number | what happens |', '|---|---|', ...TABLE.map(([number, says]) => `| \`${number}\` | ${says} |`)].join(
    '\n',
  );
