// TwiML of the one form this project sends: Response > Connect > Stream. A small strict XML reader, and
// the checks Twilio makes on what it read.

const NAME = /[A-Za-z_][\w.-]*/y;
const ATTRIBUTE = /\s+([A-Za-z_][\w.-]*)\s*=\s*("([^<"]*)"|'([^<']*)')/y;
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text) {
  const bare = text.replace(/&(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);/g, '');
  if (bare.includes('&')) throw new Error('"&" that is not escaped');
  return text.replace(/&(#x?)?(\w+);/g, (_, number, name) =>
    number ? String.fromCodePoint(parseInt(name, number === '#x' ? 16 : 10)) : ENTITIES[name],
  );
}

/** The root element {name, attributes, children, text}; throws an Error that says what is not well-formed. */
export function parseXml(source) {
  let at = 0;
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const expect = (text) => {
    if (!source.startsWith(text, at)) throw new Error(`expected "${text}" at ${at}`);
    at += text.length;
  };
  const element = () => {
    expect('<');
    const name = take(NAME)?.[0];
    if (!name) throw new Error(`expected a name at ${at}`);
    const node = { name, attributes: {}, children: [], text: '' };
    for (let a; (a = take(ATTRIBUTE));) {
      if (Object.hasOwn(node.attributes, a[1])) throw new Error(`attribute ${a[1]} twice`);
      node.attributes[a[1]] = unescape(a[3] ?? a[4]);
    }
    take(/\s*/y);
    if (source.startsWith('/>', at)) {
      at += 2;
      return node;
    }
    expect('>');
    for (;;) {
      node.text += unescape(take(/[^<]*/y)[0]);
      if (take(/<!--(?:(?!--)[^])*-->/y)) continue;
      if (source.startsWith('</', at)) break;
      node.children.push(element());
    }
    expect(`</${name}`);
    take(/\s*/y);
    expect('>');
    return node;
  };
  take(/\s*(?:<\?xml\s+version=(["'])1\.0\1[^?]*\?>)?\s*/y);
  const root = element();
  take(/\s*/y);
  if (at !== source.length) throw new Error(`text after the root element at ${at}`);
  return root;
}

const only = (node, name, allowed, problems) => {
  if (node.name !== name) problems.push(`<${node.name}> where <${name}> belongs`);
  for (const a of Object.keys(node.attributes))
    if (!allowed.includes(a)) problems.push(`<${name}> has no attribute "${a}"`);
  if (node.text.trim()) problems.push(`text inside <${name}>`);
};

/** {url, problems}: the stream's address and what is wrong with the document. */
export function readStreamTwiml(source) {
  const problems = [];
  let root;
  try {
    root = parseXml(source);
  } catch (error) {
    return { problems: [`not well-formed: ${error.message}`] };
  }
  only(root, 'Response', [], problems);
  if (root.children.length !== 1) return { problems: [...problems, '<Response> must hold exactly <Connect>'] };
  const [connect] = root.children;
  only(connect, 'Connect', ['action', 'method'], problems);
  if (connect.children.length !== 1) return { problems: [...problems, '<Connect> must hold exactly <Stream>'] };
  const [stream] = connect.children;
  only(stream, 'Stream', ['url', 'name', 'track', 'statusCallback', 'statusCallbackMethod'], problems);
  for (const p of stream.children) {
    only(p, 'Parameter', ['name', 'value'], problems);
    if (p.attributes.name === undefined || p.attributes.value === undefined)
      problems.push('<Parameter> needs name and value');
  }
  const { url, track } = stream.attributes;
  if (!url) problems.push('<Stream> needs a url');
  else if (!/^wss:\/\/[^\s?#]+$/.test(url)) problems.push('the stream url must be wss and without a query');
  if (track !== undefined && track !== 'inbound_track')
    problems.push('<Connect><Stream> allows track inbound_track only');
  return { url, problems };
}
