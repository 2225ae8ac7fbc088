#include "postgres_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

namespace voxdial::postgres_test {
namespace {

namespace fs = std::filesystem;
constexpr uid_t nobody = 65534;  // PostgreSQL refuses to run as root

/// Where initdb and postgres are: the newest of the distribution's versions, or PATH.
fs::path programs() {
  std::vector<std::pair<int, fs::path>> found;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const fs::path bin = version.path() / "bin";
    if (fs::exists(bin / "initdb")) found.emplace_back(std::stoi(version.path().filename()), bin);
  }
  if (!found.empty()) return std::max_element(found.begin(), found.end())->second;
  const char* path = ::getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (fs::exists(fs::path(rest.substr(0, end)) / "initdb")) return rest.substr(0, end);
    rest.erase(0, end + 1);
  }
  return {};
}

/// Runs a program as somebody who is not root, its output in a file, and never outlives this one.
pid_t start(const std::vector<std::string>& words, const std::string& log) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  const bool root = ::geteuid() == 0;
  if (root && (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // after setuid(), which forgets it
  if (::getppid() != parent || ::chdir("/") != 0) ::_exit(126);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

class Cluster {
 public:
  Cluster() : owner_(::getpid()) {
    const fs::path bin = programs();
    if (bin.empty()) FAIL("PostgreSQL is not installed: run scripts/setup --tests");
    const fs::path base = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : fs::temp_directory_path();
    std::string name = (base / "voxdial-postgres-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    if (::geteuid() == 0) REQUIRE(::chown(name.c_str(), nobody, nobody) == 0);
    const std::string data = name + "/data";
    const std::string log = name + "/log";
    const pid_t made = start({bin / "initdb", "-D", data, "-U", "voxdial", "-A", "trust", "-E",
                              "UTF8", "--locale=C", "--no-sync", "--no-instructions"},
                             log);
    if (wait_for(made) != 0) FAIL("initdb failed; see " << log);
    server_ = start({bin / "postgres", "-D", data, "-k", name, "-c", "listen_addresses=", "-c",
                     "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=200"},
                    log);
    while (PQping(url("public").c_str()) != PQPING_OK) {
      int status = 0;
      if (::waitpid(server_, &status, WNOHANG) != 0) FAIL("PostgreSQL ended; see " << log);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  ~Cluster() {
    if (::getpid() != owner_) return;  // a child of a test
    for (const pid_t pooler : poolers_) {
      ::kill(pooler, SIGKILL);
      wait_for(pooler);
    }
    if (server_ > 0) {
      ::kill(server_, SIGQUIT);
      wait_for(server_);
    }
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Through a pooler that gives each transaction one of two sessions.
  std::string pooled_url(const std::string& schema) const {
    const char* const program = "/usr/sbin/pgbouncer";
    if (::access(program, X_OK) != 0) FAIL("PgBouncer is not installed: run scripts/setup --tests");
    const fs::path home = folder_ / ("pooler-" + schema);
    fs::create_directory(home);
    if (::geteuid() == 0) REQUIRE(::chown(home.c_str(), nobody, nobody) == 0);
    const std::string settings = home / "pgbouncer.ini";
    std::ofstream(settings) << "[databases]\npostgres = host=" << folder_.string()
                            << " dbname=postgres user=voxdial connect_query='SET search_path TO "
                            << schema << "'\n[pgbouncer]\npool_mode = transaction\n"
                            << "auth_type = any\nlisten_addr =\nlisten_port = 5432\n"
                            << "default_pool_size = 2\nunix_socket_dir = " << home.string() << '\n';
    poolers_.push_back(start({program, settings}, home / "log"));
    std::string url = "postgresql://voxdial@/postgres?host=" + home.string();
    while (PQping(url.c_str()) != PQPING_OK) {
      int status = 0;
      if (::waitpid(poolers_.back(), &status, WNOHANG) != 0) {
        poolers_.pop_back();
        FAIL("PgBouncer ended; see " << (home / "log"));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return url;
  }

  std::string url(const std::string& schema) const {
    return "postgresql://voxdial@/postgres?host=" + folder_.string() + "&options=-csearch_path%3D" +
           schema;
  }

 private:
  const pid_t owner_;
  fs::path folder_;
  pid_t server_ = -1;
  mutable std::vector<pid_t> poolers_;
};

const Cluster& cluster() {
  static const Cluster one;
  return one;
}

struct Closed {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};

}  // namespace

std::string pooled_url_of(const std::string& schema) { return cluster().pooled_url(schema); }

std::string url_of(const std::string& schema) { return cluster().url(schema); }

std::string new_schema() {
  static std::atomic<int> made{0};
  std::string name = "house_" + std::to_string(++made);
  REQUIRE(carry_out(url_of("public"), "CREATE SCHEMA " + name).empty());
  return name;
}

std::string carry_out(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, Closed> connection(PQconnectdb(url.c_str()));
  const std::unique_ptr<PGresult, Closed> result(PQexec(connection.get(), sql.c_str()));
  return PQresultErrorMessage(result.get());
}

std::string text(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, Closed> connection(PQconnectdb(url.c_str()));
  const std::unique_ptr<PGresult, Closed> result(PQexec(connection.get(), sql.c_str()));
  INFO(PQerrorMessage(connection.get()));
  REQUIRE(PQntuples(result.get()) == 1);
  return PQgetvalue(result.get(), 0, 0);
}

std::int64_t number(const std::string& url, const std::string& sql) {
  return std::stoll(text(url, sql));
}

std::shared_ptr<void> open_transaction(const std::string& url, const std::string& sql) {
  std::shared_ptr<PGconn> connection(PQconnectdb(url.c_str()), Closed());
  const std::unique_ptr<PGresult, Closed> result(
      PQexec(connection.get(), ("BEGIN; " + sql).c_str()));
  INFO(PQerrorMessage(connection.get()));
  REQUIRE(PQtransactionStatus(connection.get()) == PQTRANS_INTRANS);
  return connection;
}

}  // namespace voxdial::postgres_test
