"""Pictures that stand for what a courier photographs: drawn, of nobody."""

import base64
import io
import unicodedata

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1000, 450
PAPER, INK, PALE = "#eef5ef", "#1d3b2a", "#b9cfc0"


def draw_cheque(bank: str, number: str, drawer: str, amount: str, day: str) -> bytes:
    """A cheque as a base64 PNG.

    :param amount: as it is read, with its currency
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((10, 10, WIDTH - 10, HEIGHT - 10), outline=INK, width=3)
    for top in range(150, 320, 14):
        draw.line((30, top, WIDTH - 30, top), fill=PALE)
    _write(draw, (40, 35), bank, 40)
    _write(draw, (40, 95), drawer, 24)
    _write(draw, (640, 45), f"No {number}", 28)
    draw.rectangle((640, 95, 960, 150), outline=INK, width=2)
    _write(draw, (660, 106), amount, 30)
    _write(draw, (40, 200), "Payez contre ce chèque la somme portée ci-contre", 24)
    _write(draw, (640, 270), f"Dakar, le {day}", 24)
    draw.line([(680, 360), (720, 320), (760, 365), (810, 318), (880, 350)], INK, 4)
    _write(draw, (40, 400), f"< {number} >  002741 0091 >", 26)
    return _encode(image)


def draw_document(title: str, *lines: str) -> bytes:
    """A sheet with a stamp as a base64 PNG: a discharge, or a transfer order."""
    image = Image.new("RGB", (700, 900), "#fbfaf6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((15, 15, 685, 885), outline=PALE, width=2)
    _write(draw, (60, 70), title, 36)
    for number, line in enumerate(lines):
        _write(draw, (60, 170 + 50 * number), line, 24)
    draw.ellipse((430, 640, 640, 800), outline="#3355aa", width=5)
    _write(draw, (480, 700), "RECU", 34, "#3355aa")
    return _encode(image)


def _write(draw, place, text, size, color=INK):
    # The font that comes with the library has no accents.
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    try:
        font = ImageFont.load_default(size)
    except TypeError:
        # Pillow before 10.1 has one size.
        font = ImageFont.load_default()
    draw.text(place, text, fill=color, font=font)


def _encode(image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return base64.b64encode(content.getvalue())
