"""The broker without a server: a folder of messages, each whole or not there.

Kombu's filesystem transport opens a message under its final name and then writes it, so that a worker may take it half
written, fail to read it, and end. Here a message is written beside and renamed, an unreadable one is set aside, and a
folder that cannot be used is said in the log once a minute and otherwise looks empty: the worker then works from the job
table (`pmo_portal.jobs.listening`).
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty

from kombu.exceptions import ChannelError
from kombu.transport import filesystem, virtual
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

log = logging.getLogger("pmo_portal.jobs")
QUIET = 60.0  # seconds between two lines about the same folder
_said: dict[str, float] = {}


class Channel(filesystem.Channel):
    """Messages as files of one folder, in the order of their names."""

    def _put(self, queue, payload, **kwargs):
        """Put `payload` into `queue`. Raises ChannelError where the folder does not take it."""
        folder = Path(self.data_folder_out)
        name = f"{time.monotonic_ns():020}_{uuid.uuid4()}.{queue}.msg"
        try:
            _write_whole(folder / name, dumps(payload))
        except OSError as error:
            raise ChannelError(f"The broker's folder {folder} takes no message: {error}") from error

    def _get(self, queue):
        """Take the oldest message of `queue`. Raises Empty."""
        for path in self._waiting(queue):
            if (text := _take(path)) is None:
                continue
            try:
                return loads(bytes_to_str(text))
            except ValueError:
                log.error("a message in the broker's folder cannot be read and is dropped: %s", path.name)
        raise Empty

    def _size(self, queue):
        return len(self._waiting(queue))

    def _purge(self, queue):
        return sum(_take(path) is not None for path in self._waiting(queue))

    def _waiting(self, queue: str) -> list[Path]:
        """The messages of `queue`, the oldest first; none where the folder cannot be read."""
        folder = Path(self.data_folder_in)
        try:
            return sorted(folder / name for name in os.listdir(folder) if name.partition(".")[2] == f"{queue}.msg")
        except OSError as error:
            _say_at_times(str(folder), "the broker's folder cannot be read: %s", error)
            return []

    def get_table(self, exchange):
        """The queues that are bound to `exchange`; none where its file cannot be read."""
        try:
            return super().get_table(exchange)
        except (ChannelError, ValueError) as error:
            _say_at_times(exchange, "the broker's bindings cannot be read: %s", error)
            return []

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        """Note the binding. A reader sees the bindings before or after, never a file that is being written."""
        file = self._exchange_file(exchange)
        binding = [routing_key or "", pattern or "", queue or ""]
        try:
            with _alone(self.control_folder):
                bound = [list(entry) for entry in self.get_table(exchange)]
                if binding not in bound:
                    _write_whole(file, dumps([binding, *bound]))
        except OSError as error:
            _say_at_times(exchange, "the broker's bindings cannot be written: %s", error)


class Transport(filesystem.Transport):
    """`folder://`, with the options of kombu's `filesystem://`."""

    Channel = Channel
    # One for all connections of a process, as kombu has it: what is bound by one is known to the others.
    global_state = virtual.BrokerState()


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(str_to_bytes(text))
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _take(path: Path) -> bytes | None:
    """The message's bytes, by whoever renames it first; None: somebody else has it."""
    taken = path.with_name(f".{path.name}.taken")
    try:
        path.rename(taken)
        text = taken.read_bytes()
        taken.unlink()
    except OSError:
        return None
    return text


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time changes what stands in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say_at_times(about: str, text: str, error: Exception) -> None:
    now = time.monotonic()
    if now - _said.get(about, -QUIET) >= QUIET:
        _said[about] = now
        log.error(text, error)
