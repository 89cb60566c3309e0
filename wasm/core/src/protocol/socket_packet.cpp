#include "protocol/socket_packet.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "protocol/engine_packet.h"

namespace raclette {
namespace {

constexpr std::string_view kReserved[] = {"connect",       "connect_error", "disconnect",
                                          "disconnecting", "newListener",   "removeListener"};
constexpr std::int64_t kMaxId = 9007199254740991;  // 2^53 - 1: the largest exact integer of JavaScript

bool is_digit(char16_t unit) { return unit >= u'0' && unit <= u'9'; }
bool is_space(char16_t unit) { return unit == u' ' || unit == u'\t' || unit == u'\n' || unit == u'\r'; }
bool is_of_number(char16_t unit) {
  return is_digit(unit) || unit == u'-' || unit == u'+' || unit == u'.' || unit == u'e' || unit == u'E';
}
bool is_binary(SocketPacketType type) {
  return type == SocketPacketType::binary_event || type == SocketPacketType::binary_ack;
}
bool is_event(SocketPacketType type) {
  return type == SocketPacketType::event || type == SocketPacketType::binary_event;
}

/// Scans the head of a packet. Each step returns false when the scan ends, because the prefix is too short
/// (`need_more`) or the packet is invalid (`bad`).
class HeadScanner {
 public:
  HeadScanner(const std::u16string_view& units, std::size_t total) : units_(units), total_(total) {}

  ScanResult scan() {
    if (read_type() && read_attachments() && read_namespace() && read_ack_id() && read_payload()) {
      result_.status = ScanStatus::done;
    }
    return result_;
  }

 private:
  [[nodiscard]] bool whole() const { return units_.size() >= total_; }

  bool bad(const std::string_view& why) {
    result_.status = ScanStatus::bad;
    result_.why = why;
    return false;
  }
  /// Ends the scan at the end of `units`: `need_more` for a prefix, `bad` for a whole packet.
  bool short_of(const std::string_view& why) {
    if (whole()) return bad(why);
    result_.status = ScanStatus::need_more;
    return false;
  }

  bool read_type() {
    if (units_.empty()) return short_of("an empty packet");
    if (units_[0] < u'0' || units_[0] > u'6') return bad("unknown packet type");
    result_.head.type = static_cast<SocketPacketType>(units_[0] - u'0');
    at_ = 1;
    return true;
  }

  bool read_attachments() {
    if (!is_binary(result_.head.type)) return true;
    const std::size_t start = at_;
    std::uint32_t count = 0;
    while (at_ < units_.size() && is_digit(units_[at_])) {
      count = count * 10 + static_cast<std::uint32_t>(units_[at_++] - u'0');
      if (count > kMaxAttachments) return bad("too many attachments");
    }
    if (at_ == units_.size()) return short_of("attachments without a dash");
    if (at_ == start || units_[at_] != u'-') return bad("an invalid number of attachments");
    if (count == 0) return bad("a binary packet without attachments");
    result_.head.attachments = count;
    ++at_;
    return true;
  }

  bool read_namespace() {
    if (at_ < units_.size() && units_[at_] == u'/') {
      const std::size_t comma = units_.find(u',', at_);
      if (comma == std::u16string_view::npos && !whole()) return short_of("");
      const std::size_t end = comma == std::u16string_view::npos ? units_.size() : comma;
      result_.head.nsp = units_.substr(at_, end - at_);
      at_ = comma == std::u16string_view::npos ? end : end + 1;
    }
    return true;
  }

  bool read_ack_id() {
    const std::size_t start = at_;
    std::int64_t id = 0;
    while (at_ < units_.size() && is_digit(units_[at_])) {
      id = id * 10 + (units_[at_++] - u'0');
      if (id > kMaxId) return bad("an ack id beyond 2^53");
    }
    if (at_ == units_.size() && !whole()) return short_of("");
    if (at_ > start) result_.head.ack_id = id;
    result_.head.payload_offset = static_cast<std::uint32_t>(at_);
    return true;
  }

