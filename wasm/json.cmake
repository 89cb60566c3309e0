# nlohmann/json as the target `raclette_json`: the system's headers, else fetched. Two things always hold. The headers
# get a folder of their own, because /usr/include on the path would break Emscripten's sysroot. And the lexer is
# compiled from a copy without its error texts, and without what it notes of each token for them: the core says only that
# a text is not JSON, so nobody reads them, and the linker cannot drop what a member points at (3 kB of the module).
include(FetchContent)
find_path(RACLETTE_JSON_INCLUDE nlohmann/json.hpp PATHS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH)
set(headers ${RACLETTE_JSON_INCLUDE})
if(NOT headers)
  FetchContent_Declare(json URL https://github.com/nlohmann/json/releases/download/v3.11.2/json.tar.xz)
  FetchContent_MakeAvailable(json)
  set(headers ${json_SOURCE_DIR}/include)
endif()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/json)
file(CREATE_LINK ${headers}/nlohmann ${CMAKE_BINARY_DIR}/json/nlohmann SYMBOLIC)

set(lexer nlohmann/detail/input/lexer.hpp)
set(textless ${CMAKE_BINARY_DIR}/json-textless/${lexer})
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers}/${lexer})
file(READ ${headers}/${lexer} original)
string(REGEX REPLACE "error_message =[ \n]*\"[^\"\n]*\";" "error_message = \"\";" wanted "${original}")
string(REGEX REPLACE "[^\n]*token_string\\.[^\n]*\n" "" wanted "${wanted}")
if(wanted STREQUAL original)
  message(WARNING "${headers}/${lexer} has no error texts where they are looked for: the module grows by 3 kB")
endif()
set(present "")
if(EXISTS ${textless})
  file(READ ${textless} present)
endif()
if(NOT present STREQUAL wanted)
  file(WRITE ${textless} "${wanted}")
endif()

add_library(raclette_json INTERFACE)
target_include_directories(raclette_json SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/json-textless ${CMAKE_BINARY_DIR}/json)
