#include <catch2/generators/catch_generators.hpp>
#include "tests/ui/call_story.h"

using namespace voxdial;
using namespace voxdial::ui;

TEST_CASE("the server is asked about what was typed and the chosen country, once typing rests") {
  for (const char* typed : {"+14155550123", "0049 421 1234567", "06 20 123 4567", "(415) 555-0123",
                            "\xE2\x80\xAA+1 415 555 0123\xE2\x80\xAC", "415 CALL", "4"}) {
    CAPTURE(typed);
    Story story = started_story();
    story.tell(MediumChosen{MediumType::twilio});
    story.tell(RegionChosen{"HU"});
    story.tell(NumberTyped{"+1"});
    story.tell(NumberTyped{typed});
    CHECK(story.ordered(SetTimer{Timer::phone_check, 350}));
    CHECK(story.requests("POST", "/api/phone/check") == 0);
    story.tell(TimerFired{Timer::phone_check});
    CHECK(story.requests("POST", "/api/phone/check") == 1);
    CHECK(story.request("POST", "/api/phone/check").body == encode(PhoneCheckRequest{typed, "HU"}));
    CHECK(story.model.form.number == typed);
  }
}

TEST_CASE("a number is grouped while it is typed") {
  Story story = typed_story("2025550100");
  story.tell(NumberTyped{"20255501001"});
  CHECK(story.ordered(GroupNumber{"20255501001", "US"}));
  story.tell(NumberTyped{"2025550100"});
  story.tell(NumberGrouped{"20255501001", "2 02555 01001"});  // late: another was typed since
  CHECK(story.model.form.number == "2025550100");
  story.tell(NumberGrouped{"2025550100", "(202) 555-0100"});
  CHECK(story.model.form.number == "(202) 555-0100");
  CHECK(story.model.form.region == "US");

  story.effects.clear();
  story.tell(NumberTyped{"(202 555-0100"});  // a bracket is taken away: it does not come back
  CHECK(story.all<GroupNumber>().empty());
  CHECK(story.model.form.number == "(202 555-0100");

  story.tell(NumberTyped{"+442079460000"});
  story.tell(NumberGrouped{"+442079460000", "+44 20 7946 0000"});
  story.tell(TimerFired{Timer::phone_check});
  CHECK(story.request("POST", "/api/phone/check").body ==
        encode(PhoneCheckRequest{"+44 20 7946 0000", "US"}));
  story.effects.clear();
  story.tell(RegionChosen{"DE"});
  CHECK(story.ordered(GroupNumber{"+44 20 7946 0000", "DE"}));
}

TEST_CASE("what is typed while a grouping is awaited is grouped as it stands") {
  Story story = typed_story("202555");
  for (const char* typed : {"202 555", "202 555x", "202 555"}) {  // the same digits
    story.effects.clear();
    story.tell(NumberTyped{typed});
    CHECK(story.ordered(GroupNumber{typed, "US"}));
  }
  story.tell(NumberGrouped{"202 555x", "202 555x"});
  story.effects.clear();
  story.tell(NumberTyped{"202  555"});
  CHECK(story.ordered(GroupNumber{"202  555", "US"}));
  story.tell(NumberGrouped{"202  555", "202-555"});
  CHECK(story.model.form.number == "202-555");
}

TEST_CASE("a number is grouped anew when a + before it makes it another country's") {
  Story story = typed_story("442079460000");
  story.tell(NumberGrouped{"442079460000", "442079460000"});
  story.effects.clear();
  story.tell(NumberTyped{"+442079460000"});
  CHECK(story.ordered(GroupNumber{"+442079460000", "US"}));
}

TEST_CASE("a number that names its country chooses it, once the server has read it") {
  Story story = typed_story("+44 20 7946 0000");
  story.tell(TimerFired{Timer::phone_check});
  PhoneCheck check = good_check();
  check.region = "GB";
  answer_check(story, check);
  CHECK(story.model.form.region == "GB");

  for (const char* typed : {"020 7946 0000", "011 44 20 7946 0000", "0044 20 7946 0000"}) {
    Story national = typed_story(typed);  // means something else in another country
    national.tell(TimerFired{Timer::phone_check});
    answer_check(national, check);
    CHECK(national.model.form.region == "US");
  }
  Story nowhere = typed_story("tel:+800 1234 5678");
  nowhere.tell(TimerFired{Timer::phone_check});
  check.region = "001";
  answer_check(nowhere, check);
  CHECK(nowhere.model.form.region == "US");
}

TEST_CASE("nothing is asked about a field with nothing in it") {
  Story story = phone_story();
  for (const char* typed : {"", "  "}) {
    story.tell(NumberTyped{typed});
    story.tell(TimerFired{Timer::phone_check});
    story.tell(PlacePressed{});
    CHECK(why_not(story.model) == "Enter a phone number.");
  }
  CHECK(story.requests("POST", "/api/phone/check") == 0);
  CHECK(story.all<SetTimer>().empty());
  CHECK(story.all<MakeKey>().empty());
}