  bool read_payload() {
    const bool has_payload = at_ < total_;
    switch (result_.head.type) {
      case SocketPacketType::event:
      case SocketPacketType::binary_event:
        return read_event_name() && check_closing_bracket();
      case SocketPacketType::ack:
      case SocketPacketType::binary_ack:
        if (result_.head.ack_id == kNoAck) return bad("an ack without an id");
        return read_opening_bracket() && check_closing_bracket();
      case SocketPacketType::disconnect:
        return has_payload ? bad("a disconnect with a payload") : true;
      case SocketPacketType::connect:
        if (!has_payload) return true;
        skip_spaces();
        return at_ < units_.size() && units_[at_] != u'{' ? bad("a CONNECT whose payload is not an object") : true;
      case SocketPacketType::connect_error:
        return has_payload ? true : bad("a connect error without a payload");
    }
    return bad("unknown packet type");
  }

  void skip_spaces() {
    const std::size_t most = std::min(units_.size(), at_ + kMaxEventName);
    while (at_ < most && is_space(units_[at_])) ++at_;
  }

  bool read_opening_bracket() {
    skip_spaces();
    if (at_ == units_.size()) return short_of("no array of arguments");
    if (units_[at_] != u'[') return bad("no array of arguments");
    ++at_;
    return true;
  }

  bool read_event_name() {
    if (!read_opening_bracket()) return false;
    skip_spaces();
    if (at_ == units_.size()) return short_of("an event without a name");
    if (is_digit(units_[at_]) || units_[at_] == u'-') return read_number();
    if (units_[at_] != u'"') return invalid_name("an event whose name is neither a string nor a number");
    const std::size_t start = ++at_;
    const char16_t* const units = units_.data();
    const std::size_t size = std::min(units_.size(), start + kMaxEventName + 1);
    std::size_t at = start;
    for (; at < size && units[at] != u'"'; ++at) {
      if (units[at] < 0x20) return bad("a control character in an event's name");
      if (units[at] != u'\\') continue;
      result_.head.event_has_escapes = true;
      ++at;
    }
    at_ = at;
    if (at_ > start + kMaxEventName) return invalid_name("an event whose name is longer than 1 kB");
    if (at_ >= units_.size()) return short_of("an event's name without its closing quote");
    result_.head.raw_event = units_.substr(start, at_ - start);
    ++at_;
    return true;
  }

  /// Marks an event that no listener can receive. The rest of the packet is not checked.
  bool invalid_name(const std::string_view& why) {
    result_.head.invalid_name = why;
    return true;
  }

  bool read_number() {
    const std::size_t start = at_;
    const std::size_t most = std::min(units_.size(), start + kMaxEventName + 1);
    while (at_ < most && is_of_number(units_[at_])) ++at_;
    if (at_ > start + kMaxEventName) return invalid_name("an event whose name is longer than 1 kB");
    if (at_ == units_.size()) return short_of("an event's name without an end");
    result_.head.raw_event = units_.substr(start, at_ - start);
    result_.head.event_is_number = true;
    return true;
  }

  bool check_closing_bracket() {
    if (!whole()) return true;
    std::size_t end = units_.size();
    while (end > at_ && is_space(units_[end - 1])) --end;
    if (end == at_ || units_[end - 1] != u']') return bad("arguments without their closing bracket");
    if (!is_event(result_.head.type) || !result_.head.invalid_name.empty()) return true;
    skip_spaces();
    return units_[at_] == u',' || at_ == end - 1 ? true : bad("no comma after the event's name");
  }

