#include "shared/countries.h"

#include <array>
#include <string>

#include "shared/ascii.h"

namespace voxdial {
namespace {

/// Region, calling code and name of each, by name. One text instead of a table: the page pays for
/// every byte, and three pointers a row cost more than the row.
constexpr std::string_view all =
    "AF93Afghanistan|AX358Åland Islands|AL355Albania|DZ213Algeria|AS1American Samoa|"
    "AD376Andorra|AO244Angola|AI1Anguilla|AG1Antigua and Barbuda|AR54Argentina|AM374Armenia|"
    "AW297Aruba|AC247Ascension Island|AU61Australia|AT43Austria|AZ994Azerbaijan|BS1Bahamas|"
    "BH973Bahrain|BD880Bangladesh|BB1Barbados|BY375Belarus|BE32Belgium|BZ501Belize|"
    "BJ229Benin|BM1Bermuda|BT975Bhutan|BO591Bolivia|BA387Bosnia and Herzegovina|"
    "BW267Botswana|BR55Brazil|IO246British Indian Ocean Territory|VG1British Virgin Islands|"
    "BN673Brunei|BG359Bulgaria|BF226Burkina Faso|BI257Burundi|CV238Cabo Verde|KH855Cambodia|"
    "CM237Cameroon|CA1Canada|BQ599Caribbean Netherlands|KY1Cayman Islands|"
    "CF236Central African Republic|TD235Chad|CL56Chile|CN86China|CX61Christmas Island|"
    "CC61Cocos (Keeling) Islands|CO57Colombia|KM269Comoros|CG242Congo (Brazzaville)|"
    "CD243Congo (Kinshasa)|CK682Cook Islands|CR506Costa Rica|CI225Côte d'Ivoire|"
    "HR385Croatia|CU53Cuba|CW599Curaçao|CY357Cyprus|CZ420Czechia|DK45Denmark|DJ253Djibouti|"
    "DM1Dominica|DO1Dominican Republic|EC593Ecuador|EG20Egypt|SV503El Salvador|"
    "GQ240Equatorial Guinea|ER291Eritrea|EE372Estonia|SZ268Eswatini|ET251Ethiopia|"
    "FK500Falkland Islands|FO298Faroe Islands|FJ679Fiji|FI358Finland|FR33France|"
    "GF594French Guiana|PF689French Polynesia|GA241Gabon|GM220Gambia|GE995Georgia|"
    "DE49Germany|GH233Ghana|GI350Gibraltar|GR30Greece|GL299Greenland|GD1Grenada|"
    "GP590Guadeloupe|GU1Guam|GT502Guatemala|GG44Guernsey|GN224Guinea|GW245Guinea-Bissau|"
    "GY592Guyana|HT509Haiti|HN504Honduras|HK852Hong Kong|HU36Hungary|IS354Iceland|IN91India|"
    "ID62Indonesia|IR98Iran|IQ964Iraq|IE353Ireland|IM44Isle of Man|IL972Israel|IT39Italy|"
    "JM1Jamaica|JP81Japan|JE44Jersey|JO962Jordan|KZ7Kazakhstan|KE254Kenya|KI686Kiribati|"
    "XK383Kosovo|KW965Kuwait|KG996Kyrgyzstan|LA856Laos|LV371Latvia|LB961Lebanon|LS266Lesotho|"
    "LR231Liberia|LY218Libya|LI423Liechtenstein|LT370Lithuania|LU352Luxembourg|MO853Macao|"
    "MG261Madagascar|MW265Malawi|MY60Malaysia|MV960Maldives|ML223Mali|MT356Malta|"
    "MH692Marshall Islands|MQ596Martinique|MR222Mauritania|MU230Mauritius|YT262Mayotte|"
    "MX52Mexico|FM691Micronesia|MD373Moldova|MC377Monaco|MN976Mongolia|ME382Montenegro|"
    "MS1Montserrat|MA212Morocco|MZ258Mozambique|MM95Myanmar|NA264Namibia|NR674Nauru|"
    "NP977Nepal|NL31Netherlands|NC687New Caledonia|NZ64New Zealand|NI505Nicaragua|NE227Niger|"
    "NG234Nigeria|NU683Niue|NF672Norfolk Island|KP850North Korea|MK389North Macedonia|"
    "MP1Northern Mariana Islands|NO47Norway|OM968Oman|PK92Pakistan|PW680Palau|PS970Palestine|"
    "PA507Panama|PG675Papua New Guinea|PY595Paraguay|PE51Peru|PH63Philippines|PL48Poland|"
    "PT351Portugal|PR1Puerto Rico|QA974Qatar|RE262Réunion|RO40Romania|RU7Russia|RW250Rwanda|"
    "BL590Saint Barthélemy|SH290Saint Helena|KN1Saint Kitts and Nevis|LC1Saint Lucia|"
    "MF590Saint Martin (French)|PM508Saint Pierre and Miquelon|"
    "VC1Saint Vincent and the Grenadines|WS685Samoa|SM378San Marino|"
    "ST239São Tomé and Príncipe|SA966Saudi Arabia|SN221Senegal|RS381Serbia|"
    "SC248Seychelles|SL232Sierra Leone|SG65Singapore|SX1Sint Maarten|SK421Slovakia|"
    "SI386Slovenia|SB677Solomon Islands|SO252Somalia|ZA27South Africa|KR82South Korea|"
    "SS211South Sudan|ES34Spain|LK94Sri Lanka|SD249Sudan|SR597Suriname|"
    "SJ47Svalbard and Jan Mayen|SE46Sweden|CH41Switzerland|SY963Syria|TW886Taiwan|"
    "TJ992Tajikistan|TZ255Tanzania|TH66Thailand|TL670Timor-Leste|TG228Togo|TK690Tokelau|"
    "TO676Tonga|TT1Trinidad and Tobago|TA290Tristan da Cunha|TN216Tunisia|TR90Türkiye|"
    "TM993Turkmenistan|TC1Turks and Caicos Islands|TV688Tuvalu|VI1U.S. Virgin Islands|"
    "UG256Uganda|UA380Ukraine|AE971United Arab Emirates|GB44United Kingdom|US1United States|"
    "UY598Uruguay|UZ998Uzbekistan|VU678Vanuatu|VA39Vatican City|VE58Venezuela|VN84Vietnam|"
    "WF681Wallis and Futuna|EH212Western Sahara|YE967Yemen|ZM260Zambia|ZW263Zimbabwe|";

constexpr std::size_t count() {
  std::size_t rows = 0;
  for (const char c : all) rows += c == '|';
  return rows;
}

using Countries = std::array<Country, count()>;

Countries read() {
  Countries rows;
  std::string_view rest = all;
  for (Country& row : rows) {
    row.region = rest.substr(0, 2);
    std::size_t name = 2;
    while (is_digit(rest[name])) ++name;
    row.calling_code = rest.substr(2, name - 2);
    const std::size_t end = rest.find('|');
    row.name = rest.substr(name, end - name);
    rest.remove_prefix(end + 1);
  }
  return rows;
}

const Countries& table() {
  static const Countries rows = read();
  return rows;
}

}  // namespace

std::span<const Country> countries() { return table(); }

const Country* country(std::string_view region) {
  for (const Country& row : table()) {
    if (row.region == region) return &row;
  }
  return nullptr;
}

}  // namespace voxdial
