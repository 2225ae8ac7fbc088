// What the tests of the phone policy share.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "proxy/policy/phone.h"

namespace voxdial::phone_test {

inline PhonePolicy policy_for(std::vector<std::string> regions) {
  PhonePolicy policy;
  policy.own_region = "US";
  policy.allowed_regions = std::move(regions);
  policy.quiet_hours = false;
  return policy;
}

inline const PhonePolicy wide = policy_for(
    {"US", "CA", "GB", "DE", "FR", "IT", "ES", "AU", "NZ", "JP", "IN", "BR", "MX", "AR", "ZA", "NG",
     "KE", "EG", "SG", "HK", "CH", "AT", "NL", "BE", "SE", "NO", "DK", "FI", "PL", "IE", "PT", "SK",
     "GG", "JE", "IM", "JM", "PR", "RU", "CN", "KR", "IL", "AE", "TR", "GR", "HU", "CZ", "001"});

struct Row {
  const char* typed;
  const char* hint;
  const char* e164;     ///< what it is understood as, "" when it is not
  const char* outcome;  ///< "ok" or the error's wire name
};

inline std::string code_of(const PhoneCheck& verdict) {
  return verdict.reason ? std::string(wire_name(verdict.reason->code)) : "ok";
}

inline void check_rows(const std::vector<Row>& rows, const PhonePolicy& policy) {
  for (const Row& row : rows) {
    const PhoneCheck verdict = check_phone(row.typed, row.hint, policy, 0);
    CAPTURE(row.typed, row.hint);
    CHECK(verdict.e164 == row.e164);
    CHECK(code_of(verdict) == row.outcome);
    CHECK(verdict.allowed == (std::string(row.outcome) == "ok"));
    if (verdict.reason) CHECK(verdict.reason->field == "medium.phoneNumber");
  }
}

}  // namespace voxdial::phone_test
