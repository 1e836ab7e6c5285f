/*
 * What the WebAssembly module exports of libjpeg-turbo: a JPEG in memory is read row by row, and written row by row.
 *
 * One instance of the module serves one picture and is then forgotten, so that nothing is freed here and a fatal error may leave
 * by an exception of the host: `fail` does not return.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For master->lossless, which the public structure does not tell. */
#define JPEG_INTERNALS
#include "jinclude.h"
#include "jpeglib.h"
#include "jerror.h"
#include "jmemsys.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("host"), import_name(#name)))

/* Ends the work with libjpeg's own sentence. */
IMPORT(fail) _Noreturn void fail(const char *sentence, int length);
/* What a warning means for the picture. */
enum meaning { HARMLESS, ENDS_EARLY, NO_END, DAMAGED };
IMPORT(warn) void warn(enum meaning meaning, const char *sentence, int length);

/* Coefficients of a picture with several scans lie with the host, which can give memory back; offsets are within one array. */
IMPORT(keep) void keep(int array, const void *bytes, long offset, long length);
IMPORT(bring) void bring(int array, void *bytes, long offset, long length);

/* jerror.c prints through this; nothing here prints. */
int fprintf(FILE *stream, const char *format, ...) { return 0; }

static struct jpeg_error_mgr errors;
static struct jpeg_progress_mgr progress;
static struct jpeg_decompress_struct in;
static struct jpeg_compress_struct out;
static char sentence[JMSG_LENGTH_MAX];

static void on_error(j_common_ptr info) {
  errors.format_message(info, sentence);
  fail(sentence, strlen(sentence));
}

static enum meaning meaning_of(int code) {
  switch (code) {
    case JWRN_HIT_MARKER:
      return ENDS_EARLY;
    case JWRN_JPEG_EOF:
      return NO_END;
    case JWRN_ARITH_BAD_CODE:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      return DAMAGED;
    default:
      return HARMLESS;
  }
}

static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  errors.num_warnings++;
  const enum meaning meaning = meaning_of(errors.msg_code);
  if (meaning == HARMLESS) return;
  errors.format_message(info, sentence);
  warn(meaning, sentence, strlen(sentence));
}

static void use_errors(struct jpeg_error_mgr **manager) {
  *manager = jpeg_std_error(&errors);
  errors.error_exit = on_error;
  errors.emit_message = on_message;
}

/* -- memory, in the place of libjpeg's jmemnobs.c -- */

/* Coefficients up to this stay here (bytes). */
#define COEFFICIENTS_HERE (4L << 20)

void *jpeg_get_small(j_common_ptr info, size_t length) { return malloc(length); }
void *jpeg_get_large(j_common_ptr info, size_t length) { return malloc(length); }
void jpeg_free_small(j_common_ptr info, void *object, size_t length) { free(object); }
void jpeg_free_large(j_common_ptr info, void *object, size_t length) { free(object); }
long jpeg_mem_init(j_common_ptr info) { return 0; }
void jpeg_mem_term(j_common_ptr info) {}

size_t jpeg_mem_available(j_common_ptr info, size_t least, size_t most, size_t allocated) {
  return most < COEFFICIENTS_HERE ? most : COEFFICIENTS_HERE;
}

static void write_store(j_common_ptr info, backing_store_ptr store, void *bytes, long offset, long length) {
  keep(store->temp_name[0], bytes, offset, length);
}

static void read_store(j_common_ptr info, backing_store_ptr store, void *bytes, long offset, long length) {
  bring(store->temp_name[0], bytes, offset, length);
}

static void close_store(j_common_ptr info, backing_store_ptr store) {}

void jpeg_open_backing_store(j_common_ptr info, backing_store_ptr store, long length) {
  static char arrays;
  store->read_backing_store = read_store;
  store->write_backing_store = write_store;
  store->close_backing_store = close_store;
  store->temp_name[0] = arrays++;
}

/* Visits of blocks that are still allowed while scans are collected. */
static double visits;
/* Which components some scan was of, a bit each. */
static unsigned scanned;

/* Called once for each row of blocks of a scan, and at each end of one. */
static void on_progress(j_common_ptr info) {
  (void)info;
  if (in.input_scan_number == 0 || visits < 0) return;
  double blocks = 1;
  for (int i = 0; i < in.comps_in_scan; i++) {
    const jpeg_component_info *component = in.cur_comp_info[i];
    blocks += (double)component->width_in_blocks * component->v_samp_factor;
    scanned |= 1u << component->component_index;
  }
  visits -= blocks;
  if (visits < 0) fail("its scans go over the picture more often than its data can have a use for", 75);
}

EXPORT(allocate) void *allocate(size_t length) {
  void *bytes = malloc(length);
  if (bytes == NULL) fail("out of memory", 13);
  return bytes;
}

/* What the frame header says; the host reads it as int32s. */
static struct {
  int width, height, components, precision, progressive, multiple_scans, arithmetic, lossless;
  /* Blocks of 8x8 (samples of a lossless frame) of all components. */
  int blocks;
} header;

