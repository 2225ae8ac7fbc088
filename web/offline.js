// The page for no connection: says which of the two it is, and goes on when it can.
import tables from 'words:offline';
import { sayWords } from './page-words.js';
import { readersLanguage } from './reader.js';

const show = () => {
  document.getElementById('offline').hidden = navigator.onLine;
  document.getElementById('silent').hidden = !navigator.onLine;
};
const again = () => location.reload(); // the address is still that of the page that was wanted
document.getElementById('again').onclick = (event) => {
  event.preventDefault();
  again();
};
addEventListener('online', again);
addEventListener('offline', show);
const say = () => sayWords(tables, readersLanguage(tables));
addEventListener('languagechange', say);
say();
show();
