// Stories of a number that is typed and called.
#pragma once

#include "tests/ui/story.h"

namespace voxdial::ui {

inline void answer_check(Story& story, const PhoneCheck& check) {
  story.reply("POST", "/api/phone/check", 200, encode(check));
}

/// A number was typed and the server has not read it yet.
inline Story typed_story(std::string number, std::string region = "US") {
  Story story = started_story();
  story.tell(MediumChosen{MediumType::twilio});
  story.tell(RegionChosen{std::move(region)});
  story.tell(NumberTyped{std::move(number)});
  story.effects.clear();
  return story;
}

/// A number was typed and read.
inline Story phone_story() {
  Story story = typed_story("+14155550123");
  story.tell(TimerFired{Timer::phone_check});
  answer_check(story, good_check());
  story.effects.clear();
  return story;
}

inline void press_call(Story& story, std::string key = "key-1") {
  story.tell(PlacePressed{});
  story.tell(KeyMade{std::move(key)});
}

inline CallRequest sent_call(const Story& story) {
  const Result<CallRequest> sent = decode<CallRequest>(story.request("POST", "/api/calls").body);
  REQUIRE(sent);
  return *sent;
}

}  // namespace voxdial::ui
