# Finds the toolchain file of whichever Emscripten `emcc` is on the PATH: Debian's package or an emsdk.
find_program(RACLETTE_EMCC emcc REQUIRED)
file(REAL_PATH ${RACLETTE_EMCC} RACLETTE_EMCC_REAL)
get_filename_component(RACLETTE_EM_ROOT ${RACLETTE_EMCC_REAL} DIRECTORY)
find_file(RACLETTE_EM_TOOLCHAIN Emscripten.cmake
          PATHS ${RACLETTE_EM_ROOT}/cmake/Modules/Platform /usr/share/emscripten/cmake/Modules/Platform
          NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
include(${RACLETTE_EM_TOOLCHAIN})
