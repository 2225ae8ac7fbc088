// A small language for the shape of JSON. A check is a function (value, place, problems) that adds sentences
// to `problems`; `place` says where in the document the value stands ("" is the whole). Pure.

const DURATION = /^-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,9})?s$/;
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Seconds of a duration that passed its check. */
export const seconds = (duration) => Number(duration.slice(0, -1));

export const is = (what, test) => (value, place, problems) => {
  if (!test(value)) problems.push(`${place}: expected ${what}`);
};
export const text = is('a string', (v) => typeof v === 'string');
export const flag = is('true or false', (v) => typeof v === 'boolean');
export const int32 = is('a 32-bit integer', (v) => Number.isInteger(v) && Math.abs(v) < 2 ** 31);
export const number = is('a number', (v) => typeof v === 'number');
export const between = (low, high) =>
  is(`a number from ${low} to ${high}`, (v) => typeof v === 'number' && v >= low && v <= high);
export const matching = (what, pattern) => is(what, (v) => typeof v === 'string' && pattern.test(v));
export const length = (low, high) =>
  is(`a string of ${low} to ${high} characters`, (v) => typeof v === 'string' && v.length >= low && v.length <= high);
export const duration = matching('a duration such as "30s"', DURATION);
export const positive = (value, place, problems) => {
  duration(value, place, problems);
  if (typeof value === 'string' && DURATION.test(value) && seconds(value) < 0)
    problems.push(`${place}: must not be negative`);
};
export const uuid = matching('a UUID', UUID);
export const url = matching('an absolute http or https URL', /^https?:\/\/[^\s/?#]+\S*$/);
export const anything = () => {};
export const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);
export const free = is('an object', isObject);
export const choice = (prefix, ...names) => {
  const all = names.map((n) => prefix + n);
  return is(`one of ${all.join(', ')}`, (v) => all.includes(v));
};
export const list = (item) => (value, place, problems) => {
  if (!Array.isArray(value)) return problems.push(`${place}: expected an array`);
  value.forEach((v, i) => item(v, `${place}[${i}]`, problems));
};
export const map = (item) => (value, place, problems) => {
  if (!isObject(value)) return problems.push(`${place}: expected an object`);
  for (const [name, v] of Object.entries(value)) item(v, `${place}.${name}`, problems);
};
/** An object with only `fields`; `rule(value, place, problems)` says what holds between them. */
export const object = (fields, rule) => (value, place, problems) => {
  if (!isObject(value)) return problems.push(`${place}: expected an object`);
  for (const [name, v] of Object.entries(value)) {
    const at = place ? `${place}.${name}` : name;
    if (Object.hasOwn(fields, name)) fields[name](v, at, problems);
    else problems.push(`${at}: unknown field`);
  }
  rule?.(value, place, problems);
};
export const oneOf =
  (...names) =>
  (value, place, problems) => {
    const given = names.filter((n) => n in value);
    if (given.length !== 1)
      problems.push(`${place}: exactly one of ${names.join(', ')} must be set, not ${given.length}`);
  };
export const atMostOneOf =
  (...names) =>
  (value, place, problems) => {
    if (names.filter((n) => n in value).length > 1)
      problems.push(`${place}: at most one of ${names.join(', ')} may be set`);
  };
export const need =
  (...names) =>
  (value, place, problems) => {
    for (const n of names) if (!(n in value)) problems.push(`${place ? `${place}.` : ''}${n}: required`);
  };
export const all =
  (...rules) =>
  (value, place, problems) =>
    rules.forEach((r) => r(value, place, problems));

/** The problems `check` finds in a whole document. */
export const checked = (check, value) => {
  const problems = [];
  check(value, '', problems);
  return problems;
};
