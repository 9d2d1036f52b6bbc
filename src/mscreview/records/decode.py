"""Bytes of a file to text, by strict trial: a wrong encoding is an error here, never mojibake later.

Byte order marks decide; then UTF-8, UTF-16 without a mark, GB18030 (older Chinese exports), each strictly. GB18030
accepts many byte strings that never were Chinese, so its result must also look like Chinese. Newlines become LF.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib

from mscreview.records.model import RecordError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def inflate(data: bytes, name: str) -> bytes:
    """`data`, unpacked where it is gzip. Raises `RecordError` on a cut or damaged archive."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise RecordError(f"{name}: gzip archive is cut or damaged ({error}); fetch the file again") from None


def decode(data: bytes, name: str) -> str:
    """Text of `data` with LF newlines and no byte order mark.

    Raises
    ------
    RecordError
        Naming the file, and line and byte where UTF-8 fails, when no encoding fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _newlines(_strict(data[len(mark) :], encoding, name))
    nuls = data.count(0)
    if 0 < nuls < 0.02 * len(data):
        raise RecordError(f"{name}: holds NUL characters; this is no text file")
    if nuls:
        return _newlines(_strict(data, _utf16_order(data), name))
    try:
        return _newlines(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        text = _declared(data) or _chinese(data)
        if text is None:
            raise RecordError(_explained(data, error, name)) from None
        return _newlines(text)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise RecordError(_explained(data, error, name)) from None
    if "\x00" in text:
        raise RecordError(f"{name}: holds NUL characters; this is no text file")
    return text


def _utf16_order(data: bytes) -> str:
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    return "utf-16-be" if even > odd else "utf-16-le"


def _declared(data: bytes) -> str | None:
    """Text by the encoding an HTML page declares in its head."""
    match = re.search(rb"<meta[^>]{0,80}charset=[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    try:
        return data.decode(match.group(1).decode("ascii")) if match else None
    except (LookupError, UnicodeDecodeError):
        return None


def _chinese(data: bytes) -> str | None:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    foreign = [c for c in text if ord(c) > 127]
    common = sum(_in_gb2312(c) for c in foreign)
    return text if common >= 0.9 * len(foreign) else None


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _explained(data: bytes, error: UnicodeDecodeError, name: str) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    value = data[error.start : error.start + 1]
    return (
        f"{name}: line {line}: byte {value!r} at offset {error.start} is not {error.encoding}, and the file is neither "
        "UTF-8, UTF-16 nor GB18030; save it as UTF-8"
    )


def _newlines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
