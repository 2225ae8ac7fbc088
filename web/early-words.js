// The sentences of early.js in the reader's language; fetched when they are shown. A classic script in old words, as that is.
import tables from 'words:early';
import { readersLanguage } from './reader.js';

var words = tables[readersLanguage(tables)], said = document.querySelectorAll('[data-word^=early]');
for (var i = 0; i < said.length; i++) said[i].textContent = words[said[i].getAttribute('data-word')];
