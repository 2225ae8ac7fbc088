// What a proxy says to the two vendors, in a few lines, for the stand-in's own tests.
export function client(vendors) {
  const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const authorization = basic(vendors.twilioAccountSid, vendors.twilioAuthToken);
  const account = `/2010-04-01/Accounts/${vendors.twilioAccountSid}`;
  const reply = async (response) => {
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
    };
  };
  const ultravox = async (method, path, body, headers = {}) =>
    reply(
      await fetch(vendors.ultravoxBaseUrl + path, {
        method,
        redirect: 'manual',
        headers: {
          'x-api-key': vendors.ultravoxApiKey,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  const twilio = async (method, path, form, headers = {}) =>
    reply(
      await fetch(vendors.twilioBaseUrl + path, {
        method,
        headers: {
          authorization,
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
        body: form === undefined || typeof form === 'string' ? form : new URLSearchParams(form).toString(),
      }),
    );
  const control = async (method, path, body) =>
    reply(await fetch(vendors.controlUrl + path, { method, body: body && JSON.stringify(body) }));

  const phoneCall = async (more = {}) =>
    (
      await ultravox('POST', '/api/calls', {
        medium: { twilio: {} },
        joinTimeout: '90s',
        firstSpeakerSettings: { user: { fallback: { delay: '5s', text: 'Hello, this is a test.' } } },
        selectedTools: [{ toolName: 'hangUp' }],
        ...more,
      })
    ).body;
  const twiml = (joinUrl) =>
    `<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="${joinUrl}"/></Connect></Response>`;
  const dial = (to, joinUrl, more = {}) =>
    twilio('POST', `${account}/Calls.json`, {
      To: to,
      From: vendors.twilioPhoneNumber,
      Twiml: twiml(joinUrl),
      Timeout: '30',
      ...more,
    });
  return { ultravox, twilio, control, account, basic, phoneCall, twiml, dial };
}

/** Calls `look` until it gives something; for what happens in its own time. */
export async function until(look, limitMs = 10_000) {
  for (const end = performance.now() + limitMs; performance.now() < end;) {
    const found = await look();
    if (found) return found;
    await new Promise((again) => setTimeout(again, 10));
  }
  throw new Error(`not within ${limitMs} ms: ${look}`);
}
