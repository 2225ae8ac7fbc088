// An empty ICU data package, linked in place of libicudata's 31 MB.
//
// libphonenumber uses ICU for UTF-8 and for regular expressions over Unicode properties; both work
// from tables inside libicuuc. The data package holds locales, collation and time zones, which
// nothing here asks for; ICU treats an entry it does not find as absent. The layout is ICU's common
// data header (icu4c, common/ucmndata.h, udata.h).
#include <unicode/utypes.h>

#include <cstdint>

struct EmptyIcuData {
  std::uint16_t header_size = 32;
  std::uint8_t magic[2] = {0xda, 0x27};
  std::uint16_t info_size = 20;
  std::uint16_t reserved_word = 0;
  std::uint8_t is_big_endian = U_IS_BIG_ENDIAN;
  std::uint8_t charset_family = U_ASCII_FAMILY;
  std::uint8_t size_of_uchar = U_SIZEOF_UCHAR;
  std::uint8_t reserved_byte = 0;
  std::uint8_t data_format[4] = {'T', 'o', 'C', 'P'};  // a table of contents
  std::uint8_t format_version[4] = {1, 0, 0, 0};
  std::uint8_t data_version[4] = {};
  std::uint8_t padding[8] = {};
  std::uint32_t entry_count = 0;
};

// `extern` in braces: a const object would otherwise be private to this file.
extern "C" {
extern const EmptyIcuData U_ICUDATA_ENTRY_POINT;
alignas(16) const EmptyIcuData U_ICUDATA_ENTRY_POINT;
}
