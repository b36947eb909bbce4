"""A few named members in a zip file that any unzip opens, and reading one back without trusting a word of it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

MOST_MEMBERS = 1000
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the same content then makes the same file."""

PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, LookupError,
          OverflowError)
"""What the standard library raises on damaged archives, depending on where the damage is."""


class ArchiveDamage(ValueError):
    """Why an archive is refused, as the end of a sentence about the file."""


def pack(members: Mapping[str, bytes], level: int = 6) -> bytes:
    """A zip file of the members, in their order. ``level``: of compression, 1 the fastest, 9 the smallest."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def unpack(data: bytes, limits: Mapping[str, int]) -> dict[str, bytes]:
    """Those members that ``limits`` names and gives a size in bytes which none may exceed. Nothing touches the disk.

    Members of other names are not read. Raises ArchiveDamage for what is no zip file or a damaged one, for a member
    that is too large whatever the archive says of its size, for a name twice, and for a name that leads elsewhere.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_names([entry.filename for entry in entries])
            return {entry.filename: _read(archive, entry, limits[entry.filename])
                    for entry in entries if entry.filename in limits}
    except ArchiveDamage:
        raise
    except BROKEN as problem:
        raise ArchiveDamage(f"is not a whole zip file ({problem})") from None


def _check_names(names: list[str]) -> None:
    if len(names) > MOST_MEMBERS:
        raise ArchiveDamage(f"holds {len(names)} files, which no project does")
    if len(set(names)) < len(names):
        raise ArchiveDamage("holds two files of the same name")
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise ArchiveDamage(f"holds a file that would be unpacked outside its folder: {name!r}")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    if entry.flag_bits & 1:
        raise ArchiveDamage(f"is encrypted: {entry.filename} cannot be read")
    if entry.compress_type not in PACKED:
        raise ArchiveDamage(f"is packed in a way that is not used here ({entry.filename})")
    too_large = ArchiveDamage(f"unpacks to more than is allowed: {entry.filename} is larger than {limit // 2**20} MB")
    if entry.file_size > limit:
        raise too_large
    with archive.open(entry) as member:
        content = member.read(limit + 1)
    if len(content) > limit:
        raise too_large
    return content
