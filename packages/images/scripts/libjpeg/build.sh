#!/usr/bin/env bash
# Builds src/jpeg/libjpeg-module.ts, libjpeg-turbo as WebAssembly, from the release's own archive:
#
#   packages/images/scripts/libjpeg/build.sh libjpeg-turbo-3.1.3.tar.gz
#
# Needs clang, lld, wasi-libc, libclang-rt-dev-wasm32 (all of them Debian's, version 14), cmake, and Node.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
archive=$(realpath "$1")
echo '3a13a5ba767dc8264bc40b185e41368a80d5d5f945944d1dbaa4b2fb0099f4e5  '"$archive" | sha256sum --check --quiet

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/source"
tar xzf "$archive" -C "$work/source" --strip-components 1
cat > "$work/wasm.cmake" <<'CMAKE'
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_AR llvm-ar-14)
set(CMAKE_RANLIB llvm-ranlib-14)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
CMAKE

# 128-bit vectors come from the compiler alone; every browser with WebGPU has them.
flags="-O3 -msimd128 -ffunction-sections -fdata-sections -DNO_GETENV -ffile-prefix-map=$work=."
cmake -S "$work/source" -B "$work/build" -DCMAKE_TOOLCHAIN_FILE="$work/wasm.cmake" -DCMAKE_BUILD_TYPE=Release \
  -DBUILD=release -DENABLE_SHARED=0 -DWITH_TURBOJPEG=0 -DWITH_SIMD=0 -DWITH_TOOLS=0 -DWITH_TESTS=0 \
  -DCMAKE_C_FLAGS="$flags" > "$work/log"
make -C "$work/build" jpeg-static >> "$work/log"
# shellcheck disable=SC2086
clang --target=wasm32-wasi $flags -c -I"$work/source/src" -I"$work/build" -o "$work/codec.o" "$here/codec.c"
# The linker by its own name: clang would call wasm-opt where that is installed, and it refuses vectors.
wasm-ld-14 --gc-sections --strip-all --no-entry -z stack-size=131072 -L/usr/lib/wasm32-wasi -o "$work/codec.wasm" \
  "$work/codec.o" "$work/build/libjpeg.a" -lc \
  "$(clang --target=wasm32-wasi -print-libgcc-file-name)"
"$here/../../../../node_modules/.bin/node" "$here/write-module.ts" "$work/codec.wasm"
