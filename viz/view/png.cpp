// A PNG: signature, header, the rows compressed by zlib, end. See png.hpp.
#include "view/png.hpp"

#include <zlib.h>

#include <string_view>

namespace mempool::viz {

namespace {

void put_u32(std::string& out, u64 number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFF);
}

//  [ length ][ kind, data ][ crc of kind and data ]
void put_chunk(std::string& out, std::string_view kind, std::string_view data) {
  put_u32(out, data.size());
  const std::string body = std::string(kind) + std::string(data);
  out += body;
  put_u32(out,
          ::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
}

std::string compressed(const std::string& bytes) {
  uLongf size = ::compressBound(bytes.size());
  std::string out(size, '\0');
  ::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
              reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), 9);
  out.resize(size);
  return out;
}

}  // namespace

std::string png(const GreyPicture& picture) {
  std::string rows;
  rows.reserve((picture.width + std::size_t{1}) * picture.height);
  for (u32 y = 0; y < picture.height; ++y) {
    rows += '\0';  // this row is not filtered
    rows.append(
        reinterpret_cast<const char*>(picture.levels.data()) + std::size_t{y} * picture.width,
        picture.width);
  }
  std::string header;
  put_u32(header, picture.width);
  put_u32(header, picture.height);
  header += std::string_view("\x08\0\0\0\0", 5);  // 8 bits a point, grey
  std::string out("\x89PNG\r\n\x1a\n", 8);
  put_chunk(out, "IHDR", header);
  put_chunk(out, "IDAT", compressed(rows));
  put_chunk(out, "IEND", "");
  return out;
}

}  // namespace mempool::viz
