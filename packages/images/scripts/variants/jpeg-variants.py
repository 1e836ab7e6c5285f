#!/usr/bin/python3
"""Makes 1,000 random JPEGs of the kinds that occur, and three large ones, and asks djpeg what each shows; writes test/fixtures/jpeg-variants.bin.gz.

    python3 packages/images/scripts/variants/jpeg-variants.py

Needs Debian's libjpeg-turbo-progs (cjpeg, djpeg, jpegtran) and python3-pil. The file holds, of each variant, the length of the JPEG
(4 bytes, low first), its bytes, the first 8 bytes of the SHA-256 of "WIDTH HEIGHT CHANNELS " and the samples of the upright picture,
interleaved.
"""
import gzip
import hashlib
import io
import os
import random
import struct
import subprocess
import sys

from PIL import Image

COUNT = 1000
TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../test/fixtures/jpeg-variants.bin.gz')
ORIENT = {2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
          6: Image.ROTATE_270, 7: Image.TRANSVERSE, 8: Image.ROTATE_90}
SCANS = ['0;', '0 1 2;', '0; 1 2;', '0; 1; 2;', '0,1; 2;']


def picture(draw, channels):
    """Edges, ramps and some noise."""
    width, height = draw.randint(1, 45), draw.randint(1, 45)
    a, b, c, d = (draw.uniform(-9, 9) for _ in range(4))
    edge = draw.randint(0, 45)
    values = []
    for y in range(height):
        for x in range(width):
            for k in range(channels):
                v = 128 + a * (x - 20) + b * (y - 20) * (k - 1) + (60 if x > edge else -c * k) + draw.gauss(0, abs(d))
                values.append(max(0, min(255, int(v))))
    return width, height, bytes(values)


def run(*command, data):
    done = subprocess.run(command, input=data, capture_output=True)
    if done.returncode not in (0, 2):
        raise RuntimeError(f'{command}: {done.stderr.decode()}')
    return done.stdout


def segments(jpeg):
    """Offsets of the markers before the first scan, and of that."""
    at = 2
    while True:
        marker = jpeg[at + 1]
        yield marker, at
        if marker == 0xda:
            return
        at += 2 + struct.unpack('>H', jpeg[at + 2:at + 4])[0]


def first(jpeg, *markers):
    return next((at for marker, at in segments(jpeg) if marker in markers), None)


def without(jpeg, *markers):
    kept = [jpeg[:2]]
    found = list(segments(jpeg))
    for (marker, at), (_, end) in zip(found, found[1:]):
        if marker not in markers:
            kept.append(jpeg[at:end])
    return b''.join(kept) + jpeg[found[-1][1]:]


def exif(draw, orientation):
    order = draw.choice('<>')
    kind = draw.choice([3, 4])
    value = struct.pack(order + ('HH' if kind == 3 else 'I'), *((orientation, 0) if kind == 3 else (orientation,)))
    entry = struct.pack(order + 'HHI', 0x0112, kind, 1) + value
    tiff = (b'II' if order == '<' else b'MM') + struct.pack(order + 'HIH', 42, 8, 1) + entry + b'\0\0\0\0'
    return b'\xff\xe1' + struct.pack('>H', 2 + 6 + len(tiff)) + b'Exif\0\0' + tiff


def encoded(draw):
    """A JPEG of a random kind, and whether it is CMYK."""
    kind = draw.choice(['grey', 'colour', 'colour', 'colour', 'colour', 'rgb', 'cmyk'])
    if kind == 'cmyk':
        width, height, values = picture(draw, 4)
        out = io.BytesIO()
        Image.frombytes('CMYK', (width, height), values).save(out, 'JPEG', quality=draw.randint(20, 98))
        jpeg = out.getvalue()
        if draw.random() < 0.5:
            jpeg = without(jpeg, 0xee)
        options = []
        if draw.random() < 0.3:
            options.append('-progressive')
        if draw.random() < 0.3:
            options.append('-arithmetic')
        return run('jpegtran', '-copy', 'all', *options, data=jpeg) if options else jpeg, kind, bool(options)
    channels = 1 if kind == 'grey' else 3
    width, height, values = picture(draw, channels)
    pnm = b'P%d\n%d %d\n255\n' % (5 if channels == 1 else 6, width, height) + values
    options = ['-quality', str(draw.choice([5, 30, 60, 75, 90, 95, 100]))]
    if kind == 'rgb':
        options.append('-rgb')
    elif channels == 3:
        options += ['-sample', draw.choice(['1x1', '2x1', '1x2', '2x2', '4x1', '1x4', '4x2', '2x4', '1x1,2x1,1x2', '2x2,1x2,2x1', '3x1'])]
    special = False
    if draw.random() < 0.35:
        options.append('-progressive')
    elif draw.random() < 0.3 and channels == 3:
        with open('/tmp/jpeg-variants.scans', 'w') as file:
            file.write(draw.choice(SCANS[1:]))
        options += ['-scans', '/tmp/jpeg-variants.scans']
    if draw.random() < 0.25:
        options.append('-arithmetic')
        special = True
    elif draw.random() < 0.3:
        options.append('-optimize')
        special = True
    if '-progressive' in options:
        special = True
    if draw.random() < 0.35:
        options += ['-restart', draw.choice(['1', '1B', '2B', '5B'])]
    if draw.random() < 0.1:
        options += ['-smooth', '20']
    return run('cjpeg', *options, data=pnm), kind, special


