// Text as people type it, made comparable: without case, accents, width, and blanks at its ends.
#pragma once

#include <string>
#include <string_view>

namespace voxdial {

/// "Émilie Øst", "ÉMILIE ØST" and "émilie ost" become "emilie ost", in one code point a letter or
/// in several: Unicode's compatibility decomposition, full case folding, and no accents and points
/// (Latin, Greek, Cyrillic, Hebrew, Arabic, Thai tones ...). So full-width letters and half-width
/// kana are the usual ones, and ligatures and squared units what they consist of. Letters with a
/// stroke or a tail, which Unicode does not take apart (ø, ł, đ, ı, æ ...), are their plain ones.
/// Marks that make another letter (the Japanese voicing marks, Indic vowels) stay. Bytes that are
/// no UTF-8 become U+FFFD.
std::string folded(std::string_view text);

/// `text` without what nobody can see at its ends, as keyboards and copying leave it there: blanks
/// of every width, line ends, control characters, marks of direction and of joining.
std::string_view without_blanks(std::string_view text);

/// What a call is searched by, besides its number: these texts, folded, a line each.
std::string searched_words(std::string_view agent_name, std::string_view agent,
                           std::string_view person, std::string_view end_sentence);

}  // namespace voxdial
