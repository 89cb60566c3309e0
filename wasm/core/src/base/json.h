// The one seam to nlohmann/json. The library is built without exceptions, where a missing key or a wrong type
// would abort; so nobody else includes it, and everything that can be asked here answers "not there" instead.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace raclette {

struct JsonNode;

/// A place in a parsed document: cheap to copy, valid while the JsonDocument lives. One that is not there is
/// falsy, and whatever is asked of it is not there either.
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
  /// The element at `index` of an array.
  [[nodiscard]] JsonView at(std::size_t index) const;

  /// Calls `visit(key, value)` for each member of an object, sorted by key.
  template <class Visit>
  void for_each_member(Visit visit) const {
    each_member(&visit, [](void* context, const std::string_view& key, JsonView value) {
      (*static_cast<Visit*>(context))(key, value);
    });
  }

 private:
  using MemberVisitor = void (*)(void* context, const std::string_view& key, JsonView value);
  void each_member(void* context, MemberVisitor visitor) const;

  const JsonNode* node_ = nullptr;
};

/// A parsed document. Moving it keeps its views valid.
class JsonDocument {
 public:
  /// Parses RFC 8259 JSON in UTF-8; nothing if `text` is anything else, or nested deeper than 128 levels.
  [[nodiscard]] static std::optional<JsonDocument> parse(const std::string_view& text);

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  [[nodiscard]] JsonView root() const;

 private:
  explicit JsonDocument(std::unique_ptr<JsonNode> root);
  std::unique_ptr<JsonNode> root_;
};

}  // namespace raclette
