// The only file that uses nlohmann/json. The library is built without exceptions, and would abort for a missing key
// or wrong type. Everything here returns an empty view or optional instead.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace raclette {

/// A JSON value in the core's form: strings, and numbers as doubles. A document is one array of nodes, in which each
/// container comes before its contents, so it is allocated and freed in one piece.
struct JsonNode {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::uint32_t size = 0;  // elements of an array, members of an object
  std::uint32_t next = 0;  // distance to the next node of the same container; 0: the last
  double number = 0;
  std::string_view text;
  std::string_view name;  // of an object's member
};

/// A view of a value in a parsed document: cheap to copy, valid while the JsonDocument lives. A view of a missing value
/// is false, and so are all views obtained from it.
class JsonView {
 public:
  JsonView() = default;
  explicit JsonView(const JsonNode* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;
  [[nodiscard]] bool is_null() const;

  [[nodiscard]] std::optional<std::string_view> string() const;
  [[nodiscard]] std::optional<double> number() const;
  [[nodiscard]] std::optional<bool> boolean() const;

  /// The member `key` of an object.
  [[nodiscard]] JsonView operator[](const std::string_view& key) const;
  /// The number of elements or members; 0 for anything else.
  [[nodiscard]] std::size_t size() const;
  /// The element at `index` of an array. It is found by counting: to visit all elements, start at the first and call
  /// `next`.
  [[nodiscard]] JsonView at(std::size_t index) const;
  /// The next element of the same array.
  [[nodiscard]] JsonView next() const;

  /// Calls `visit(key, value)` for each member of an object, sorted by key.
  template <class Visit>
  void for_each_member(Visit visit) const {
    each_member(&visit, [](void* context, const std::string_view& key, JsonView value) {
      (*static_cast<Visit*>(context))(key, value);
    });
  }

 private:
  [[nodiscard]] JsonView first() const;
  using MemberVisitor = void (*)(void* context, const std::string_view& key, JsonView value);
  void each_member(void* context, MemberVisitor visitor) const;

  const JsonNode* node_ = nullptr;
};

/// A parsed document. Moving it keeps its views valid.
class JsonDocument {
 public:
  /// Parses RFC 8259 JSON in UTF-8. Returns nothing if `text` is invalid or nested deeper than 128 levels.
  [[nodiscard]] static std::optional<JsonDocument> parse(const std::string_view& text);
  /// The same for UTF-16.
  [[nodiscard]] static std::optional<JsonDocument> parse(const std::u16string_view& text);

  [[nodiscard]] JsonView root() const { return JsonView(nodes_.data()); }

 private:
  JsonDocument(std::vector<JsonNode> nodes, std::unique_ptr<char[]> texts)
      : nodes_(std::move(nodes)), texts_(std::move(texts)) {}

  std::vector<JsonNode> nodes_;
  std::unique_ptr<char[]> texts_;  // memory of the nodes' texts
};

}  // namespace raclette
