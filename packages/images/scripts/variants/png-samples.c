/*
 * What libpng reads of PNG files: for each path of the arguments one line of its sides, channels, bits, and FNV-1a's 64-bit hash of
 * its samples, interleaved, 16 bits high byte first; palettes and tRNS expanded. "refused" where libpng gives up.
 *
 *   cc -O2 png-samples.c -lpng -o png-samples
 */
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void silent(png_structp png, png_const_charp text) {}

static void read_one(const char *path) {
  FILE *file = fopen(path, "rb");
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, silent);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png))) {
    puts("refused");
    png_destroy_read_struct(&png, &info, NULL);
    fclose(file);
    return;
  }
  png_init_io(png, file);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  const png_uint_32 height = png_get_image_height(png, info);
  const size_t length = png_get_rowbytes(png, info);
  png_bytep rows[height];
  for (png_uint_32 y = 0; y < height; y++) rows[y] = calloc(length, 1);
  png_read_image(png, rows);
  png_read_end(png, NULL);
  uint64_t hash = 0xcbf29ce484222325u;
  for (png_uint_32 y = 0; y < height; y++)
    for (size_t i = 0; i < length; i++) hash = (hash ^ rows[y][i]) * 0x100000001b3u;
  printf("%u %u %d %d %016llx\n", (unsigned)png_get_image_width(png, info), (unsigned)height, png_get_channels(png, info),
         png_get_bit_depth(png, info), (unsigned long long)hash);
  png_destroy_read_struct(&png, &info, NULL);
  fclose(file);
}

int main(int count, char **paths) {
  for (int i = 1; i < count; i++) read_one(paths[i]);
}
