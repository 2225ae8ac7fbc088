// The two sockets of a web call: the join socket (/calls/{id}, tells where the room is) and LiveKit's signal
// socket (/rtc/v1). Ties a call, its agent and its room together, and misbehaves on order:
//
//   next join  refuse      the handshake is refused (403)
//              close       the socket closes before it says anything
//              silent      the socket says nothing
//              dead-room   the room's address refuses connections
//   now        cut-signal  the signal line is cut; the client resumes
//              reconnect   the client is asked for a new session
//              leave-room  the room ends in LiveKit's terms, the join socket stays
//              close-join  the join socket closes without a word
//              room-info   a second room_info on the join socket
//              raw         `text` on the data channel, JSON or not
//              end         the call ends for `reason`
import { randomBytes } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { WebAgent } from './web-agent.mjs';

export const JOIN_MODES = ['refuse', 'close', 'silent', 'dead-room'];
const DEAD_ROOM = 'ws://127.0.0.1:9'; // the discard port: nobody listens
const REJOIN = 10; // seconds a call outlives its room
const CLOSE_JOIN_MS = 100; // the room's last words go out first

export class WebJoin {
  #wss = new WebSocketServer({ noServer: true });
  #sessions = new Map(); // token -> {call, agent, join, room}
  #next;
  #ultravox;
  #pace;
  #roomUrl;
  #problems;

  /** @param {{ultravox, pace, roomUrl: () => string, problem: (Error) => void}} world */
  constructor({ ultravox, pace, roomUrl, problem }) {
    this.#ultravox = ultravox;
    this.#pace = pace;
    this.#roomUrl = roomUrl;
    this.#problems = problem;
  }

  /** How the next join goes wrong. */
  spoilNext(mode) {
    if (!JOIN_MODES.includes(mode)) throw new TypeError(`unknown mode: one of ${JOIN_MODES.join(', ')}`);
    this.#next = mode;
  }

  /** Does something to the running web call, the latest one unless `callId` says which. */
  act({ callId, does, text, reason }) {
    const session = [...this.#sessions.values()].reverse().find((s) => (callId ? s.call.id === callId : !s.call.ended));
    if (!session) throw new TypeError('no such web call');
    const { room, join, call } = session;
    const acts = {
      'cut-signal': () => room.cutSignal(),
      reconnect: () => room.leave({ reconnect: true }),
      'leave-room': () => room.leave(),
      'close-join': () => join.close(1000),
      'room-info': () => this.#tellRoom(session),
      raw: () => room.sayRaw(text),
      end: () => call.end(reason ?? 'agent_hangup'),
    };
    if (!acts[does]) throw new TypeError(`unknown "does": one of ${Object.keys(acts).join(', ')}`);
    acts[does]();
  }

  /** What came through each web call's microphone so far. */
  stats() {
    return [...this.#sessions.values()].map(({ call, room }) => ({
      callId: call.id,
      muted: room?.muted ?? null,
      ...room?.stats,
    }));
  }

  clear() {
    for (const { room, join } of this.#sessions.values()) {
      room?.close('server stops');
      join.terminate();
    }
    this.#sessions.clear();
    this.#next = undefined;
  }

  upgrade(req, socket, head) {
    socket.on('error', () => socket.destroy());
    const url = new URL(req.url, 'http://127.0.0.1');
    const [, callId] = /^\/calls\/([^/]+)$/.exec(url.pathname) ?? [];
    if (callId) return this.#onJoin(this.#ultravox.calls.get(callId), url.searchParams, req, socket, head);
    const session = this.#sessions.get(url.searchParams.get('access_token'));
    if (url.pathname !== '/rtc/v1') return refuse(socket, 404);
    if (!session || session.call.ended) return refuse(socket, 401);
    this.#onSignal(session, url.searchParams.get('join_request'), req, socket, head).catch((error) => {
      this.#problems(error);
      socket.destroy();
    });
  }

  #onJoin(call, query, req, socket, head) {
    const mode = this.#next;
    this.#next = undefined;
    const taken = [...this.#sessions.values()].some((s) => s.call === call);
    if (!call || call.isPhone || !call.joinable || taken || mode === 'refuse') return refuse(socket, 403);
    this.#wss.handleUpgrade(req, socket, head, (join) => {
      if (mode === 'close') return join.close(1000);
      const asked = new Set((query.get('additionalMessages') ?? '').split(',').filter(Boolean));
      const session = {
        call,
        join,
        token: randomBytes(16).toString('hex'),
        clientVersion: query.get('clientVersion'),
        agent: new WebAgent({ call, pace: this.#pace, asked }),
      };
      this.#sessions.set(session.token, session);
      join.on('message', (text) => {
        // messages over 1024 bytes come this way
        try {
          session.room?.emit('message', JSON.parse(text));
        } catch (error) {
          this.#problems(error);
        }
      });
      join.on('error', this.#problems);
      join.on('close', () => {
        if (call.joined) call.end('hangup');
        session.room?.close('join socket closed');
      });
      call.once('ended', () => this.#end(session));
      if (mode !== 'silent') this.#tellRoom(session, mode === 'dead-room' ? DEAD_ROOM : this.#roomUrl());
    });
  }

  #tellRoom({ join, call, token }, roomUrl = this.#roomUrl()) {
    join.send(JSON.stringify({ type: 'room_info', callId: call.id, roomUrl, token }));
  }

  async #onSignal(session, joinRequest, req, socket, head) {
    const { Room, parseJoinRequest } = await import('./livekit-room.mjs'); // large, and not wanted by phone calls
    const join = parseJoinRequest(joinRequest);
    this.#wss.handleUpgrade(req, socket, head, (ws) => {
      const { call, agent, room: before } = session;
      if (join.reconnect && before && !before.ended) return before.resume(ws);
      const room = (session.room = new Room(ws, join, req.headers['user-agent']));
      before?.removeAllListeners('close').close('replaced');
      room.on('problem', this.#problems);
      room.on('open', () => call.join(session.clientVersion));
      room.on('close', (why) => this.#roomGone(session, room, why));
      agent.attach(room);
    });
  }

  /** A client that reconnects says farewell to its room first; one that leaves closes the join socket too. */
  #roomGone(session, room, why) {
    this.#pace.after(REJOIN, () => {
      if (session.room === room && session.call.live)
        session.call.end(why === 'peer connection failed' ? 'connection_error' : 'hangup');
    });
  }

  #end({ room, join }) {
    room?.leave();
    setTimeout(() => {
      room?.close('call ended');
      join.close(1000);
    }, CLOSE_JOIN_MS);
  }
}

function refuse(socket, status) {
  socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}