  std::u16string_view units_;
  std::size_t total_;
  std::size_t at_ = 0;
  ScanResult result_;
};

int hex_value(char16_t unit) {
  if (is_digit(unit)) return unit - u'0';
  if (unit >= u'a' && unit <= u'f') return unit - u'a' + 10;
  if (unit >= u'A' && unit <= u'F') return unit - u'A' + 10;
  return -1;
}

/// Returns the unit that the four hex digits at `at` spell, or -1.
int hex_unit(const std::u16string_view& text, std::size_t at) {
  if (at + 4 > text.size()) return -1;
  int unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/// Returns the unit that a two-character escape stands for, or -1.
int simple_escape(char16_t unit) {
  static constexpr std::u16string_view kFrom = u"\"\\/bfnrt";
  static constexpr std::u16string_view kTo = u"\"\\/\b\f\n\r\t";
  const std::size_t index = kFrom.find(unit);
  return index == std::u16string_view::npos ? -1 : kTo[index];
}

/// The number as JavaScript prints it. Numbers with an exponent are returned unchanged.
std::u16string_view number_text(std::u16string_view number) {
  bool has_fraction = false;
  for (const char16_t unit : number) {
    if (unit == u'e' || unit == u'E') return number;
    has_fraction = has_fraction || unit == u'.';
  }
  while (has_fraction && (number.back() == u'0' || number.back() == u'.')) {
    has_fraction = number.back() == u'0';
    number.remove_suffix(1);
  }
  return number.size() == 2 && number[0] == u'-' && number[1] == u'0' ? number.substr(1) : number;
}

}  // namespace

ScanResult scan_socket_head(const std::u16string_view& units, std::size_t total) {
  return HeadScanner(units, total).scan();
}

bool scan_plain_event(const std::u16string_view& frame, SocketHead& head) {
  constexpr int kMaxDigits = 15;  // an id of 15 digits is below kMaxId
  const char16_t* at = frame.data();
  const char16_t* const end = at + frame.size();
  if (frame.size() < 5 || at[0] != u'4' || at[1] != u'2' || end[-1] != u'"') return false;
  at += 2;
  if (*at == u'/') {
    const char16_t* const start = at;
    while (at < end && *at != u',') ++at;
    if (at == end) return false;
    head.nsp = {start, static_cast<std::size_t>(at++ - start)};
  }
  std::int64_t id = 0;
  int digits = 0;
  for (; is_digit(*at) && digits < kMaxDigits; ++digits) id = id * 10 + (*at++ - u'0');
  if (digits > 0) head.ack_id = id;
  head.type = SocketPacketType::event;
  head.payload_offset = static_cast<std::uint32_t>(at - frame.data());
  if (end - at < 3 || at[0] != u'[' || at[1] != u'"') return false;
  head.raw_event = {at + 2, static_cast<std::size_t>(end - at - 3)};
  return head.raw_event.size() <= kMaxEventName && is_plain(head.raw_event);
}

bool append_event_name(std::string& out, const SocketHead& head) {
  const std::u16string_view raw_event = head.event_is_number ? number_text(head.raw_event) : head.raw_event;
  if (!head.event_has_escapes) {
    append_utf8(out, raw_event);
    return true;
  }
  std::vector<char16_t> units(raw_event.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < raw_event.size(); ++i) {
    if (raw_event[i] != u'\\') {
      units[size++] = raw_event[i];
      continue;
    }
    if (++i == raw_event.size()) return false;
    const bool by_hex = raw_event[i] == u'u';
    const int unit = by_hex ? hex_unit(raw_event, i + 1) : simple_escape(raw_event[i]);
    if (unit < 0) return false;
    units[size++] = static_cast<char16_t>(unit);
    if (by_hex) i += 4;
  }
  append_utf8(out, {units.data(), size});
  return true;
}

bool is_reserved_event(const std::string_view& name) {
  return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
}

bool is_reserved_event(const ByteUnits& name) {
  return std::any_of(std::begin(kReserved), std::end(kReserved), [&name](const std::string_view& reserved) {
    return reserved.size() == name.size() && is_spelled(reserved, name);
  });
}

std::string encode_socket_head(SocketPacketType type, const std::string_view& nsp, std::uint32_t attachments,
                               std::int64_t ack_id) {
  std::string out = encode_engine_packet(EnginePacketType::message);
  out.push_back(static_cast<char>('0' + static_cast<char>(type)));
  if (is_binary(type)) {
    append_number(out, attachments);
    out.push_back('-');
  }
  if (nsp != "/") {
    out.append(nsp);
    out.push_back(',');
  }
  if (ack_id != kNoAck) append_number(out, static_cast<std::uint64_t>(ack_id));
  return out;
}

}  // namespace raclette
