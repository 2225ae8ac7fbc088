#include "proxy/http/vendor_client.h"

#include <openssl/err.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "proxy/crypto/digest.h"
#include "proxy/http/vendor_connection.h"

namespace voxdial::http {
namespace {

struct StoreDeleter {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
using Store = std::unique_ptr<X509_STORE, StoreDeleter>;

/// The whole header line of the credentials: "X-API-Key: ...\r\n".
Secret credential_line(const VendorEndpoint& endpoint) {
  std::string line;
  if (const auto* key = std::get_if<HeaderKey>(&endpoint.credentials)) {
    line.reserve(key->name.size() + key->value.size() + 4);
    line.append(key->name).append(": ").append(key->value.reveal()).append("\r\n");
  } else if (const auto* basic = std::get_if<BasicAuth>(&endpoint.credentials)) {
    std::string pair;
    pair.reserve(basic->user.size() + 1 + basic->password.size());
    pair.append(basic->user).append(":").append(basic->password.reveal());
    std::string encoded = crypto::to_base64(pair);
    line.reserve(encoded.size() + 32);
    line.append("Authorization: Basic ").append(encoded).append("\r\n");
    wipe(pair);
    wipe(encoded);
  }
  return Secret(std::move(line));
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// A reply whose pieces hold `place` until they are let go of.
SendResult held(SendResult result, std::shared_ptr<void> place) {
  if (result && result->next_piece) {
    result->next_piece = [next = std::move(result->next_piece), place = std::move(place)] {
      return next();
    };
  }
  return result;
}

}  // namespace

struct VendorClient::Impl {
  explicit Impl(SteadyClock steady_ms) : clock(std::move(steady_ms)), watchdog(clock) {}

  struct Idle {
    std::unique_ptr<VendorConnection> connection;
    std::int64_t since_ms = 0;
  };
  struct Pool {
    Vendor vendor = Vendor::ultravox;
    bool voice_host = false;
    Url address;
    Secret credential;
    Mutex mutex;
    std::vector<Idle> idle GUARDED_BY(mutex);  ///< most lately used last
    std::size_t in_flight GUARDED_BY(mutex) = 0;
  };

  /// A connection to an address a vendor named, of its own and without any key; none where that is
  /// not to be fetched. Only stand-ins on this machine may name it: a vendor cannot make the proxy
  /// ask its own host.
  std::unique_ptr<VendorConnection> elsewhere(const Pool& pool, const Url& address) {
    const bool local = is_loopback_host(address.host);
    if (local != is_loopback_host(pool.address.host) ||
        (address.scheme != "https" && !(local && address.scheme == "http"))) {
      return nullptr;
    }
    return std::make_unique<VendorConnection>(address, Secret(), store.get(), clock, watchdog);
  }

  Pool* find(const VendorRequest& request) {
    for (const auto& pool : pools) {
      if (pool->vendor == request.vendor && pool->voice_host == request.voice_host)
        return pool.get();
    }
    return nullptr;
  }

  /// Whether one more request may be under way; leave() must follow.
  bool enter(Pool& pool) const {
    const MutexLock lock(pool.mutex);
    if (pool.in_flight >= options.max_in_flight) return false;
    ++pool.in_flight;
    return true;
  }
  static void leave(Pool& pool) {
    const MutexLock lock(pool.mutex);
    --pool.in_flight;
  }

  void give_back(Pool& pool, std::unique_ptr<VendorConnection> connection) const {
    if (!connection->reusable()) return;
    const MutexLock lock(pool.mutex);
    if (pool.idle.size() < options.max_idle) pool.idle.push_back({std::move(connection), clock()});
  }

  std::unique_ptr<VendorConnection> take(Pool& pool) {
    std::vector<Idle> stale;  // closed after the lock is gone
    {
      const MutexLock lock(pool.mutex);
      const std::int64_t oldest = clock() - options.max_idle_ms;
      const auto fresh = std::find_if(pool.idle.begin(), pool.idle.end(),
                                      [&](const Idle& idle) { return idle.since_ms > oldest; });
      std::move(pool.idle.begin(), fresh, std::back_inserter(stale));
      pool.idle.erase(pool.idle.begin(), fresh);
      if (!pool.idle.empty()) {
        std::unique_ptr<VendorConnection> connection = std::move(pool.idle.back().connection);
        pool.idle.pop_back();
        return connection;
      }
    }
    return std::make_unique<VendorConnection>(pool.address, pool.credential, store.get(), clock,
                                              watchdog);
  }

