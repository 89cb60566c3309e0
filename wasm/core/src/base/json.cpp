#include "base/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace raclette {

/// A value as the core needs it: text, numbers as doubles, members sorted by name (the last of equal names counts).
/// nlohmann's own document would bring its serializer and its map into the module; its parser alone does not.
struct JsonNode {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  double number = 0;
  std::string text;
  std::vector<JsonNode> elements;  // of an array, or the values of an object's members
  std::vector<std::string> names;  // of an object's members
};

namespace {

using Kind = JsonNode::Kind;

/// Documents nested deeper than this are refused: nothing that the core reads comes near it.
constexpr std::size_t kDeepest = 128;

/// Builds nodes from the parser's events.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit TreeBuilder(JsonNode& root) : root_(root) {}

  bool null() override { return add(Kind::null) != nullptr; }
  bool boolean(bool value) override {
    add(Kind::boolean)->boolean = value;
    return true;
  }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& value) override {
    add(Kind::string)->text = std::move(value);
    return true;
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return begin(Kind::object); }
  bool key(string_t& name) override {
    open_.back()->names.push_back(std::move(name));
    return true;
  }
  bool end_object() override { return end(); }
  bool start_array(std::size_t) override { return begin(Kind::array); }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  /// The node that the next value fills: the root, or a new element of the innermost open container.
  JsonNode* add(Kind kind) {
    JsonNode* node = open_.empty() ? &root_ : &open_.back()->elements.emplace_back();
    node->kind = kind;
    return node;
  }
  bool number(double value) {
    add(Kind::number)->number = value;
    return true;
  }
  bool begin(Kind kind) {
    open_.push_back(add(kind));
    return open_.size() <= kDeepest;
  }
  bool end() {
    open_.pop_back();
    return true;
  }

  JsonNode& root_;
  std::vector<JsonNode*> open_;
};

}  // namespace

bool JsonView::is_object() const { return node_ != nullptr && node_->kind == Kind::object; }
bool JsonView::is_array() const { return node_ != nullptr && node_->kind == Kind::array; }
bool JsonView::is_null() const { return node_ != nullptr && node_->kind == Kind::null; }

std::optional<std::string_view> JsonView::string() const {
  if (node_ == nullptr || node_->kind != Kind::string) return std::nullopt;
  return node_->text;
}

std::optional<double> JsonView::number() const {
  if (node_ == nullptr || node_->kind != Kind::number) return std::nullopt;
  return node_->number;
}

std::optional<bool> JsonView::boolean() const {
  if (node_ == nullptr || node_->kind != Kind::boolean) return std::nullopt;
  return node_->boolean;
}

JsonView JsonView::operator[](std::string_view key) const {
  if (!is_object()) return JsonView();
  const auto& names = node_->names;
  for (std::size_t i = names.size(); i-- > 0;) {
    if (names[i] == key) return JsonView(&node_->elements[i]);
  }
  return JsonView();
}

std::size_t JsonView::size() const { return is_object() || is_array() ? node_->elements.size() : 0; }

JsonView JsonView::at(std::size_t index) const {
  return is_array() && index < size() ? JsonView(&node_->elements[index]) : JsonView();
}

void JsonView::each_member(void* context, MemberVisitor visitor) const {
  if (!is_object()) return;
  const auto& names = node_->names;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < names.size(); ++i) order.push_back(i);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return names[a] == names[b] ? a < b : names[a] < names[b]; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && names[order[i]] == names[order[i + 1]]) continue;
    visitor(context, names[order[i]], JsonView(&node_->elements[order[i]]));
  }
}

std::optional<JsonDocument> JsonDocument::parse(std::string_view text) {
  auto root = std::make_unique<JsonNode>();
  TreeBuilder builder(*root);
  if (!nlohmann::json::sax_parse(text, &builder)) return std::nullopt;
  return JsonDocument(std::move(root));
}

JsonDocument::JsonDocument(std::unique_ptr<JsonNode> root) : root_(std::move(root)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

JsonView JsonDocument::root() const { return JsonView(root_.get()); }

}  // namespace raclette
