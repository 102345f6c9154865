"""Documents that are zip archives (Word, OpenDocument, Excel), opened with care: a transcript may come from anybody.

Sizes are counted on what is really unpacked, never taken from what the archive says of itself.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from qualcode.errors import InputError
from qualcode.ingest.binary import ZIP, binary_kind
from qualcode.ingest.source import Source

MAX_MEMBERS = 5_000
MAX_DIRECTORY = 2 * 2**20
MAX_MEMBER = 64 * 2**20
MAX_TOTAL = 128 * 2**20
# Word's XML packs to a tenth or a thirtieth; only what was made to burst packs to a thousandth.
MAX_RATIO = 250
RATIO_FROM = 4 * 2**20
PIECE = 64 * 1024
_END = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_COMMENT = 65_535
_ZIP64_LOCATOR = b"PK\x06\x07"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Archive:
    """A zip archive whose members are read piece by piece, and within limits.

    Attributes:
        names: The members' names, without folders.
    """

    def __init__(self, source: Source, kind: str) -> None:
        """Open an archive.

        Args:
            source: The file.
            kind: What it should be, for messages ("a Word document (.docx)").

        Raises:
            InputError: It is no archive, damaged, encrypted, or made to do harm.
        """
        self.path = source.path
        self.kind = kind
        self._total = 0
        self._check_kind(source)
        self._check_directory(source.data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source.data))
        except _BROKEN as error:
            raise self._damaged(error) from error
        self._check_members()
        self.names = frozenset(info.filename for info in self._zip.infolist() if not info.is_dir())

    def _check_kind(self, source: Source) -> None:
        if source.data.startswith(_OLD_OFFICE):
            raise InputError(
                f"the file is an old Office document or one with a password, not {self.kind}",
                path=self.path,
                hint="Open it, take the password off, and save it in today's format.",
            )
        if not source.data.startswith(ZIP):
            what = binary_kind(source.data) or "something else"
            raise InputError(f"the file is {what}, not {self.kind}", path=self.path, hint="Save it again.")

    def _check_directory(self, data: bytes) -> None:
        """Look at the archive's list of members before anything reads it: it may be larger than all else."""
        at = data.rfind(_END, max(0, len(data) - _END_LENGTH - _LONGEST_COMMENT))
        if at < 0 or at + _END_LENGTH > len(data):
            raise self._damaged(None)
        size = int.from_bytes(data[at + 12 : at + 16], "little")
        if data[max(0, at - 20) : at].startswith(_ZIP64_LOCATOR) or size > MAX_DIRECTORY:
            raise self._refused("its list of members is too long")

    def _check_members(self) -> None:
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise self._refused(f"it has {len(members):,} members, at most {MAX_MEMBERS:,} are read")
        seen: set[str] = set()
        for info in members:
            name = info.filename.replace("\\", "/")
            if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
                raise self._refused(f"a member points outside the archive: {name[:80]!r}")
            if info.filename in seen:
                raise self._refused(f"two members have one name: {name[:80]!r}")
            if info.flag_bits & 1:
                raise InputError("the file has a password", path=self.path, hint="Save it without.")
            seen.add(info.filename)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes, piece by piece.

        Raises:
            InputError: The member is missing, damaged, or larger than the limits allow.
        """
        if name not in self.names:
            raise InputError(f"the file has no part {name!r}, so it is not {self.kind}", path=self.path)
        info = self._zip.getinfo(name)
        size = 0
        try:
            with self._zip.open(info) as member:
                while piece := member.read(PIECE):
                    size += len(piece)
                    self._total += len(piece)
                    self._check_size(name, size, info.compress_size)
                    yield piece
        except _BROKEN as error:
            raise self._damaged(error) from error

    def read(self, name: str) -> bytes:
        """Return a member's bytes; raises as `pieces` does."""
        return b"".join(self.pieces(name))

    def _check_size(self, name: str, size: int, packed: int) -> None:
        if size > MAX_MEMBER or self._total > MAX_TOTAL:
            raise self._refused(f"unpacked it is larger than {MAX_TOTAL // 2**20} MB (at {name!r})")
        if size > RATIO_FROM and size > MAX_RATIO * max(packed, 1):
            raise self._refused(f"{name!r} unpacks to more than {MAX_RATIO} times its size, as if made to burst")

    def _refused(self, why: str) -> InputError:
        return InputError(
            f"the archive is refused: {why}", path=self.path, hint="If you trust it, open it and save it again."
        )

    def _damaged(self, error: BaseException | None) -> InputError:
        because = f" ({error})" if error is not None and str(error) else ""
        return InputError(
            f"the file is damaged and cannot be unpacked{because}", path=self.path, hint="Open it and save it again."
        )