EXPORT(openJpeg) void *open_jpeg(const unsigned char *bytes, size_t length) {
  use_errors(&in.err);
  jpeg_create_decompress(&in);
  jpeg_mem_src(&in, bytes, length);
  jpeg_read_header(&in, TRUE);
  header.width = in.image_width;
  header.height = in.image_height;
  header.components = in.num_components;
  header.precision = in.data_precision;
  header.progressive = in.progressive_mode;
  header.multiple_scans = in.inputctl->has_multiple_scans;
  header.arithmetic = in.arith_code;
  header.lossless = in.master->lossless;
  double blocks = 0;
  for (int i = 0; i < in.num_components; i++)
    blocks += (double)in.comp_info[i].width_in_blocks * in.comp_info[i].height_in_blocks;
  header.blocks = blocks > 2147483647.0 ? 2147483647 : (int)blocks;
  return &header;
}

/* Reads all scans of a picture that has several, at most `allowed` visits of blocks, and makes ready to give rows. */
EXPORT(startRows) int start_rows(double allowed) {
  visits = allowed;
  progress.progress_monitor = on_progress;
  in.progress = &progress;
  in.out_color_space = in.num_components == 1 ? JCS_GRAYSCALE : in.num_components == 4 ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&in);
  /* What follows is bounded by the picture itself. */
  in.progress = NULL;
  return in.output_components;
}

/* cjpeg's and djpeg's plain conversion; Adobe's inverted inks, which all CMYK files are taken to have (cmyk.h). */
static void rgb_of_cmyk(unsigned char *row) {
  for (unsigned x = 0; x < in.output_width; x++) {
    const unsigned char *inks = row + 4 * x;
    const int black = inks[3];
    const int red = inks[0] * black, green = inks[1] * black, blue = inks[2] * black;
    row[3 * x] = (red + 127) / 255;
    row[3 * x + 1] = (green + 127) / 255;
    row[3 * x + 2] = (blue + 127) / 255;
  }
}

/* Reads the next row: bytes for up to 8 bits, else 16-bit numbers. */
static void read_row(void *row) {
  if (in.data_precision <= 8) {
    JSAMPROW rows[1] = {row};
    jpeg_read_scanlines(&in, rows, 1);
    if (in.out_color_space == JCS_CMYK) rgb_of_cmyk(row);
  } else if (in.data_precision <= 12) {
    J12SAMPROW rows[1] = {row};
    jpeg12_read_scanlines(&in, rows, 1);
  } else {
    J16SAMPROW rows[1] = {row};
    jpeg16_read_scanlines(&in, rows, 1);
  }
}

/* Reads the next rows one after the other, `stride` bytes each; the host asks for no more than there are. */
EXPORT(readRows) void read_rows(unsigned char *rows, size_t stride, int count) {
  for (int i = 0; i < count; i++) read_row(rows + (size_t)i * stride);
}

/* Whether scans are missing: of a component, or of some coefficient's last bits. */
EXPORT(isUnfinished) int is_unfinished(void) {
  if (!in.inputctl->has_multiple_scans) return 0;
  if (scanned + 1 != 1u << in.num_components) return 1;
  if (!in.progressive_mode || in.coef_bits == NULL) return 0;
  for (int component = 0; component < in.num_components; component++)
    for (int i = 0; i < DCTSIZE2; i++)
      if (in.coef_bits[component][i] != 0) return 1;
  return 0;
}

/* -- writing -- */

static unsigned char *written;
static unsigned long written_length;

/* Starts a baseline JPEG of 1 or 3 components; 4:4:4, so that colour keeps its resolution. */
EXPORT(startJpeg)
void start_jpeg(int width, int height, int components, int quality, int density_unit, int x_density, int y_density) {
  use_errors(&out.err);
  jpeg_create_compress(&out);
  jpeg_mem_dest(&out, &written, &written_length);
  out.image_width = width;
  out.image_height = height;
  out.input_components = components;
  out.in_color_space = components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&out);
  jpeg_set_quality(&out, quality, TRUE);
  for (int i = 0; i < components; i++) out.comp_info[i].h_samp_factor = out.comp_info[i].v_samp_factor = 1;
  out.optimize_coding = FALSE;
  out.density_unit = density_unit;
  out.X_density = x_density;
  out.Y_density = y_density;
  jpeg_start_compress(&out, TRUE);
}

EXPORT(writeRows) void write_rows(unsigned char *rows, size_t stride, int count) {
  for (int i = 0; i < count; i++) {
    JSAMPROW row[1] = {rows + (size_t)i * stride};
    jpeg_write_scanlines(&out, row, 1);
  }
}

/* Ends the file; its length is what is returned, and `writtenJpeg` says where it lies. */
EXPORT(finishJpeg) unsigned long finish_jpeg(void) {
  jpeg_finish_compress(&out);
  return written_length;
}

EXPORT(writtenJpeg) const void *written_jpeg(void) { return written; }
