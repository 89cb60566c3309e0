#include "base/json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace raclette {

namespace {

using Kind = JsonNode::Kind;

/// The maximum nesting depth. Deeper documents are refused; nothing that the core reads comes near it.
constexpr std::size_t kMaxDepth = 128;

using Adapter = decltype(nlohmann::detail::input_adapter(std::declval<const char*>(), std::declval<const char*>()));
using Lexer = nlohmann::detail::lexer<nlohmann::json, Adapter>;
using Token = Lexer::token_type;

/// Builds nodes from the lexer's tokens. It has its own stack, so a deeply nested document cannot overflow the
/// machine's. Only nlohmann's lexer is used: its document class would bring its serializer and its map into the module,
/// and its parser would bring error messages that nobody reads.
class TreeBuilder {
 public:
  /// `texts`: a buffer with at least as many bytes as `text`.
  TreeBuilder(const std::string_view& text, std::vector<JsonNode>& nodes, char* texts)
      : lexer_(nlohmann::detail::input_adapter(text.data(), text.data() + text.size())), nodes_(nodes), texts_(texts) {}

  /// Whether the text is exactly one JSON value.
  bool build() {
    Token token = lexer_.scan();
    if (!value(token)) return false;
    while (depth_ > 0) {
      token = lexer_.scan();
      const bool is_object = innermost().kind == Kind::object;
      if (token == (is_object ? Token::end_object : Token::end_array)) {
        innermost().next = 0;
        --depth_;
        continue;
      }
      if (innermost().size > 0) {
        if (token != Token::value_separator) return false;
        token = lexer_.scan();
      }
      if (is_object && !name(token)) return false;
      if (!value(token)) return false;
    }
    return lexer_.scan() == Token::end_of_input;
  }

 private:
  [[nodiscard]] JsonNode& innermost() { return nodes_[open_[depth_ - 1]]; }

  /// Reads a member's name and its colon; `token` becomes the first token of the member's value.
  bool name(Token& token) {
    if (token != Token::value_string) return false;
    name_ = keep(lexer_.get_string());
    if (lexer_.scan() != Token::name_separator) return false;
    token = lexer_.scan();
    return true;
  }

  /// Adds a node for the next value of the innermost open container. While a container is open, its `next` is the index
  /// of its last value.
  JsonNode& add() {
    const auto at = static_cast<std::uint32_t>(nodes_.size());
    if (depth_ > 0) {
      JsonNode& outer = innermost();
      if (outer.size++ > 0) nodes_[outer.next].next = at - outer.next;
      outer.next = at;
    }
    nodes_.emplace_back();
    nodes_.back().name = name_;
    return nodes_.back();
  }

  /// Reads a scalar, or opens a container.
  bool value(Token token) {
    JsonNode& node = add();
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
        node.text = keep(lexer_.get_string());
        return true;
      case Token::begin_object:
      case Token::begin_array:
        if (depth_ == kMaxDepth) return false;
        node.kind = token == Token::begin_object ? Kind::object : Kind::array;
        open_[depth_++] = static_cast<std::uint32_t>(nodes_.size() - 1);
        return true;
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

  /// Copies a text into the buffer. A decoded text is never longer than its JSON spelling, so the buffer has room for
  /// all.
  std::string_view keep(const std::string& text) {
    char* const start = texts_;
    texts_ = std::copy(text.begin(), text.end(), start);
    return {start, text.size()};
  }

  Lexer lexer_;
  std::vector<JsonNode>& nodes_;
  char* texts_;
  std::string_view name_;
  std::uint32_t open_[kMaxDepth];
  std::size_t depth_ = 0;
};

/// Sorts by name; members of the same name keep their order. (Shell sort, because the library's sorts are three times
/// the code.)
void sort_by_name(std::vector<const JsonNode*>& members) {
  for (std::size_t gap = members.size() / 2; gap > 0; gap /= 2) {
    for (std::size_t i = gap; i < members.size(); ++i) {
      const JsonNode* const member = members[i];
      const auto is_behind = [&](const JsonNode* other) {
        return other->name == member->name ? other > member : other->name > member->name;
      };
      std::size_t at = i;
      for (; at >= gap && is_behind(members[at - gap]); at -= gap) members[at] = members[at - gap];
      members[at] = member;
    }
  }
}

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
  JsonView found;
  if (!is_object()) return found;
  for (JsonView member = first(); member; member = member.next()) {
    if (member.node_->name == key) found = member;
  }
  return found;
}

std::size_t JsonView::size() const { return node_ == nullptr ? 0 : node_->size; }

JsonView JsonView::first() const { return size() == 0 ? JsonView() : JsonView(node_ + 1); }

JsonView JsonView::next() const {
  return node_ == nullptr || node_->next == 0 ? JsonView() : JsonView(node_ + node_->next);
}

JsonView JsonView::at(std::size_t index) const {
  if (!is_array() || index >= size()) return JsonView();
  JsonView element = first();
  for (; index > 0; --index) element = element.next();
  return element;
}

void JsonView::each_member(void* context, MemberVisitor visitor) const {
  if (!is_object()) return;
  std::vector<const JsonNode*> members;
  for (JsonView member = first(); member; member = member.next()) members.push_back(member.node_);
  sort_by_name(members);
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i + 1 < members.size() && members[i]->name == members[i + 1]->name) continue;
    visitor(context, members[i]->name, JsonView(members[i]));
  }
}

std::optional<JsonDocument> JsonDocument::parse(const std::string_view& text) {
  std::vector<JsonNode> nodes;
  auto texts = std::make_unique<char[]>(text.size());
  if (!TreeBuilder(text, nodes, texts.get()).build()) return std::nullopt;
  return JsonDocument(std::move(nodes), std::move(texts));
}

std::optional<JsonDocument> JsonDocument::parse(const std::u16string_view& text) { return parse(to_utf8(text)); }

}  // namespace raclette
