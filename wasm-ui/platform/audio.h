// Plays one sound file: the preview of a voice, the recording of a call.
#pragma once

#include <cstdint>
#include <string>

namespace voxdial::platform {

enum class AudioState : std::uint8_t {
  playing,
  ended,
  failed,  ///< cannot be fetched or played
};

struct AudioChanged {
  std::string url;
  AudioState state = AudioState::ended;
  friend bool operator==(const AudioChanged&, const AudioChanged&) = default;
};

/// Plays from the start, in place of what plays now. In a gesture. `playing` may follow; `ended` or
/// `failed` follows once, unless stop_audio or another play_audio comes first: then nothing does.
void play_audio(const std::string& url);
void stop_audio();

}  // namespace voxdial::platform
