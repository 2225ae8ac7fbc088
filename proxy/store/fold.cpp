#include "proxy/store/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "shared/ascii.h"

namespace voxdial {
namespace {

/// Whether a combining mark is an accent, a point or a tone, by its combining class: 7 to 9 are the
/// Indic nukta, the Japanese voicing marks and the virama, and classless ones are vowels.
bool is_accent(UChar32 c) {
  const int place = u_getCombiningClass(c);
  return place == 1 || place > 9;
}

std::u16string_view plain_letter(UChar32 c) {
  switch (c) {
    case 0x00E6:
      return u"ae";
    case 0x00F0:
    case 0x0111:
    case 0x0256:
      return u"d";
    case 0x00F8:
      return u"o";
    case 0x00FE:
      return u"th";
    case 0x0127:
      return u"h";
    case 0x0131:
      return u"i";
    case 0x0142:
      return u"l";
    case 0x014B:
      return u"n";
    case 0x0153:
      return u"oe";
    case 0x0167:
      return u"t";
    case 0x0180:
      return u"b";
    case 0x01E5:
      return u"g";
    case 0x0268:
      return u"i";
    default:
      return {};
  }
}

std::u16string decoded(std::string_view text) {
  std::u16string wide(text.size(), u'\0');  // never longer than in UTF-8
  std::int32_t length = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8WithSub(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(),
                       static_cast<std::int32_t>(text.size()), 0xFFFD, nullptr, &status);
  wide.resize(U_SUCCESS(status) ? static_cast<std::size_t>(length) : 0);
  return wide;
}

std::string encoded(std::u16string_view wide) {
  std::string text(wide.size() * 3, '\0');
  std::int32_t length = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strToUTF8(text.data(), static_cast<std::int32_t>(text.size()), &length, wide.data(),
              static_cast<std::int32_t>(wide.size()), &status);
  text.resize(U_SUCCESS(status) ? static_cast<std::size_t>(length) : 0);
  return text;
}

/// `change` fills a buffer and says how long the whole is, as ICU's functions do.
template <class Change>
std::u16string changed(std::size_t likely, Change change) {
  std::u16string out(likely + 16, u'\0');
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t length = change(out.data(), static_cast<std::int32_t>(out.size()), &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) {
    out.resize(static_cast<std::size_t>(length));
    status = U_ZERO_ERROR;
    length = change(out.data(), length, &status);
  }
  out.resize(U_SUCCESS(status) ? static_cast<std::size_t>(length) : 0);
  return out;
}

}  // namespace

std::string folded(std::string_view text) {
  // Most texts are ASCII.
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    return lower(text);
  }
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* const decomposing = unorm2_getNFKDInstance(&status);
  if (U_FAILURE(status)) std::abort();  // its tables come with the library
  const std::u16string wide = decoded(text);
  const std::u16string apart =
      changed(wide.size() * 2, [&](char16_t* out, std::int32_t room, UErrorCode* why) {
        return unorm2_normalize(decomposing, wide.data(), static_cast<std::int32_t>(wide.size()),
                                out, room, why);
      });
  const std::u16string lower =
      changed(apart.size(), [&](char16_t* out, std::int32_t room, UErrorCode* why) {
        return u_strFoldCase(out, room, apart.data(), static_cast<std::int32_t>(apart.size()),
                             U_FOLD_CASE_DEFAULT, why);
      });
  std::u16string plain;
  plain.reserve(lower.size());
  for (std::size_t i = 0; i < lower.size();) {
    UChar32 c = 0;
    U16_NEXT(lower.data(), i, lower.size(), c);
    if (is_accent(c)) continue;
    if (const auto letters = plain_letter(c); !letters.empty()) {
      plain += letters;
    } else if (c > 0xFFFF) {
      plain += {static_cast<char16_t>(U16_LEAD(c)), static_cast<char16_t>(U16_TRAIL(c))};
    } else {
      plain += static_cast<char16_t>(c);
    }
  }
  return encoded(plain);
}

std::string_view without_blanks(std::string_view text) {
  const auto is_seen = [](UChar32 c) {
    return c < 0 || !(u_isUWhiteSpace(c) || u_iscntrl(c) || u_charType(c) == U_FORMAT_CHAR);
  };
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto begin = std::int32_t{0};
  auto end = static_cast<std::int32_t>(text.size());
  for (std::int32_t next = begin; begin < end; begin = next) {
    UChar32 c = 0;
    U8_NEXT(bytes, next, end, c);
    if (is_seen(c)) break;
  }
  for (std::int32_t before = end; begin < end; end = before) {
    UChar32 c = 0;
    U8_PREV(bytes, begin, before, c);
    if (is_seen(c)) break;
  }
  return text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

std::string searched_words(std::string_view agent_name, std::string_view agent,
                           std::string_view person, std::string_view end_sentence) {
  std::string words;
  for (const std::string_view text : {agent_name, agent, person, end_sentence})
    words.append(folded(text)).append("\n");
  return words;
}

}  // namespace voxdial
