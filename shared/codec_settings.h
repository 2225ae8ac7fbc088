// The JSON of CallSettings and what it is made of, used wherever settings stand: in a request to
// place a call and in an agent. Internal to the codec.
#pragma once

#include "shared/json_reader.h"
#include "shared/json_writer.h"

namespace voxdial {

/// Declares the two directions of one struct's `fields`; a .cpp defines them as one template.
#define VOXDIAL_FIELDS(T)       \
  void fields(JsonReader&, T&); \
  void fields(JsonWriter&, const T&)

VOXDIAL_FIELDS(CallSettings);

}  // namespace voxdial
