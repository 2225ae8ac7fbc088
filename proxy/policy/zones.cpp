#include "proxy/policy/zones.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>

#include "proxy/policy/zone_rules.h"

namespace voxdial {
namespace {

const std::string zone_folder = "/usr/share/zoneinfo/";

/// Areas of the countries that have several zones, by the digits a number begins with. The longest
/// beginning counts; one that stands in two rows lies in both zones. Countries and numbers that are
/// not here (mobile numbers, mostly) have all zones of their country.
struct Areas {
  std::string_view zone;
  std::string_view prefixes;
};
constexpr Areas areas[] = {
    // North American Numbering Plan, by state and province
    {"America/New_York",
     "1203 1475 1860 1959 1302 1202 1771 1207 1227 1240 1301 1410 1443 1667 1339 1351 1413 1508 "
     "1617 1774 1781 1857 1978 1231 1248 1269 1313 1517 1586 1616 1679 1734 1810 1947 1989 1906 "
     "1603 1201 1551 1609 1640 1732 1848 1856 1862 1908 1973 1212 1315 1329 1332 1347 1363 1516 "
     "1518 1585 1607 1624 1631 1646 1680 1716 1718 1838 1845 1914 1917 1929 1934 1252 1336 1472 "
     "1704 1743 1828 1910 1919 1980 1984 1216 1220 1234 1283 1326 1330 1380 1419 1436 1440 1513 "
     "1567 1614 1740 1937 1215 1223 1267 1272 1412 1445 1484 1570 1582 1610 1717 1724 1814 1835 "
     "1878 1401 1803 1821 1839 1843 1854 1864 1802 1276 1434 1540 1571 1686 1703 1757 1804 1826 "
     "1948 1304 1681 1229 1404 1470 1478 1678 1706 1762 1770 1912 1943 1239 1305 1321 1324 1352 "
     "1386 1407 1561 1645 1656 1689 1727 1728 1754 1772 1786 1813 1863 1904 1941 1954 1850 1448 "
     "1317 1463 1260 1574 1765 1812 1930 1219 1502 1859 1606 1270 1364 1423 1865"},
    {"America/Chicago",
     "1205 1251 1256 1334 1659 1938 1327 1479 1501 1870 1217 1224 1309 1312 1331 1447 1464 1618 "
     "1630 1708 1730 1773 1779 1815 1847 1861 1872 1319 1515 1563 1641 1712 1316 1785 1913 1620 "
     "1225 1318 1337 1457 1504 1985 1218 1320 1507 1612 1651 1763 1924 1952 1228 1601 1662 1769 "
     "1235 1314 1417 1557 1573 1636 1660 1816 1975 1402 1531 1308 1701 1405 1539 1572 1580 1918 "
     "1605 1615 1629 1731 1901 1931 1423 1210 1214 1254 1281 1325 1346 1361 1409 1430 1432 1469 "
     "1512 1621 1682 1713 1726 1737 1806 1817 1830 1832 1903 1936 1940 1945 1956 1972 1979 1262 "
     "1274 1353 1414 1534 1608 1715 1920 1850 1448 1219 1574 1812 1930 1270 1364 1606 1906"},
    {"America/Denver",
     "1303 1719 1720 1748 1970 1983 1208 1986 1406 1505 1575 1385 1435 1801 1307 1915 1308 1605 "
     "1701 1620 1785 1541 1458 1775 1928"},
    {"America/Phoenix", "1480 1520 1602 1623 1928"},
    {"America/Los_Angeles",
     "1209 1213 1279 1310 1323 1341 1350 1357 1369 1408 1415 1424 1442 1510 1530 1559 1562 1619 "
     "1626 1628 1650 1657 1661 1669 1707 1714 1738 1747 1760 1805 1818 1820 1831 1837 1840 1858 "
     "1909 1916 1925 1949 1951 1702 1725 1775 1458 1503 1541 1971 1206 1253 1360 1425 1509 1564 "
     "1208 1986"},
    {"America/Anchorage", "1907"},
    {"America/Adak", "1907"},
    {"Pacific/Honolulu", "1808"},
    {"America/Toronto",
     "1226 1249 1289 1343 1365 1382 1416 1437 1519 1548 1613 1647 1683 1705 1742 1753 1807 1905 "
     "1942 1263 1354 1367 1418 1438 1450 1468 1514 1579 1581 1819 1873"},
    {"America/Halifax", "1367 1418 1581 1428 1506 1782 1902"},
    {"America/St_Johns", "1709 1879"},
    {"America/Goose_Bay", "1709 1879"},
    {"America/Winnipeg", "1204 1431 1584 1807"},
    {"America/Regina", "1306 1474 1639"},
    {"America/Edmonton", "1368 1403 1587 1780 1825 1306 1474 1639 1236 1250 1257 1672 1778 1867"},
    {"America/Vancouver", "1604 1236 1250 1257 1672 1778"},
    {"America/Whitehorse", "1867"},
    {"America/Rankin_Inlet", "1867"},
    {"America/Iqaluit", "1867"},
    // Russia, fixed lines by region
    {"Europe/Kaliningrad", "7401"},
    {"Europe/Moscow",
     "747 748 749 7811 7812 7813 7814 7815 7816 7817 7818 7820 7821 7831 7833 7834 7835 7836 7841 "
     "7843 7844 7847 7855 7861 7862 7863 7865 7866 7867 7871 7872 7873 7877 7878 7879"},
    {"Europe/Simferopol", "7365 7869"},
    {"Europe/Samara", "7341 7846 7848"},
    {"Europe/Ulyanovsk", "7842"},
    {"Europe/Saratov", "7845"},
    {"Europe/Astrakhan", "7851"},
    {"Asia/Yekaterinburg", "7342 7343 7345 7346 7347 7349 7351 7352 7353"},
    {"Asia/Omsk", "7381"},
    {"Asia/Tomsk", "7382"},
    {"Asia/Novosibirsk", "7383"},
    {"Asia/Novokuznetsk", "7384"},
    {"Asia/Barnaul", "7385 7388"},
    {"Asia/Krasnoyarsk", "7390 7391 7394"},
    {"Asia/Irkutsk", "7395 7301"},
    {"Asia/Chita", "7302"},
    {"Asia/Yakutsk", "7411 7416"},
    {"Asia/Vladivostok", "7411 7421 7423 7426"},
    {"Asia/Srednekolymsk", "7411 7424"},
    {"Asia/Sakhalin", "7424"},
    {"Asia/Magadan", "7413"},
    {"Asia/Kamchatka", "7415"},
    {"Asia/Anadyr", "7427"},
    // Brazil
    {"America/Sao_Paulo",
     "5511 5512 5513 5514 5515 5516 5517 5518 5519 5521 5522 5524 5527 5528 5531 5532 5533 5534 "
     "5535 5537 5538 5541 5542 5543 5544 5545 5546 5547 5548 5549 5551 5553 5554 5555 5561 5562 "
     "5564"},
    {"America/Araguaina", "5563"},
    {"America/Cuiaba", "5565 5566"},
    {"America/Campo_Grande", "5567"},
    {"America/Rio_Branco", "5568 5597"},
    {"America/Porto_Velho", "5569"},
    {"America/Bahia", "5571 5573 5574 5575 5577"},
    {"America/Maceio", "5579 5582"},
    {"America/Recife", "5581 5587"},
    {"America/Noronha", "5581"},
    {"America/Fortaleza", "5583 5584 5585 5586 5588 5589 5598 5599"},
    {"America/Belem", "5591 5593 5594 5596"},
    {"America/Manaus", "5592 5597"},
    {"America/Boa_Vista", "5595"},
    // Australia
    {"Australia/Sydney", "612"},
    {"Australia/Broken_Hill", "612"},
    {"Australia/Melbourne", "613"},
    {"Australia/Hobart", "613"},
    {"Australia/Brisbane", "617"},
    {"Australia/Adelaide", "6187 6188"},
    {"Australia/Perth", "6186 6189"},
    {"Australia/Darwin", "61889"},
    // Mexico
    {"America/Mexico_City", "5255 5256 5233"},
    {"America/Monterrey", "5281"},
    {"America/Tijuana", "52646 52661 52663 52664 52665 52686"},
    {"America/Hermosillo", "52631 52642 52644 52647 52653 52662"},
    {"America/Mazatlan", "52612 52624 52667 52668 52669"},
    {"America/Chihuahua", "52614"},
    {"America/Cancun", "52983 52984 52987 52998"},
    // Indonesia
    {"Asia/Jakarta", "6221 6222 6224 6226 6227 6231 6261"},
    {"Asia/Makassar", "62361 62411"},
    // Others with islands or remote corners
    {"Europe/Madrid", "348 349"},
    {"Atlantic/Canary", "34822 34828 34922 34928"},
    {"Europe/Lisbon", "3512"},
    {"Atlantic/Madeira", "351291"},
    {"Atlantic/Azores", "351292 351295 351296"},
    {"America/Santiago", "562"},
    {"America/Punta_Arenas", "5661"},
    {"America/Guayaquil", "5932 5933 5934 5936 5937"},
    {"Pacific/Auckland", "64"},
    {"Pacific/Chatham", "643305"},
    // One civil time, whatever zone.tab lists besides
    {"Asia/Shanghai", "86"},
    {"Europe/Kyiv", "380"},
};

/// Country -> zones of zone.tab: "US<tab>coordinates<tab>America/New_York...".
const std::multimap<std::string, std::string>& zones_by_region() {
  static const auto table = [] {
    std::multimap<std::string, std::string> out;
    std::ifstream file(zone_folder + "zone.tab");
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] == '#') continue;
      std::istringstream columns(line);
      std::string region;
      std::string coordinates;
      std::string zone;
      if (columns >> region >> coordinates >> zone) out.emplace(region, zone);
    }
    return out;
  }();
  return table;
}

