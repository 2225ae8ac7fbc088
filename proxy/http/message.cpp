#include "proxy/http/message.h"

#include "shared/codec.h"

namespace voxdial::http {

std::string_view Request::header(std::string_view lower_case_name) const {
  const std::string* found = nullptr;
  for (const auto& [name, value] : headers) {
    if (name != lower_case_name) continue;
    if (found) return {};
    found = &value;
  }
  return found ? std::string_view(*found) : std::string_view();
}

Response json(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

Response error(const Error& error) {
  const int status = http_status(error.code);
  // Status 0 marks errors of the browser half; one that ends up here is a fault of ours.
  Response response = json(status == 0 ? 500 : status, encode(error));
  if (error.retry_after_s) {
    response.headers.emplace_back("Retry-After", std::to_string(*error.retry_after_s));
  }
  return response;
}

Response error_page(const Error& reason) {
  Response response = error(reason);
  // The sentence is one of ours, without marks of HTML.
  response.body =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>voxdial</title>"
      "<p role=\"alert\">" +
      reason.message + "</p><p><a href=\"/\">To voxdial</a></p>";
  for (auto& [name, value] : response.headers) {
    if (name == "Content-Type") value = "text/html; charset=utf-8";
  }
  return response;
}

Response method_not_allowed(std::string_view allow) {
  Response response = error(make_error(ErrorCode::method_not_allowed));
  response.headers.emplace_back("Allow", allow);
  return response;
}

Response no_content() {
  Response response;
  response.status = 204;
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

Response event_stream(std::function<void(std::unique_ptr<StreamSocket>)> take_over) {
  Response response;
  response.headers = {{"Content-Type", "text/event-stream"},
                      {"Cache-Control", "no-store"},
                      {"X-Accel-Buffering", "no"}};  // nginx: hand events on at once
  response.take_over = std::move(take_over);
  return response;
}

}  // namespace voxdial::http