TEST_CASE("the number that is called is the server's reading, whatever was typed") {
  Story story = typed_story("0049 421 1234567", "DE");
  story.tell(TimerFired{Timer::phone_check});
  PhoneCheck check = good_check();
  check.e164 = "+494211234567";
  answer_check(story, check);
  CHECK(number_to_call(story.model.form) == "+494211234567");
  press_call(story);
  CHECK(sent_call(story).medium == Medium{MediumType::twilio, "+494211234567", ""});
}

TEST_CASE("Call pressed at once waits for the reading and calls its number") {
  Story story = typed_story("0049 421 1234567", "DE");
  story.tell(PlacePressed{});
  CHECK(story.all<MakeKey>().empty());
  CHECK(story.model.form.placing());
  CHECK(story.request("POST", "/api/phone/check").body ==
        encode(PhoneCheckRequest{"0049 421 1234567", "DE"}));
  story.tell(TimerFired{Timer::phone_check});  // was set by the typing
  story.tell(PlacePressed{});
  story.tell(NumberTyped{"0049 421 7654321"});
  CHECK(story.requests("POST", "/api/phone/check") == 1);
  PhoneCheck check = good_check();
  check.e164 = "+494211234567";
  answer_check(story, check);
  CHECK(story.all<MakeKey>().size() == 1);
  story.tell(KeyMade{"key-1"});
  CHECK(story.requests("POST", "/api/calls") == 1);
  CHECK(sent_call(story).medium.phone_number == "+494211234567");
}

TEST_CASE("Call pressed while the number is being read waits for that reading") {
  Story story = typed_story("+14155550123");
  story.tell(TimerFired{Timer::phone_check});
  story.tell(PlacePressed{});
  CHECK(story.requests("POST", "/api/phone/check") == 1);
  CHECK(story.all<MakeKey>().empty());
  answer_check(story, good_check());
  CHECK(story.all<MakeKey>().size() == 1);
}

TEST_CASE("a press that waited for a reading that refuses dials nothing and leads to the field") {
  Story story = typed_story("+1 900 555 0100");
  story.tell(PlacePressed{});
  PhoneCheck check = good_check();
  check.allowed = false;
  check.reason = make_error(ErrorCode::number_not_allowed);
  answer_check(story, check);
  CHECK(story.all<MakeKey>().empty());
  CHECK_FALSE(story.model.form.placing());
  CHECK(story.ordered(FocusField{"number"}));
  CHECK(why_not(story.model) == check.reason->message);
}

TEST_CASE("when the server cannot be asked nothing is dialled, and the next press asks again") {
  Story story = typed_story("+14155550123");
  story.tell(PlacePressed{});
  story.lose("POST", "/api/phone/check");
  CHECK(story.all<MakeKey>().empty());
  CHECK_FALSE(story.model.form.placing());
  REQUIRE(story.model.form.check.failure() != nullptr);
  story.tell(PlacePressed{});
  CHECK(story.requests("POST", "/api/phone/check") == 2);
  answer_check(story, good_check());
  story.tell(KeyMade{"key-1"});
  CHECK(sent_call(story).medium.phone_number == "+14155550123");
}

TEST_CASE("an answer about an older text or another country is not used") {
  Story story = typed_story("2025550100");
  story.tell(TimerFired{Timer::phone_check});
  const HttpCall asked = story.request("POST", "/api/phone/check");
  const bool text = GENERATE(true, false);
  if (text) story.tell(NumberTyped{"20255501001"});
  if (!text) story.tell(RegionChosen{"GB"});
  story.tell(HttpReplied{asked.id, HttpReplied::Failure::none, 200, encode(good_check())});
  CHECK(story.model.form.check.idle());
  CHECK(number_to_call(story.model.form).empty());
  press_call(story);
  CHECK(story.requests("POST", "/api/calls") == 0);
  CHECK(story.requests("POST", "/api/phone/check") == 2);
}

TEST_CASE("a reading is forgotten when the text or the country changes") {
  Story story = phone_story();
  const bool text = GENERATE(true, false);
  if (text) story.tell(NumberTyped{"+14155550124"});
  if (!text) story.tell(RegionChosen{"GB"});
  CHECK(number_to_call(story.model.form).empty());
}

TEST_CASE("the country is the person's choice: no number that is typed changes it") {
  Story story = phone_story();
  story.tell(RegionChosen{"GB"});
  story.tell(NumberTyped{"+49 30 1234567"});
  CHECK(story.model.form.region == "GB");
  story.tell(RegionChosen{"FR"});
  CHECK(story.model.form.number == "+49 30 1234567");
}