def variant(seed):
    draw = random.Random(seed)
    jpeg, kind, special = encoded(draw)
    arithmetic = first(jpeg, 0xc9, 0xca) is not None
    orientation = 1
    if kind == 'rgb' and draw.random() < 0.5:
        # Told by the ids R, G, B alone; cjpeg gives both.
        jpeg = without(jpeg, 0xee)
    if draw.random() < 0.2:
        jpeg = without(jpeg, 0xe0)
        if kind == 'colour' and draw.random() < 0.5:
            jpeg = jpeg[:2] + b'\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01' + jpeg[2:]
    if not special and draw.random() < 0.3:
        jpeg = without(jpeg, 0xc4)
    if draw.random() < 0.3:
        orientation = draw.randint(1, 8)
        jpeg = jpeg[:2] + exif(draw, orientation) + jpeg[2:]
    if draw.random() < 0.15:
        at = draw.choice([at for _, at in segments(jpeg)][1:])
        stray = bytes(draw.choice([b for b in range(255)]) for _ in range(draw.randint(1, 9)))
        jpeg = jpeg[:at] + draw.choice([stray, b'\xff' * draw.randint(1, 5)]) + jpeg[at:]
    if draw.random() < 0.1:
        jpeg = jpeg[:2] + b'\xff\xfe\x00\x09comment' + jpeg[2:]
    ending = draw.random()
    if ending < 0.15 and not arithmetic:
        jpeg = jpeg[:-2]
    elif ending < 0.3:
        jpeg += bytes(draw.randrange(256) for _ in range(draw.randint(1, 30)))
    elif ending < 0.4 and not arithmetic:
        jpeg = jpeg[:-2] + bytes(draw.choice([1, 2, 0x55]) for _ in range(draw.randint(1, 9))) + jpeg[-2:]
    return jpeg, orientation


def shown(jpeg, orientation):
    pnm = run('djpeg', '-pnm', data=jpeg)
    image = Image.open(io.BytesIO(pnm))
    image.load()
    if orientation in ORIENT:
        image = image.transpose(ORIENT[orientation])
    head = f'{image.width} {image.height} {len(image.getbands())} '.encode()
    return hashlib.sha256(head + image.tobytes()).digest()[:8]


def large():
    """Progressive pictures whose coefficients do not stay in the library's memory: whole, and without its last scans."""
    side = (1300, 900)
    ramp, ring = Image.linear_gradient('L').resize(side), Image.radial_gradient('L').resize(side)
    colours = Image.merge('RGB', [ramp, ring, ramp.transpose(Image.FLIP_LEFT_RIGHT).transpose(Image.ROTATE_180)])
    pnm = b'P6\n%d %d\n255\n' % side + colours.tobytes()
    whole = run('cjpeg', '-quality', '60', '-sample', '1x1', '-progressive', data=pnm)
    scans = [at for at in range(len(whole)) if whole[at:at + 2] == b'\xff\xda']
    return [whole, whole[:scans[3]] + b'\xff\xd9', run('jpegtran', '-arithmetic', '-progressive', data=whole)]


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    first_seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    target = sys.argv[3] if len(sys.argv) > 3 else TARGET
    parts = []
    for seed in range(first_seed, first_seed + count):
        jpeg, orientation = variant(seed)
        parts.append(struct.pack('<I', len(jpeg)) + jpeg + shown(jpeg, orientation))
    parts += [struct.pack('<I', len(jpeg)) + jpeg + shown(jpeg, 1) for jpeg in large()]
    with open(target, 'wb') as file:
        file.write(gzip.compress(b''.join(parts), 9, mtime=0))
    print(f'{os.path.normpath(target)}: {os.path.getsize(target)} bytes')


main()
