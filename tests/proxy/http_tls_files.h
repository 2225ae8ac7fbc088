// A self-signed certificate and its key, made for one test.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace voxdial::testing {

struct TlsFiles {
  std::string certificate, key;
  /// Removes the folder they are in.
  std::shared_ptr<const std::filesystem::path> folder;
};

/// For `host`; valid from a day ago until `days` from now (negative: already out of date).
inline TlsFiles make_tls_files(const std::string& host, int days = 1) {
  std::string folder = (std::filesystem::temp_directory_path() / "voxdial-tls-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  TlsFiles files{folder + "/certificate.pem", folder + "/key.pem",
                 std::shared_ptr<const std::filesystem::path>(
                     new std::filesystem::path(folder), [](const std::filesystem::path* path) {
                       std::filesystem::remove_all(*path);
                       delete path;
                     })};
  constexpr long day_s = 24 * 3600;
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3 * day_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), days * day_s);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  for (const auto& [id, value] : {std::pair{NID_subject_alt_name, "DNS:" + host},
                                  std::pair{NID_basic_constraints, std::string("CA:TRUE")}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);
  std::FILE* out = std::fopen(files.certificate.c_str(), "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  out = std::fopen(files.key.c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

}  // namespace voxdial::testing
