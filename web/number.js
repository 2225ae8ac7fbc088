// A phone number grouped while it is typed, as people of its country write it. Only for the eye: what the number is, and
// whether it may be called, is the server's to say. A download of its own; the field works without it.
import { AsYouType, isSupportedCountry } from 'libphonenumber-js/min';

const digitsOf = (text) => text.replace(/\D/g, '');

/** The library sets spaces between all groups of a number with "+"; the country's form, and so the server, may have others. */
function withSeparators(shown, format = '') {
  if (!shown.startsWith('+')) return shown;
  const [code, ...groups] = shown.split(' '), between = format.split(/\$\d/).slice(1);
  return code + groups.map((group, i) => (i ? between[i - 1] || ' ' : ' ') + group).join('');
}

/** The text in groups. `region` says how to read a number without "+". */
export function grouped(text, region) {
  // Letters, other digits or "(0)" are for the server to make sense of.
  if (!/^\s*\+?[\d\s().\-/\u2010-\u2015\u00a0]*$/.test(text) || /\(0+\)/.test(text)) return text;
  const typing = new AsYouType(isSupportedCountry(region) ? region : undefined);
  const shown = withSeparators(typing.input(text), typing.formatter.chosenFormat?.internationalFormat());
  const same = digitsOf(shown) === digitsOf(text) && shown.startsWith('+') === text.trim().startsWith('+');
  return same ? shown : text;
}
