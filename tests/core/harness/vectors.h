// Reads the vectors in tests/vectors, which the JavaScript suites check against the official parsers.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace raclette::testing {

inline nlohmann::json read_vectors(const std::string& name) {
  std::ifstream file(std::string(RACLETTE_VECTORS) + "/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  return nlohmann::json::parse(file);
}

}  // namespace raclette::testing
