// What Twilio accepts in a form it is sent: the encoding, the parameter names, their values. Gives Twilio's
// own error codes. No state, no I/O; what depends on the account is in twilio.mjs.

const E164 = /^\+[1-9]\d{7,14}$/;
const MAX_TIME_LIMIT = 14_400; // seconds; an account's maximum unless raised by request
const MAX_TWIML = 4000;
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

/** Twilio's error body. */
export const twilioError = (status, code, message) => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
});

const problem = (code, message) => ({ code, message });
const whole =
  (low, high, code = 20001) =>
  (name, v) =>
    /^\d+$/.test(v) && Number(v) >= low && Number(v) <= high
      ? undefined
      : problem(code, `${name} must be a whole number from ${low} to ${high}`);
const choice =
  (...all) =>
  (name, v) =>
    all.includes(v) ? undefined : problem(20001, `${name} must be one of ${all.join(', ')}`);
const method = choice('GET', 'POST');
const flag = choice('true', 'false');
const pattern = (what, p) => (name, v) => (p.test(v) ? undefined : problem(20001, `${name} must be ${what}`));
const any = () => undefined;
const callbackUrl = (name, v) => {
  let url;
  try {
    url = new URL(v);
  } catch {
    return problem(21205, `${name} is not a valid URL`);
  }
  if (!/^https?:$/.test(url.protocol) || url.hostname === 'localhost' || url.hostname.includes('_'))
    return problem(21205, `${name} is not a usable URL`);
};
const amd = (low, high) => whole(low, high, 21234);

const update = {
  Url: callbackUrl,
  Method: method,
  Status: choice('canceled', 'completed'),
  FallbackUrl: callbackUrl,
  FallbackMethod: method,
  StatusCallback: callbackUrl,
  StatusCallbackMethod: method,
  Twiml: any,
  TimeLimit: whole(1, MAX_TIME_LIMIT),
};
const create = {
  To: any,
  From: any,
  Twiml: any,
  Url: callbackUrl,
  Method: method,
  FallbackUrl: callbackUrl,
  FallbackMethod: method,
  ApplicationSid: pattern('an AP sid', /^AP[0-9a-fA-F]{32}$/),
  StatusCallback: callbackUrl,
  StatusCallbackMethod: method,
  StatusCallbackEvent: choice(...EVENTS),
  Timeout: whole(1, 600, 21208),
  TimeLimit: whole(1, MAX_TIME_LIMIT),
  SendDigits: pattern('up to 32 of 0-9 A-D # * w W', /^[0-9A-D#*wW]{1,32}$/),
  MachineDetection: choice('Enable', 'DetectMessageEnd'),
  MachineDetectionTimeout: amd(3, 59),
  MachineDetectionSpeechThreshold: amd(1000, 6000),
  MachineDetectionSpeechEndThreshold: amd(500, 5000),
  MachineDetectionSilenceTimeout: amd(2000, 10_000),
  AsyncAmd: flag,
  AsyncAmdStatusCallback: callbackUrl,
  AsyncAmdStatusCallbackMethod: method,
  Record: flag,
  RecordingChannels: choice('mono', 'dual'),
  RecordingTrack: choice('inbound', 'outbound', 'both'),
  RecordingStatusCallback: callbackUrl,
  RecordingStatusCallbackMethod: method,
  RecordingStatusCallbackEvent: choice('in-progress', 'completed', 'absent'),
  Trim: choice('trim-silence', 'do-not-trim'),
  CallerId: any,
  CallReason: any,
  CallToken: any,
  Byoc: pattern('a BY sid', /^BY[0-9a-fA-F]{32}$/),
  SipAuthUsername: any,
  SipAuthPassword: any,
  ClientNotificationUrl: callbackUrl,
};
const REPEATED = ['StatusCallbackEvent', 'RecordingStatusCallbackEvent'];

/**
 * Reads a form body strictly. Gives {form: URLSearchParams, problems: string[]}: a raw character that must be
 * escaped, a broken escape or bytes that are not UTF-8 are problems.
 */
export function readForm(request) {
  const type = request.headers['content-type'] ?? '';
  const body = request.body.toString('latin1');
  const problems = [];
  if (!/^application\/x-www-form-urlencoded\s*(;\s*charset=utf-8)?$/i.test(type))
    problems.push(`Content-Type is "${type}", not a form`);
  if (!/^[A-Za-z0-9*._~!'()+&=%-]*$/.test(body)) problems.push('a character that must be percent-encoded is not');
  if (/%(?![0-9A-Fa-f]{2})/.test(body)) problems.push('a broken percent-escape');
  else {
    try {
      decodeURIComponent(body.replace(/[^%0-9A-Za-z]/g, '_'));
    } catch {
      problems.push('not UTF-8');
    }
  }
  for (const pair of body ? body.split('&') : [])
    if (!/^[^=]+=[^=]*$/.test(pair)) problems.push('a pair that is not name=value');
  return { form: new URLSearchParams(body), problems };
}

function fieldProblems(form, known) {
  const problems = [];
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name);
    if (!Object.hasOwn(known, name)) {
      problems.push(problem(20001, `Unknown parameter ${name}`));
      continue;
    }
    if (!REPEATED.includes(name) && values.length > 1)
      problems.push(problem(20001, `${name} given ${values.length} times`));
    if (new Set(values).size < values.length) problems.push(problem(20001, `${name} repeats a value`));
    for (const v of values) {
      const p = known[name](name, v);
      if (p) problems.push(p);
    }
  }
  return problems;
}

const numberProblem = (form, name, missing, malformed) => {
  const v = form.get(name);
  if (!v) return problem(missing, `No '${name}' number is specified`);
  return E164.test(v) ? undefined : problem(malformed, `The '${name}' number ${v} is not a valid phone number.`);
};

/** Problems {code, message} of a POST Calls.json form. */
export function createProblems(form) {
  const problems = [numberProblem(form, 'To', 21201, 21211), numberProblem(form, 'From', 21213, 21212)].filter(Boolean);
  if (form.get('To') && form.get('To') === form.get('From'))
    problems.push(problem(21211, "'To' and 'From' may not be the same"));
  const sources = ['Url', 'Twiml', 'ApplicationSid'].filter((n) => form.get(n));
  if (sources.length === 0) problems.push(problem(21205, 'Url parameter is required.'));
  if (sources.length > 1) problems.push(problem(32019, `${sources.join(' and ')} are both set`));
  if ((form.get('Twiml') ?? '').length > MAX_TWIML)
    problems.push(problem(32018, `Twiml is longer than ${MAX_TWIML} characters`));
  if (form.get('AsyncAmd') === 'true') {
    if (!form.get('MachineDetection')) problems.push(problem(21263, 'AsyncAmd without MachineDetection'));
    if (!form.get('AsyncAmdStatusCallback')) problems.push(problem(21262, 'AsyncAmd without AsyncAmdStatusCallback'));
  }
  return [...problems, ...fieldProblems(form, create)];
}

/** Problems of a POST Calls/{sid}.json form. */
export const updateProblems = (form) => {
  const problems = fieldProblems(form, update);
  if (![...form.keys()].length) problems.push(problem(20001, 'Nothing to update'));
  return problems;
};