  VendorClientOptions options;
  const SteadyClock clock;
  Store store;
  Watchdog watchdog;  // outlives the connections below
  std::vector<std::unique_ptr<Pool>> pools;
};

VendorClient::VendorClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VendorClient::~VendorClient() = default;

Result<std::unique_ptr<VendorClient>> VendorClient::create(std::vector<VendorEndpoint> endpoints,
                                                           VendorClientOptions options,
                                                           SteadyClock steady_ms) {
  auto impl = std::make_unique<Impl>(std::move(steady_ms));
  bool tls = false;
  for (VendorEndpoint& endpoint : endpoints) {
    auto pool = std::make_unique<Impl::Pool>();
    const std::optional<Url> address = read_url(endpoint.base_url);
    const bool http = address && address->scheme == "http";
    if (!address || address->target != "/" || (!http && address->scheme != "https")) {
      return fail(ErrorCode::internal,
                  endpoint.base_url + " is not an address like https://api.example.com.");
    }
    if (http && !is_loopback_host(address->host)) {
      return fail(ErrorCode::internal, endpoint.base_url + " must be https: keys are sent to it.");
    }
    tls = tls || address->scheme == "https";
    pool->vendor = endpoint.vendor;
    pool->voice_host = endpoint.voice_host;
    pool->address = *address;
    const auto* key = std::get_if<HeaderKey>(&endpoint.credentials);
    if (key && !is_printable(key->value.reveal())) {
      return fail(ErrorCode::internal, "The " + key->name + " of " +
                                           std::string(vendor_name(endpoint.vendor)) +
                                           " has a space or a character that no key has.");
    }
    pool->credential = credential_line(endpoint);
    impl->pools.push_back(std::move(pool));
  }
  if (tls) {
    impl->store.reset(X509_STORE_new());
    const int loaded = options.ca_file.empty()
                           ? X509_STORE_set_default_paths(impl->store.get())
                           : X509_STORE_load_file(impl->store.get(), options.ca_file.c_str());
    ERR_clear_error();
    if (loaded != 1) {
      return fail(ErrorCode::internal,
                  "The certificate authorities cannot be read" +
                      (options.ca_file.empty() ? std::string(".") : " from " + options.ca_file));
    }
  }
  impl->options = std::move(options);
  return std::unique_ptr<VendorClient>(new VendorClient(std::move(impl)));
}

SendResult VendorClient::send(const VendorRequest& request) {
  using Kind = SendFailure::Kind;
  Impl::Pool* const pool = impl_->find(request);
  if (!pool) return Unexpected<SendFailure>{{Kind::not_sent, "no address for this vendor"}};
  if (!impl_->enter(*pool)) {
    return Unexpected<SendFailure>{{Kind::crowded, "too many requests under way"}};
  }
  // Held for as long as pieces of the reply are still to come.
  const std::shared_ptr<Impl::Pool> place(pool, [](Impl::Pool* left) { Impl::leave(*left); });
  if (request.elsewhere.empty()) {
    std::unique_ptr<VendorConnection> connection = impl_->take(*pool);
    SendResult result = connection->send(request, impl_->options.connect_timeout_ms);
    impl_->give_back(*pool, std::move(connection));
    return held(std::move(result), place);
  }
  const std::optional<Url> address = read_url(request.elsewhere);
  const auto connection = address ? impl_->elsewhere(*pool, *address) : nullptr;
  if (!connection) {
    return Unexpected<SendFailure>{{Kind::not_sent, "an address that is not fetched"}};
  }
  VendorRequest there = request;
  there.path = address->target;
  return held(connection->send(there, impl_->options.connect_timeout_ms), place);
}

}  // namespace voxdial::http
