"""Coding work in qualitative-coding or Taguette, for coding_speed.py; run by the Python they are installed in.

    PYTHON benchmarks/peers.py CORPUS.json

CORPUS.json holds `documents` (name: list of turns), `codes`, and `codings` (document, turn, start, end, code, coder;
characters within the turn). Prints one JSON object: the tool's name, CPU seconds by piece of work, how many codings
it holds at the end of storing, and what to know about the figures. qualitative-coding is used as a library, Taguette as
a server through its web interface, whose CPU time is read from /proc (Linux); starting them is in no figure but those
of whole commands.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import json
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

Times = dict[str, float]
REPEATS = 5
"""How often what only looks is done."""


def qualitative_coding(corpus: dict[str, Any], place: Path) -> dict[str, Any]:
    """Store, count, cross, find, rename, merge. Its unit is the line: a turn is one, with an empty line after it."""
    from qualitative_coding.corpus import QCCorpus
    from qualitative_coding.views.viewer import QCCorpusViewer

    texts = place / "texts"
    texts.mkdir()
    for name, turns in corpus["documents"].items():
        (texts / f"{name}.txt").write_text("\n\n".join(turns) + "\n", "utf-8")
    settings = place / "settings.yaml"
    QCCorpus.initialize(settings)
    lines: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for one in corpus["codings"]:
        lines[f"{one['document']}.txt", one["coder"]].add((2 * one["turn"], one["code"]))
    times: Times = {}

    def timed(what: str, work: Callable[[QCCorpus], object]) -> None:
        start = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            work(QCCorpus(settings))
        times[what] = time.process_time() - start

    def middle(what: str, work: Callable[[QCCorpus], object]) -> None:
        told = []
        for _ in range(REPEATS):
            timed(what, work)
            told.append(times[what])
        times[what] = statistics.median(told)

    def take_in(corpus_: QCCorpus) -> None:
        with corpus_.session():
            corpus_.import_media(texts, recursive=True, importer="verbatim")

    def store(corpus_: QCCorpus) -> None:
        with corpus_.session():
            for (document, coder), places in sorted(lines.items()):
                told = [{"line": line, "code_id": code} for line, code in sorted(places)]
                corpus_.update_coded_lines(document, coder, told)

    def rename(old: str, new: str) -> Callable[[QCCorpus], None]:
        def work(corpus_: QCCorpus) -> None:
            with corpus_.session():
                corpus_.rename_codes([old], new)

        return work

    def command(*words: str) -> float:
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        qc = str(Path(sys.executable).with_name("qc"))
        subprocess.run([qc, *words], cwd=place, capture_output=True, check=True)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime

    codes = corpus["codes"]
    with contextlib.redirect_stdout(io.StringIO()):
        take_in(QCCorpus(settings))
    timed("store the codings", store)
    middle("statistics", lambda one: QCCorpusViewer(one).show_stats([]))
    times["codings by code"] = times["statistics"]  # they are nothing else
    timed("60-code cross table", lambda one: QCCorpusViewer(one).crosstab(codes))
    middle("find a code's passages", lambda one: QCCorpusViewer(one).show_coded_text([codes[1]], before=2, after=2))
    times["command: statistics"] = statistics.median(command("codes", "stats") for _ in range(REPEATS))
    times["command: find a code"] = statistics.median(command("codes", "find", codes[1]) for _ in range(REPEATS))
    timed("rename a code", rename(codes[1], "renamed"))
    timed("merge two codes", rename(codes[2], codes[3]))
    times["command: rename a code"] = command("codes", "rename", codes[4], "renamed-too")
    times["command: merge two codes"] = command("codes", "rename", codes[5], codes[6])
    note = "as a library; a coding is a line there (a turn), so codings of one turn and code are one"
    return {"times": times, "stored": sum(map(len, lines.values())), "note": note}


class Server:
    """A Taguette server for one person, and a client of its web interface."""

    def __init__(self, place: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://localhost:{port}"
        words = ["taguette.main", "--no-browser", "--port", str(port), "--database", str(place / "taguette.sqlite3")]
        start = "import sys; from taguette.main import main; sys.argv = sys.argv[1:]; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", start, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HOME": str(place)},
        )
        assert self.process.stdout is not None
        address = next(line.strip() for line in self.process.stdout if "token=" in line)
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.read(address)
        form = self.read("/project/new")
        self.xsrf = re.findall(r'name="_xsrf" value="([^"]+)"', form)[0]
        fields = urllib.parse.urlencode({"_xsrf": self.xsrf, "name": "speed", "description": ""}).encode()
        with self.opener.open(f"{self.address}/project/new", fields, timeout=60) as answer:
            self.project = int(re.findall(r"/project/(\d+)", answer.url)[0])

    def read(self, path: str) -> str:
        with self.opener.open(path if "://" in path else self.address + path, timeout=60) as answer:
            return str(answer.read().decode())

    def send(self, path: str, told: object) -> dict[str, Any]:
        return self._post(path, json.dumps(told).encode(), "application/json")

    def send_document(self, name: str, html: str) -> int:
        edge = "----qualcode"
        parts = [f'name="name"\r\n\r\n{name}', 'name="description"\r\n\r\n']
        parts.append(f'name="file"; filename="{name}.html"\r\nContent-Type: text/html\r\n\r\n{html}')
        body = "".join(f"--{edge}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + f"--{edge}--\r\n"
        return int(self._post("document/new", body.encode(), f"multipart/form-data; boundary={edge}")["created"])

    def _post(self, path: str, body: bytes, kind: str) -> dict[str, Any]:
        headers = {"Content-Type": kind, "X-XSRFToken": self.xsrf, "Accept": "application/json"}
        address = f"{self.address}/api/project/{self.project}/{path}"
        with self.opener.open(urllib.request.Request(address, body, headers), timeout=60) as answer:
            return dict(json.loads(answer.read() or "{}"))

    def cpu_seconds(self) -> float:
        # In nanoseconds, by thread; /proc/PID/stat knows hundredths of a second only.
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def taguette(corpus: dict[str, Any], place: Path) -> dict[str, Any]:
    """Store, count, find, rename, merge. It has no cross table and one coder at a time."""
    server = Server(place)
    times: Times = {}

    def timed(what: str, work: Callable[[], object]) -> None:
        start = server.cpu_seconds()
        work()
        times[what] = server.cpu_seconds() - start

    def middle(what: str, work: Callable[[], object]) -> None:
        told = []
        for _ in range(REPEATS):
            timed(what, work)
            told.append(times[what])
        times[what] = statistics.median(told)

    def store() -> None:
        for one in corpus["codings"]:
            begin = begins[one["document"]][one["turn"]]
            told = {"start_offset": begin + one["start"], "end_offset": begin + one["end"], "tags": [tags[one["code"]]]}
            server.send(f"document/{documents[one['document']]}/highlight/new", told)

    def find() -> None:
        page, pages = 1, 1
        while page <= pages:
            pages = json.loads(server.read(f"/api/project/{server.project}/highlights/{codes[1]}?page={page}"))["pages"]
            page += 1

    try:
        codes = corpus["codes"]
        tags = {code: server.send("tag/new", {"path": code, "description": ""})["id"] for code in codes}
        documents, begins = {}, {}
        for name, turns in corpus["documents"].items():
            documents[name] = server.send_document(name, "".join(f"<p>{turn}</p>" for turn in turns))
            begins[name] = [sum(map(len, turns[:number])) for number in range(len(turns))]
        timed("store the codings", store)
        middle("statistics", lambda: server.read(f"/project/{server.project}/export/codebook.csv"))
        times["codings by code"] = times["statistics"]  # they are nothing else
        middle("find a code's passages", find)
        timed("rename a code", lambda: server.send(f"tag/{tags[codes[1]]}", {"path": "renamed", "description": ""}))
        timed("merge two codes", lambda: server.send("tag/merge", {"src": tags[codes[2]], "dest": tags[codes[3]]}))
    finally:
        server.process.terminate()
        server.process.wait(10)
    note = "CPU seconds of its server; one request a coding, as it has no other way in; no cross table"
    return {"times": times, "stored": len(corpus["codings"]), "note": note}


PEERS = {"qualitative-coding": ("1.7.8", qualitative_coding), "taguette": ("1.5.2", taguette)}


def main() -> None:
    """Run the peer that is installed here."""
    corpus = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    told = []
    for name, (version, run) in PEERS.items():
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            if importlib.metadata.version(name) == version:
                with tempfile.TemporaryDirectory() as place:
                    told.append({"peer": f"{name} {version}", **run(corpus, Path(place))})
    print(json.dumps(told))


if __name__ == "__main__":
    main()
