// The sandbox's donut counter: reads an order out of a sentence. Pure. Each result is the whole order, as the
// updateOrder tool wants it.

const MENU = [
  { name: 'Glazed donut', price: 1.29, words: /glazed( donut)?s?/ },
  { name: 'Chocolate donut', price: 1.39, words: /chocolate( donut)?s?/ },
  { name: 'Sprinkled donut', price: 1.39, words: /sprinkled?( donut)?s?/ },
  { name: 'Jelly donut', price: 1.49, words: /jelly( donut)?s?/ },
  { name: 'Donut holes', price: 3.99, words: /(box(es)? of )?donut holes?/ },
  { name: 'Coffee', price: 1.89, words: /coffees?/ },
  { name: 'Latte', price: 3.49, words: /lattes?/ },
  { name: 'Tea', price: 1.79, words: /teas?/ },
];
const COUNTS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const COUNT = `(?:${COUNTS.join('|')}|an?|another|\\d{1,2})`;
const NOTE = /\b((?:without|with|extra|no) (?:any )?(?:sugar|milk|cream|ice|sprinkles|nuts))\b/;

const countOf = (word) => {
  if (word === undefined || /^an?(other)?$/.test(word)) return 1;
  const spoken = COUNTS.indexOf(word);
  return spoken >= 0 ? spoken : Number(word);
};

/** What `sentence` adds to (or, with "remove", takes from) `order`; the same array when it names nothing. */
export function takeOrder(sentence, order) {
  const text = sentence.toLowerCase();
  const removes = /\b(remove|cancel|take off)\b/.test(text);
  let next = order;
  for (const { name, price, words } of MENU) {
    const found = new RegExp(`(?:\\b(${COUNT}) )?\\b${words.source}\\b([^,.]*)`).exec(text);
    if (!found) continue;
    const rest = next.filter((i) => i.name !== name);
    if (removes) {
      next = rest;
      continue;
    }
    const before = next.find((i) => i.name === name);
    const note = NOTE.exec(found.at(-1).split(' and ')[0])?.[1];
    next = [
      ...rest,
      {
        name,
        quantity: (before?.quantity ?? 0) + countOf(found[1]),
        price,
        specialInstructions: note ?? before?.specialInstructions ?? '',
      },
    ].filter((i) => i.quantity > 0);
  }
  return next;
}

/** The total in whole cents, said in dollars. */
export const totalOf = (order) =>
  (order.reduce((sum, i) => sum + Math.round(i.price * 100) * i.quantity, 0) / 100).toFixed(2);
