// The tests' own door to the stand-in, on its own port. JSON in, JSON out.
//
//   GET  /requests[?vendor=ultravox|twilio]   all that was asked, with bodies, without credentials
//   GET  /violations                          breaches of the vendors' rules; a correct proxy leaves none
//   GET  /dialled                             {number: [sids]} of the calls really placed
//   GET  /webhooks                            what was sent, and the answer or why none
//   GET  /calls                               {ultravox: [Call...], twilio: [Call...], web: [microphone statistics]}
//   POST /calls                               {to, from?, status?, age?}: a call that another program placed with this
//                                             account `age` (0) seconds ago; its Call. It stays as it is until it is ended
//   POST /end                                 {vendor, id, how?}: the call ends there, as 'hangup' or 'completed'
//   POST /messages                            {callId, role, text...}: one more message in an Ultravox call
//   POST /faults                              one fault or a list, see faults.mjs           DELETE forgets them
//   POST /webhooks                            one rule or a list, see webhooks.mjs          DELETE forgets them
//   POST /addresses                           {public origin: loopback origin} for webhooks
//   POST /settings                            merged into {ultravox: {...}, twilio: {...}}, see vendors.mjs
//   POST /join                                {mode}, how the next web join goes wrong, see web-join.mjs
//   POST /web                                 {does, callId?}, done to a running web call
//   POST /down, /up                           {vendor}: its port closed (connections refused) and opened again
//   POST /restart                             {vendor, forget?}: down and up; with `forget` its calls are gone
//   POST /reset                               as just started
import { empty, findRoute, json } from './http.mjs';

const each = (value, act) => [].concat(value).forEach(act);

/** Answers the control port for `vendors`, the parts that startVendors put together. */
export function controlAnswer({ journal, faults, webhooks, settings, web, services, listeners, reset }) {
  const listener = ({ vendor }) => {
    if (!listeners[vendor]) throw new TypeError(`unknown vendor: one of ${Object.keys(listeners).join(', ')}`);
    return listeners[vendor];
  };
  const call = (vendor, id) => {
    const found = services[vendor]?.calls.get(id);
    if (!found) throw new TypeError('no such call');
    return found;
  };
  const routes = [
    [
      'GET',
      '/requests',
      (body, search) => journal.requests.filter((r) => (search.get('vendor') ?? r.vendor) === r.vendor),
    ],
    ['GET', '/violations', () => journal.violations],
    ['GET', '/dialled', () => Object.fromEntries(journal.dialled)],
    ['GET', '/webhooks', () => journal.webhooks],
    [
      'GET',
      '/calls',
      () => ({
        ultravox: [...services.ultravox.calls.values()].map((c) => c.toJson()),
        twilio: [...services.twilio.calls.values()].map((c) => c.toJson()),
        web: web.stats(),
      }),
    ],
    ['POST', '/calls', (body) => services.twilio.addForeign(body).toJson()],
    ['POST', '/end', ({ vendor, id, how }) => call(vendor, id).end(how ?? (vendor === 'twilio' ? 'completed' : 'hangup'))],
    ['POST', '/messages', ({ callId, ...message }) => void call('ultravox', callId).addMessage(message)],
    ['POST', '/faults', (body) => each(body, (f) => faults.add(f))],
    ['DELETE', '/faults', () => faults.clear()],
    ['POST', '/webhooks', (body) => each(body, (r) => webhooks.addRule(r))],
    ['DELETE', '/webhooks', () => webhooks.clear()],
    ['POST', '/addresses', (body) => webhooks.reach(body)],
    ['POST', '/settings', (body) => settings.change(body)],
    ['POST', '/join', (body) => web.spoilNext(body.mode)],
    ['POST', '/web', (body) => web.act(body)],
    ['POST', '/down', (body) => listener(body).close()],
    ['POST', '/up', (body) => listener(body).listen()],
    [
      'POST',
      '/restart',
      async (body) => {
        await listener(body).close();
        if (body.forget) services[body.vendor].clear();
        await listener(body).listen();
      },
    ],
    ['POST', '/reset', () => reset()],
  ];
  return async (request) => {
    if (request.headers.origin) return json(403, { error: 'not for web pages' }); // any site could ask for 127.0.0.1
    const route = findRoute(routes, request.method, request.path);
    if (!route?.act) return json(404, { error: `no ${request.method} ${request.path}` });
    try {
      const answer = await route.act(request.body.length ? JSON.parse(request.body) : {}, request.search);
      return answer === undefined ? empty(204) : json(200, answer);
    } catch (error) {
      return json(400, { error: error.message });
    }
  };
}
