// The web output from memory: negotiation, caching, ranges, and that nothing else can be had.
#include <filesystem>
#include <fstream>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/http/static_files.h"
#include "tests/proxy/http_fixture.h"

namespace voxdial::testing {
namespace {

namespace fs = std::filesystem;
using http::StaticFiles;

/// A folder of web files that is gone at the end of the test.
class Site {
 public:
  Site() {
    std::string path = (fs::temp_directory_path() / "voxdial-site-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    root = fs::path(path) / "web";
    fs::create_directories(root / "assets");
    put("index.html", "<!doctype html>");
    put("index.html.br", "br of index");
    put("index.html.gz", "gz of index");
    put("assets/app.0123456789.js", "0123456789");
    put("assets/chunk.K3V7XQ2A.js", "x");
    put("assets/app.wasm", "wasm");
    put("assets/only.br", "no twin of anything");
    put(".secret", "hidden");
    put("../outside.txt", "outside");
    fs::create_symlink(root / ".." / "outside.txt", root / "link.txt");
  }
  ~Site() { fs::remove_all(root.parent_path()); }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(root / name, std::ios::binary) << bytes;
  }
  StaticFiles load() const {
    Result<StaticFiles> files = StaticFiles::load(root.string());
    REQUIRE(files.has_value());
    return std::move(*files);
  }
  fs::path root;
};

http::Response get(const StaticFiles& files, const std::string& path, Headers headers = {}) {
  http::Request request;
  request.method = "GET";
  request.path = path;
  request.headers = std::move(headers);
  return files.serve(request);
}

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

std::string content(const http::Response& response) {
  return response.body + (response.shared_body ? *response.shared_body : std::string());
}

TEST_CASE("the best encoding the client takes is sent") {
  const Site site;
  const StaticFiles files = site.load();
  struct Row {
    const char *accepts, *encoding, *body;
  };
  const Row row = GENERATE(values<Row>({{"", "", "<!doctype html>"},
                                        {"gzip, deflate, br, zstd", "br", "br of index"},
                                        {"gzip", "gzip", "gz of index"},
                                        {"BR ; q=1.0", "br", "br of index"},
                                        {"br;q=0, gzip", "gzip", "gz of index"},
                                        {"br;q=0.000,gzip;q=0.001", "gzip", "gz of index"},
                                        {"identity", "", "<!doctype html>"},
                                        {"abr, gzip-nt", "", "<!doctype html>"},
                                        {",,;;=,", "", "<!doctype html>"},
                                        {"deflate", "", "<!doctype html>"}}));
  INFO(row.accepts);
  const http::Response response = get(files, "/", {{"accept-encoding", row.accepts}});
  CHECK(response.status == 200);
  CHECK(header(response, "Content-Encoding") == row.encoding);
  CHECK(header(response, "Vary") == "Accept-Encoding");
  CHECK(header(response, "Content-Type") == "text/html; charset=utf-8");
  CHECK(content(response) == row.body);
}

TEST_CASE("a file without twins has no Vary") {
  const Site site;
  const http::Response response =
      get(site.load(), "/assets/app.wasm", {{"accept-encoding", "br, gzip"}});
  CHECK(header(response, "Content-Type") == "application/wasm");
  CHECK(header(response, "Vary").empty());
  CHECK(header(response, "Content-Encoding").empty());
}

TEST_CASE("hashed names are kept for ever, others are asked for again") {
  const Site site;
  const StaticFiles files = site.load();
  const std::string for_ever = "public, max-age=31536000, immutable";
  CHECK(header(get(files, "/assets/app.0123456789.js"), "Cache-Control") == for_ever);
  CHECK(header(get(files, "/assets/chunk.K3V7XQ2A.js"), "Cache-Control") == for_ever);
  CHECK(header(get(files, "/assets/app.wasm"), "Cache-Control") == "no-cache");
  CHECK(header(get(files, "/"), "Cache-Control") == "no-cache");
}

TEST_CASE("a known ETag is answered with 304, another with the file") {
  const Site site;
  const StaticFiles files = site.load();
  const std::string tag = header(get(files, "/"), "ETag");
  const std::string br_tag = header(get(files, "/", {{"accept-encoding", "br"}}), "ETag");
  CHECK(tag.front() == '"');
  CHECK(tag != br_tag);
  for (const std::string& known : {tag, "\"x\", " + tag, "W/" + tag, std::string("*")}) {
    const http::Response response = get(files, "/", {{"if-none-match", known}});
    CHECK(response.status == 304);
    CHECK(content(response).empty());
    CHECK(header(response, "ETag") == tag);
    CHECK(header(response, "Vary") == "Accept-Encoding");
  }
  CHECK(get(files, "/", {{"if-none-match", br_tag}}).status == 200);
  CHECK(get(files, "/", {{"if-none-match", "\"x"}}).status == 200);
}

/// What a client is sent that asks with these headers.
Reply fetched(const StaticFiles& files, const std::string& path, const std::string& headers) {
  TestServer server([&](const http::Request& request) { return files.serve(request); });
  return server.ask("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
}

TEST_CASE("ranges of the file itself are served") {
  const Site site;
  const StaticFiles files = site.load();
  const std::string path = "/assets/app.0123456789.js";
  struct Row {
    const char* range;
    int status;
    const char *body, *content_range;
  };
  const Row row = GENERATE(values<Row>({{"bytes=0-0", 206, "0", "bytes 0-0/10"},
                                        {"bytes=3-5", 206, "345", "bytes 3-5/10"},
                                        {"bytes=8-", 206, "89", "bytes 8-9/10"},
                                        {"bytes=8-99", 206, "89", "bytes 8-9/10"},
                                        {"bytes=-3", 206, "789", "bytes 7-9/10"}}));
  INFO(row.range);
  const Reply reply =
      fetched(files, path, std::string("Range: ") + row.range + "\r\nAccept-Encoding: br\r\n");
  CHECK(reply.status == row.status);
  CHECK(reply.body == row.body);
  CHECK(reply.header("content-range") == row.content_range);
  CHECK(reply.header("content-length") == std::to_string(reply.body.size()));
  CHECK(reply.header("accept-ranges") == "bytes");
}

TEST_CASE("a range past the end is refused with the size, one that makes no sense without") {
  const Site site;
  const StaticFiles files = site.load();
  struct Row {
    const char *range, *size;
  };
  const Row row = GENERATE(values<Row>({{"bytes=10-", "bytes */10"},
                                        {"bytes=99999-", "bytes */10"},
                                        {"bytes=5-3", ""},
                                        {"bytes=a-b", ""},
                                        {"chars=0-1", ""}}));
  const Reply reply =
      fetched(files, "/assets/app.0123456789.js", std::string("Range: ") + row.range + "\r\n");
  CHECK(reply.status == 416);
  CHECK(reply.header("content-range") == row.size);
  CHECK(reply.header("content-type") == "application/json");
  CHECK(reply.header("etag").empty());
}

TEST_CASE("If-Range with an old tag gets the whole file") {
  const Site site;
  const StaticFiles files = site.load();
  const std::string path = "/assets/app.0123456789.js";
  const std::string tag = header(get(files, path), "ETag");
  CHECK(fetched(files, path, "Range: bytes=0-1\r\nIf-Range: " + tag + "\r\n").body == "01");
  const Reply whole = fetched(files, path, "Range: bytes=0-1\r\nIf-Range: \"old\"\r\n");
  CHECK(whole.status == 200);
  CHECK(whole.body == "0123456789");
}

TEST_CASE("nothing outside the folder, hidden or linked is served, and no twin by its own name") {
  const Site site;
  const StaticFiles files = site.load();
  const std::string path = GENERATE(as<std::string>(), "/.secret", "/link.txt", "/../outside.txt",
                                    "/assets/../index.html", "/index.html.br", "/index.html.gz",
                                    "/assets", "/assets/", "//index.html", "/INDEX.HTML", "");
  CHECK(get(files, path).status == 404);
}

TEST_CASE("a compressed file that is nobody's twin is a file") {
  const Site site;
  CHECK(content(get(site.load(), "/assets/only.br")) == "no twin of anything");
}

TEST_CASE("files are read once: what happens to the disk later does not show") {
  const Site site;
  const StaticFiles files = site.load();
  site.put("index.html", "changed");
  CHECK(content(get(files, "/index.html")) == "<!doctype html>");
}

TEST_CASE("only GET and HEAD are taken") {
  const Site site;
  http::Request request;
  request.method = "POST";
  request.path = "/";
  const http::Response response = site.load().serve(request);
  CHECK(response.status == 405);
  CHECK(header(response, "Allow") == "GET, HEAD");
}

TEST_CASE("a folder that cannot be read is an error in words") {
  const auto files = StaticFiles::load("/nowhere/at/all");
  REQUIRE_FALSE(files.has_value());
  CHECK(files.error().message == "The web files cannot be read: /nowhere/at/all is no folder.");
}

}  // namespace
}  // namespace voxdial::testing
