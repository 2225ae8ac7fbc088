#include "proxy/routes/audit_codec.h"

#include "proxy/routes/schema_codec.h"
#include "shared/json_writer.h"

namespace voxdial {

template <class Io>
void fields(Io& io, typename Io::template Of<AuditEntry>& v) {
  io.integer("seq", v.seq);
  io.moment("at", v.at);
  io.text("kind", v.kind);
  io.text("user", v.user);
  io.text("clientAddress", v.client_address);
  io.text("callId", v.call_id);
  io.text("number", v.number);
  io.text("detail", v.detail);
}

template <class Io>
void fields(Io& io, typename Io::template Of<AuditPage>& v) {
  io.list("entries", v.entries);
  io.integer("nextBefore", v.next_before);
}

template std::string schema_text<AuditPage>(SchemaOf);

std::string encode(const AuditPage& page) { return to_json(page); }

}  // namespace voxdial
