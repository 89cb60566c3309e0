#include "base/json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace raclette {

/// A value as the core needs it: text, numbers as doubles, members sorted by name (the last of equal names counts).
/// nlohmann's own document would bring its serializer and its map into the module, and its parser the texts of errors
/// that nobody reads; its lexer alone does not.
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

using Adapter = decltype(nlohmann::detail::input_adapter(std::declval<const char*>(), std::declval<const char*>()));
using Lexer = nlohmann::detail::lexer<nlohmann::json, Adapter>;
using Token = Lexer::token_type;

/// Builds nodes from the lexer's tokens. It keeps its own stack, so that no document can exhaust the machine's.
class TreeBuilder {
 public:
  TreeBuilder(const std::string_view& text, JsonNode& root)
      : lexer_(nlohmann::detail::input_adapter(text.data(), text.data() + text.size())), root_(root) {}

  /// True if the text was one value and nothing else.
  bool build() {
    Token token = lexer_.scan();
    if (!value(token)) return false;
    while (!open_.empty()) {
      token = lexer_.scan();
      const bool is_first = open_.back()->elements.empty() && open_.back()->names.empty();
      if (token == closing()) {
        open_.pop_back();
        continue;
      }
      if (!is_first) {
        if (token != Token::value_separator) return false;
        token = lexer_.scan();
      }
      if (open_.back()->kind == Kind::object && !name(token)) return false;
      if (!value(token)) return false;
    }
    return lexer_.scan() == Token::end_of_input;
  }

 private:
  [[nodiscard]] Token closing() const {
    return open_.back()->kind == Kind::object ? Token::end_object : Token::end_array;
  }

  /// A member's name and its colon; `token` becomes the first of the member's value.
  bool name(Token& token) {
    if (token != Token::value_string) return false;
    open_.back()->names.push_back(std::move(lexer_.get_string()));
    if (lexer_.scan() != Token::name_separator) return false;
    token = lexer_.scan();
    return true;
  }

  /// A scalar, or the opening of a container, as the next value of the innermost open container.
  bool value(Token token) {
    JsonNode& node = open_.empty() ? root_ : open_.back()->elements.emplace_back();
    switch (token) {
      case Token::literal_null:
        return true;
      case Token::literal_true:
      case Token::literal_false:
        node.kind = Kind::boolean;
        node.boolean = token == Token::literal_true;
        return true;
      case Token::value_unsigned:
        return number(node, static_cast<double>(lexer_.get_number_unsigned()));
      case Token::value_integer:
        return number(node, static_cast<double>(lexer_.get_number_integer()));
      case Token::value_float:
        return std::isfinite(lexer_.get_number_float()) && number(node, lexer_.get_number_float());
      case Token::value_string:
        node.kind = Kind::string;
        node.text = std::move(lexer_.get_string());
        return true;
      case Token::begin_object:
      case Token::begin_array:
        node.kind = token == Token::begin_object ? Kind::object : Kind::array;
        open_.push_back(&node);
        return open_.size() <= kDeepest;
      case Token::uninitialized:
      case Token::end_array:
      case Token::end_object:
      case Token::name_separator:
      case Token::value_separator:
      case Token::parse_error:
      case Token::end_of_input:
      case Token::literal_or_value:
        return false;
    }
    return false;
  }

  static bool number(JsonNode& node, double value) {
    node.kind = Kind::number;
    node.number = value;
    return true;
  }

  Lexer lexer_;
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

JsonView JsonView::operator[](const std::string_view& key) const {
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
  // A heap: std::sort is four times the code.
  const auto before = [&](std::size_t a, std::size_t b) { return names[a] == names[b] ? a < b : names[a] < names[b]; };
  std::make_heap(order.begin(), order.end(), before);
  std::sort_heap(order.begin(), order.end(), before);
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && names[order[i]] == names[order[i + 1]]) continue;
    visitor(context, names[order[i]], JsonView(&node_->elements[order[i]]));
  }
}

std::optional<JsonDocument> JsonDocument::parse(const std::string_view& text) {
  auto root = std::make_unique<JsonNode>();
  if (!TreeBuilder(text, *root).build()) return std::nullopt;
  return JsonDocument(std::move(root));
}

JsonDocument::JsonDocument(std::unique_ptr<JsonNode> root) : root_(std::move(root)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

JsonView JsonDocument::root() const { return JsonView(root_.get()); }

}  // namespace raclette
