// The HTTP contract described for others: OpenAPI 3.1, made from the table of routes and from the
// lists of fields that requests are read and replies are written by. Nothing is said twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace voxdial {

/// What a request may hold and must; or what a reply always holds and may, which a later version
/// may add to.
enum class SchemaOf : std::uint8_t { request, reply };

/// The JSON Schema of a type, from its list of fields; openapi_codec.cpp has it for the types there
/// are.
template <class T>
std::string schema_text(SchemaOf);

/// A type that travels as JSON, by the name the description calls it.
struct Shape {
  std::string_view name;
  std::string (*schema)(SchemaOf) = nullptr;
};
template <class T>
constexpr Shape shape(std::string_view name) {
  return {name, schema_text<T>};
}

/// The reply of a route that did what it was asked for.
struct Reply {
  int status = 200;
  std::string_view type = "application/json";  ///< empty without a body
  Shape shape{};                               ///< of a JSON body
};

struct Parameter {
  std::string_view in;  ///< "query" or "header"
  std::string_view name;
  std::string_view description;
  std::string_view schema = R"({"type":"string"})";
};

/// The whole description, as JSON.
std::string describe_api();

}  // namespace voxdial
