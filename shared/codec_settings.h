// The JSON of CallSettings and what it is made of, used wherever settings stand: in a request to
// place a call and in an agent. Internal to the codec.
#pragma once

#include "shared/json_reader.h"
#include "shared/json_writer.h"

namespace voxdial {

/// Its two directions; codec_settings.cpp defines them as one template.
void fields(JsonReader&, CallSettings&);
void fields(JsonWriter&, const CallSettings&);

}  // namespace voxdial