std::shared_ptr<const ZoneRules> rules_of(const std::string& zone) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const ZoneRules>> known;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(zone); found != known.end()) return found->second;
  if (zone.empty() || zone[0] == '/' || zone.find("..") != std::string::npos) return nullptr;
  std::ifstream file(zone_folder + zone, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  auto parsed = ZoneRules::parse(std::move(bytes).str());
  // What cannot be read is asked for again: the file may come back.
  if (!parsed) return nullptr;
  return known[zone] = std::make_shared<const ZoneRules>(std::move(*parsed));
}

}  // namespace

std::vector<std::string> zones_of(std::string_view e164, std::string_view region) {
  const std::string_view digits = e164.starts_with('+') ? e164.substr(1) : e164;
  std::vector<std::string> zones;
  std::size_t longest = 0;
  for (const Areas& row : areas) {
    std::string_view rest = row.prefixes;
    while (!rest.empty()) {
      const std::string_view prefix = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), prefix.size() + 1));
      if (prefix.size() < longest || !digits.starts_with(prefix)) continue;
      if (prefix.size() > longest) zones.clear();
      longest = prefix.size();
      zones.emplace_back(row.zone);
    }
  }
  if (!zones.empty()) return zones;
  const auto [begin, end] = zones_by_region().equal_range(std::string(region));
  for (auto row = begin; row != end; ++row) zones.push_back(row->second);
  return zones;
}

std::optional<int> utc_offset_s(const std::string& zone, Millis at) {
  const auto rules = rules_of(zone);
  if (rules == nullptr) return std::nullopt;
  return rules->offset_s(floor_div(at, 1000));
}

std::optional<int> local_minute(const std::string& zone, Millis at) {
  const auto offset = utc_offset_s(zone, at);
  if (!offset) return std::nullopt;
  const std::int64_t local = floor_div(at, 1000) + *offset;
  return static_cast<int>((local - floor_div(local, 86400) * 86400) / 60);
}

}  // namespace voxdial
