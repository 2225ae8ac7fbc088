// A line to PostgreSQL that fails on order: it is cut, stands still, is slow, or loses the reply to a COMMIT that the database
// has carried out. Understands as much of the protocol as that takes: what a client sends first has a length, and every
// message after it a letter and a length.
import { once } from 'node:events';
import net from 'node:net';

const QUERY = 'Q'.charCodeAt(0);

/** Tells of each whole message of a client, as {kind, text}. */
function reader(tell) {
  let rest = Buffer.alloc(0);
  let begun = false;
  return (bytes) => {
    rest = rest.length ? Buffer.concat([rest, bytes]) : bytes;
    for (;;) {
      const head = begun ? 1 : 0;
      if (rest.length < head + 4) return;
      const size = head + rest.readUInt32BE(head);
      if (rest.length < size) return;
      if (begun) tell({ kind: rest[0], text: rest[0] === QUERY ? rest.toString('utf8', 5, size - 1) : '' });
      begun = true;
      rest = rest.subarray(size);
    }
  };
}

/**
 * @param {string} database the socket in the file system on which PostgreSQL listens
 */
export async function startRelay(database) {
  const lines = new Set();
  const relay = {
    /** How many connections are open. */
    get open() {
      return lines.size;
    },
    /** Where it leads from the next connection on. */
    database,
    /** Whether nothing goes through. */
    get stands() {
      return standing;
    },
    /** ms by which each piece of a reply is later. */
    delay: 0,
    /** Messages of clients so far. */
    messages: 0,
    /** How many times in all the reply to COMMIT was lost. */
    lost: 0,
  };
  let standing = false;
  let commits = 0; // whose reply is to be lost
  let unsent = 0; // COMMITs that are to be lost themselves
  let stopping = false; // all is to stand still in place of the next COMMIT
  let whose = '';
  let cutAt = Infinity;

  const server = net.createServer({ noDelay: true, allowHalfOpen: false }, (client) => {
    const onward = net.connect(relay.database);
    const line = { client, onward, losing: false };
    line.cut = () => {
      lines.delete(line);
      client.resetAndDestroy();
      onward.destroy();
    };
    lines.add(line);
    for (const socket of [client, onward]) {
      socket.on('error', () => {});
      socket.on('close', line.cut);
    }
    const read = reader(({ text }) => {
      relay.messages++;
      if (relay.messages >= cutAt) {
        cutAt = Infinity;
        line.unsent = true;
      }
      if (text.startsWith('BEGIN')) line.begun = text;
      if (text !== 'COMMIT' || !line.begun?.includes(whose)) return;
      if (stopping) {
        stopping = false;
        relay.stop();
      } else if (unsent > 0) {
        unsent--;
        line.unsent = true;
      } else if (commits > 0) {
        commits--;
        line.losing = true;
      }
    });
    client.on('data', (bytes) => {
      read(bytes);
      if (line.unsent) line.cut();
      else if (!standing) onward.write(bytes);
    });
    onward.on('data', (bytes) => {
      if (line.losing) {
        relay.lost++;
        line.cut();
      } else if (relay.delay) setTimeout(() => client.write(bytes), relay.delay);
      else client.write(bytes);
    });
    if (standing) stand(line);
  });
  const stand = ({ client, onward }) => [client, onward].forEach((socket) => socket.pause());

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(relay, {
    url: `postgresql://voxdial@127.0.0.1:${server.address().port}/postgres?sslmode=disable&gssencmode=disable`,
    /** Cuts what is open. */
    cut: () => [...lines].forEach((line) => line.cut()),
    /** Cuts the line in place of the nth message from now on: that one does not arrive. */
    cutInstead(n) {
      cutAt = relay.messages + n;
    },
    /** The next n COMMITs are carried out, and the line is cut in place of the reply. `of`: what stands in their BEGIN. */
    loseCommitReplies(n = 1, of = '') {
      commits += n;
      whose = of;
    },
    /** The line is cut in place of the next n COMMITs. */
    loseCommits(n = 1, of = '') {
      unsent += n;
      whose = of;
    },
    /** Nothing goes through any more, either way, and nobody is told. */
    stop() {
      standing = true;
      lines.forEach(stand);
    },
    /** All stands still in place of the next COMMIT, which does not arrive. */
    stopInsteadOfCommit(of = '') {
      stopping = true;
      whose = of;
    },
    goOn() {
      standing = false;
      for (const { client, onward } of lines) [client, onward].forEach((socket) => socket.resume());
    },
    async close() {
      relay.cut();
      server.close();
      await once(server, 'close');
    },
  });
}
