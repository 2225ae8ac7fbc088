// Every word of the page, in English, and by that the list of keys: each other language is a table
// of the same keys in a file of this folder (words.h).
//
// W(key, text): `{name}` is a parameter. N(key, one, other): of counted things, by the forms
// English has; `{n}` is the number.
//
// The English is American, in sentence case, and speaks to the reader as "you". A button is a verb,
// an empty panel says what will be there, an error says what to do.
#pragma once

// clang-format off
#define VOXDIAL_WORDS(W, N) \
  /* the frame of the page */ \
  W(nav_main,              "Main") \
  W(nav_call,              "Call") \
  W(nav_history,           "History") \
  W(nav_agents,            "Agents") \
  W(nav_doctor,            "Doctor") \
  W(nav_settings,          "Settings") \
  W(live_calls,            "Live calls") \
  W(recent_calls,          "Recent calls") \
  W(calls,                 "Calls") \
  W(back,                  "Back") \
  W(skip_to_content,       "Skip to content") \
  W(newest,                "Newest") \
  W(close,                 "Close") \
  W(loading,               "Loading") \
  W(try_again,             "Try again") \
  W(try_again_in,          "Try again in {time}.") \
  W(title_of_tab,          "{state} - voxdial") \
  W(call_ended,            "Call ended") \
  W(sandbox,               "Sandbox: no real calls are placed.") \
  W(ultravox_down,         "Ultravox isn't responding right now.") \
  W(twilio_down,           "Twilio isn't responding right now.") \
  W(logged_out,            "You're logged out.") \
  W(log_in,                "Log in") \
  W(offline,               "You're offline.") \
  W(updates_held,          "Live updates aren't getting through; checking every {time}.") \
  W(updates_lost,          "Connection lost; reconnecting.") \
  W(updates_refused,       "The server refused live updates. Reload the page.") \
  /* placing a call */ \
  W(new_call,              "New call") \
  W(new_call_web,          "Talk to the agent through this browser's microphone.") \
  W(new_call_phone,        "We dial the number, and the agent talks to whoever answers.") \
  W(kind_of_call,          "Type of call") \
  W(web,                   "Web") \
  W(phone,                 "Phone") \
  W(place_the_call,        "Place the call") \
  W(start_web_call,        "Start web call") \
  W(starting_web_call,     "Starting web call") \
  W(asking_microphone,     "Waiting for microphone access") \
  W(checking_number,       "Checking the number") \
  W(call,                  "Call") \
  W(call_number,           "Call {number}") \
  W(calling,               "Calling") \
  W(calling_number,        "Calling {number}") \
  W(phone_off,             "Phone calls are turned off.") \
  W(country,               "Country") \
  W(no_matching_countries, "No matching countries") \
  W(phone_number,          "Phone number") \
  W(sandbox_numbers,       "Sandbox numbers to try") \
  W(number,                "Number") \
  W(number_hint,           "Include the country code (+44 ...).") \
  W(number_hint_in,        "Include the country code (+44 ...), or type it the way you'd dial it in {country}.") \
  W(number_unfinished,     "Not a full number yet.") \
  W(number_unread,         "We can't dial until the server has checked the number. Press Call to try again.") \
  W(number_reads_as,       "Calls {number}") \
  W(number_worldwide,      "international number") \
  W(dial_pad,              "Dial pad") \
  W(delete_digit,          "Delete the last digit") \
  W(local_time,            "{time} there") \
  W(call_at_night,         "Call anyway, even though it's nighttime there") \
  W(enter_number,          "Enter a phone number.") \
  W(number_not_allowed,    "This number can't be called.") \
  W(choose_an_agent,       "Choose an agent.") \
  W(enter_agent_id,        "Enter the Ultravox agent ID.") \
  W(in_web_call,           "You're in a web call. End it to start another.") \
  W(agent,                 "Agent") \
  W(choose_agent,          "Choose an agent") \
  W(edit,                  "Edit") \
  W(stored_agent,          "An agent saved at Ultravox") \
  W(stored_agent_id,       "Ultravox agent ID") \
  W(stored_agent_hint,     "You'll find it in the Ultravox console, under Agents.") \
  W(voice_is,              "Voice: {name}") \
  W(up_to,                 "Up to {time}") \
  W(edited_for_next_call,  "Edited for the next call only.") \
  W(use_saved_agent,       "Use the saved agent") \
  W(more_options,          "More options") \
  W(fewer_options,         "Fewer options") \
  W(record_call,           "Record the call") \
  W(record_call_hint,      "Let the other person know they're being recorded.") \
  W(on_voicemail,          "If voicemail answers") \
  W(hang_up,               "Hang up") \
  W(leave_message,         "Leave a message") \
  W(keep_talking,          "Keep talking") \
  W(start_muted,           "Start with the microphone muted") \
  W(start_muted_hint,      "Listen first, and unmute when you're ready to talk.") \
  W(no_calls_yet,          "No calls yet") \
  W(no_calls_yet_beside,   "Place a call and follow it here: its status, what both sides say and how it ends.") \
  W(fills_the_form,        "Fills in the form to call again.") \
  /* the state of a call */ \
  W(state_starting,        "Starting") \
  W(state_connecting,      "Connecting") \
  W(state_queued,          "Queued") \
  W(state_ringing,         "Ringing") \
  W(state_talking,         "Talking") \
  W(state_ended,           "Ended") \
  W(state_busy,            "Busy") \
  W(state_no_answer,       "No answer") \
  W(state_canceled,        "Canceled") \
  W(state_failed,          "Failed") \
  W(state_unknown,         "Unknown") \
  W(state_idle,            "Idle") \
  W(state_listening,       "Listening") \
  W(state_thinking,        "Thinking") \
  W(state_speaking,        "Speaking") \
  W(state_reconnecting,    "Reconnecting") \
  W(state_ending,          "Ending") \
  W(is_ending,             "Ending the call.") \
  W(is_starting,           "Setting up the call.") \
  W(is_joining,            "Connecting you to the agent.") \
  W(is_queued,             "Twilio has the call and will dial any moment.") \
  W(is_ringing,            "Their phone is ringing.") \
  W(is_machine,            "Voicemail answered.") \
  W(is_talking_web,        "You're talking to the agent.") \
  W(is_answered,           "The call was answered.") \
  W(is_over,               "The call is over.") \
  W(is_busy,               "The line was busy.") \
  W(is_no_answer,          "Nobody answered.") \
  W(is_no_answer_after,    "Nobody answered after {time}.") \
  W(is_canceled,           "Ended before anyone answered.") \
  W(is_failed,             "The call couldn't be connected.") \
  W(is_unknown,            "We lost track of this call. Check the provider's call log before you call again.") \
  W(is_time_limit,         "The call reached its time limit.") \
  W(is_time_limit_of,      "The call reached its time limit of {time}.") \
  W(you_ended,             "You ended the call.") \
  W(you_canceled,          "You ended the call before anyone answered.") \
  W(was_ended_here,        "The call was ended from voxdial.") \
  W(reconnecting_call,     "Connection lost; reconnecting.") \
  W(mic_is_muted,          "Your microphone is muted.") \
  W(web_call,              "Web call") \
  /* a live call */ \
  W(call_with,             "Call: {party}") \
  W(open_the_call,         "Open the call: {state}, {party}") \
  N(more_calls,            "{n} more", "{n} more") \
  W(recorded,              "Recorded") \
  W(message_left,          "Left a message") \
  W(rang,                  "Rang") \
  W(talk,                  "Talk") \
  W(time_left,             "Time left") \
  W(waiting,               "Waiting") \
  W(dismiss,               "Dismiss") \
  W(dismiss_ended,         "Dismiss ended calls") \
  W(you,                   "You") \
  W(person,                "Person") \
  W(level_of,              "{who}: level") \
  W(quality_answers,       "Responds in {time}") \
  W(quality_round_trip,    "Round trip {time}") \
  W(quality_jitter,        "Jitter {time}") \
  W(quality_loss,          "Loss {share}") \
  W(debug_messages,        "Debug messages") \
  W(none_yet,              "None yet.") \
  W(transcript,            "Transcript") \
  W(nothing_said,          "Nobody said anything.") \
  W(words_appear_here,     "What both sides say will appear here.") \
  W(used_tool,             "Used {tool}") \
  W(tool_answered,         "Result from {tool}") \
  W(answered_after,        "after {time}") \
  W(hold_to_talk,          "Hold to talk ({key})") \
  W(mute_microphone,       "Mute microphone") \
  W(unmute_microphone,     "Unmute microphone") \
  W(mute_speaker,          "Mute speaker") \
  W(unmute_speaker,        "Unmute speaker") \
  W(agent_writes,          "Reply in text") \
  W(agent_speaks,          "Reply by voice") \
  W(end_call,              "End call") \
  W(end_again,             "End again") \
  W(call_again,            "Call again") \
  W(details,               "Details") \
  W(ended_at,              "Ended at {time}") \
  W(ended_at_after,        "Ended at {time} after {talk}") \
  W(say_what,              "What to send") \
  W(say_text,              "Send a message to the agent") \
  W(say_say,               "Have the agent say this") \
  W(say_wrap_up,           "Ask the agent to wrap up") \
  W(say_goodbye,           "Have the agent say goodbye and hang up") \
  W(say_message,           "Message") \
  W(say_message_hint,      "Type a message") \
  W(say_last_words,        "Parting words (optional)") \
  W(send,                  "Send") \
  W(order_details,         "Order details") \
  W(no_items,              "No items yet") \
  W(item_count,            "{n}× {item}") \
  W(item_note,             "Note: {text}") \
  W(total,                 "Total") \
  W(note,                  "Note") \
  /* what a web call meets */ \
  W(remark_mic_lost,       "Your microphone was unplugged. Choose another one in Settings.") \
  W(remark_mic_silenced,   "Your microphone was muted by the system or another app. The agent can't hear you.") \
  W(remark_mic_replaced,   "The microphone you chose isn't connected. Using the default one.") \
  W(remark_speaker_gone,   "The speaker you chose isn't connected. Using the default one.") \
  W(remark_no_meter,       "This browser can't show sound levels. The agent can still hear you.") \
  W(remark_audio_blocked,  "Your browser is blocking sound. Click anywhere to hear the agent.") \
  W(problem_not_connected, "Message not sent: the call isn't connected yet.") \
  W(problem_device_failed, "That device couldn't be used. Still using the previous one.") \
  W(problem_other,         "Something went wrong, but the call continues.") \
  /* the record of calls */ \
  W(search,                "Search") \
  W(search_hint,           "Search by number, agent or reason") \
  W(kind,                  "Type") \
  W(web_and_phone,         "Web and phone") \
  W(state,                 "Status") \
  W(any_state,             "Any status") \
  W(any_agent,             "Any agent") \
  W(date,                  "Date") \
  W(any_date,              "Any date") \
  W(last_24_hours,         "Last 24 hours") \
  W(last_7_days,           "Last 7 days") \
  W(last_30_days,          "Last 30 days") \
  W(with,                  "With") \
  W(time,                  "Time") \
  N(calls_shown,           "{n} call", "{n} calls") \
  N(calls_so_far,          "{n} call so far", "{n} calls so far") \
  W(no_matching_calls,     "No matching calls") \
  W(no_matching_hint,      "Try another search, or clear a filter.") \
  W(no_calls_yet_record,   "Every call you place is kept here, with what was said and how it ended.") \
  W(place_a_call,          "Place a call") \
  W(placed,                "Placed") \
  W(placed_by,             "By") \
  W(answered_by,           "Answered by") \
  W(answered_human,        "A person") \
  W(answered_machine,      "Voicemail") \
  W(answered_fax,          "A fax machine") \
  W(answered_unknown,      "Unknown") \
  W(message,               "Message") \
  W(message_was_left,      "The agent left a message.") \
  W(end,                   "Outcome") \
  W(ended_by,              "Ended by") \
  W(by_you,                "You") \
  W(by_user,               "Someone here") \
  W(by_agent,              "Agent") \
  W(by_callee,             "Other side") \
  W(by_caller,             "Browser") \
  W(by_limit,              "Time limit") \
  W(by_carrier,            "Phone network") \
  W(by_provider,           "Provider") \
  W(by_server,             "Server") \
  W(price,                 "Price") \
  W(warning,               "Warning") \
  W(call_id,               "Call ID") \
  W(fact,                  "{what}: {value}") \
  W(recording,             "Recording") \
  W(recording_failed,      "The recording can't be played. It may not be ready yet: try again in a minute.") \
  W(timeline,              "Timeline") \
  W(timeline_entry,        "{time} {what}") \
  W(copy_transcript,       "Copy transcript") \
  W(copied,                "Copied") \
  W(transcript_line,       "{who}: {text}") \
  W(words_on_card,         "The transcript is on the call's card, to the right.") \
  W(no_transcript,         "Nothing was said, or the transcript is no longer kept.") \
  /* agents */ \
  W(agents_about,          "An agent is a prompt, a voice and the rules of a call.") \
  W(new_agent,             "New agent") \
  W(import,                "Import") \
  W(export_agent,          "Export") \
  W(no_agents_yet,         "No agents yet") \
  W(no_agents_hint,        "Create one: a prompt is all you need to place a call.") \
  W(edited,                "Edited") \
  W(built_in,              "Built in") \
  W(copy_of,               "{name} copy") \
  W(no_such_agent,         "Agent not found") \
  W(no_such_agent_hint,    "It may have been deleted. Choose another one from the list.") \
  W(unsaved,               "Unsaved") \
  W(saved,                 "Saved") \
  W(was_reset,             "Reset to the original") \
  W(was_deleted,           "Agent deleted") \
  W(save_agent,            "Save agent") \
  W(save_changes,          "Save changes") \
  W(use_once,              "Use for next call only") \
  W(call_with_agent,       "Call with this agent") \
  W(test_call,             "Test call") \
  W(test_call_hint,        "Talk to this agent as it is on this page, unsaved changes included.") \
  W(start_test_call,       "Start test call") \
  W(discard_changes,       "Discard changes") \
  W(save_as_new,           "Save as new") \
  W(reset,                 "Reset") \
  W(really_reset,          "Confirm reset") \
  W(delete_agent,          "Delete") \
  W(really_delete,         "Confirm delete") \
  W(name,                  "Name") \
  W(purpose,               "Description") \
  W(prompt,                "Prompt") \
  W(prompt_hint,           "Who the agent is, what it knows and how it behaves") \
  W(voice,                 "Voice") \
  W(custom_voice,          "Custom voice") \
  W(voice_and_language,    "{voice} ({language})") \
  W(voices_failed,         "Voices can't be loaded. {reason}") \
  W(default_choice,        "Default") \
  W(listen,                "Listen") \
  W(stop,                  "Stop") \
  W(model,                 "Model") \
  W(language,              "Language") \
  W(temperature,           "Temperature: how freely it phrases things") \
  W(length_limit,          "Time limit") \
  W(who_speaks_first,      "Who speaks first") \
  W(the_agent,             "The agent") \
  W(the_other_side,        "The other side") \
  W(greeting,              "Greeting") \
  W(fallback_greeting,     "If nobody speaks, the agent says") \
  W(greeting_example,      "Hello, how can I help?") \
  W(fallback_example,      "Hello, can you hear me?") \
  W(greeting_hint,         "Leave it empty and the agent finds its own words.") \
  W(tools,                 "Tools") \
  W(tool_hang_up,          "Hang up when the conversation is over") \
  W(tool_voicemail,        "Leave a message when voicemail answers") \
  W(tool_keypad,           "Press keys on the phone's keypad") \
  W(tool_of_page,          "{tool} on this page (web calls)") \
  W(closing_words,         "Parting words at the time limit") \
  W(voicemail_words,       "Voicemail message") \
  W(overview_words,        "Text shown before a web call") \
  W(needs_name,            "Give the agent a name.") \
  W(name_too_long,         "Shorten the name to 80 characters or fewer.") \
  W(prompt_too_long,       "Shorten the prompt to 32,768 characters or fewer.") \
  W(limit_out_of_range,    "Set the time limit between 10 seconds and 4 hours.") \
  W(import_not_agent,      "This file isn't a voxdial agent. {reason}") \
  W(import_too_large,      "This file is too large to be an agent.") \
  W(import_unreadable,     "This file can't be read.") \
  /* the doctor */ \
  W(doctor_about,          "Checks for anything that could stop a real call.") \
  W(check_again,           "Check again") \
  W(try_microphone,        "Test microphone") \
  W(this_server,           "This server") \
  W(this_browser,          "This browser") \
  W(server_checks,         "Server checks") \
  W(browser_checks,        "Browser checks") \
  W(calls_to,              "Calls to") \
  W(caller_country,        "Country of the caller number") \
  W(check_ok,              "OK") \
  W(check_warning,         "Warning") \
  W(check_failed,          "Failed") \
  W(check_unknown,         "Unknown") \
  W(check_said,            "{title}: {state}. {found}") \
  W(check_stand_in,        "Stand-in: {found}") \
  N(checks_failed,         "{n} check failed. See how to fix it below.", "{n} checks failed. See how to fix them below.") \
  W(checks_open,           "Nothing failed, but some checks need a look.") \
  W(checks_good,           "Everything looks good.") \
  W(checked_at,            "Checked at {time}.") \
  W(no_checks,             "No checks ran") \
  W(no_checks_hint,        "The server didn't run any checks. Try again.") \
  W(check_secure,          "Secure page") \
  W(check_secure_ok,       "The browser can offer the microphone here.") \
  W(check_secure_no,       "This address is neither https nor localhost.") \
  W(check_secure_fix,      "Open voxdial at an https address, or at localhost on this computer.") \
  W(microphone,            "Microphone") \
  W(check_mic_untried,     "Not tested yet.") \
  W(check_mic_fix,         "Press Test microphone.") \
  W(check_mic_asking,      "Waiting for your answer in the browser.") \
  W(check_mic_ok,          "Ready to use.") \
  W(check_events,          "Live updates") \
  W(check_events_ok,       "Calls update as they happen.") \
  W(check_events_no,       "Live updates aren't arriving.") \
  W(check_events_fix,      "Make sure the voxdial server is running and no proxy in between buffers its event stream.") \
  W(check_webgl,           "WebGL") \
  W(check_webgl_ok,        "This page is drawn with it.") \
  /* settings */ \
  W(settings_about,        "Saved in this browser only.") \
  W(appearance,            "Appearance") \
  W(theme,                 "Theme") \
  W(theme_system,          "System") \
  W(theme_light,           "Light") \
  W(theme_dark,            "Dark") \
  W(language_of_browser,   "Same as the browser") \
  W(language_failed,       "This language couldn't be loaded. Check your connection and choose it again.") \
  W(sound,                 "Sound") \
  W(speaker,               "Speaker") \
  W(device_default,        "Browser default") \
  W(device_number,         "Device {n}") \
  W(device_gone,           "A device that isn't connected") \
  W(end_tone,              "Play a sound when a call ends") \
  W(end_tone_hint,         "Two quiet notes, when this tab is in the background.") \
  W(outside,                "Outside this page") \
  W(notify,                 "Notify me about my calls") \
  W(notify_hint,            "When a call is answered or ends while you're looking at something else.") \
  W(notify_denied,          "Your browser blocks notifications from this site. Allow them next to the address bar, then reload the page.") \
  W(phone_links,            "Open phone links here") \
  W(phone_links_hint,       "A phone link on another page then fills in the form. It never dials by itself.") \
  W(push_to_talk,          "Push to talk") \
  W(push_to_talk_on,       "Talk only while holding a key") \
  W(push_to_talk_hint,     "Your microphone stays muted in web calls until you hold the key.") \
  W(talk_key,              "Key: {key}") \
  W(press_new_key,         "Press the new key") \
  W(during_a_call,         "During a call") \
  W(show_person,           "Show what the person says") \
  W(show_person_hint,      "When off, only the agent's words are shown.") \
  W(show_debug,            "Show debug messages") \
  W(show_debug_hint,       "Details from the agent's service, below the transcript of a web call.") \
  W(account,               "Account") \
  W(logged_in_as,          "Logged in as {name}.") \
  W(logged_in_as_role,     "Logged in as {name}, {role}.") \
  W(log_out,               "Log out") \
  W(version,               "voxdial {version}") \
  /* commands and keys */ \
  W(commands,              "Commands") \
  W(no_matching_commands,  "No matching commands") \
  W(call_a_number,         "Call a phone number") \
  W(keyboard_shortcuts,    "Keyboard shortcuts") \
  W(next_call,             "Next call in the list") \
  W(previous_call,         "Previous call in the list") \
  W(shortcuts_hint,        "Single letters; press ? for the list. Ctrl+K works either way.")
// clang-format on
