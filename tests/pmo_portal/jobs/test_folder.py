"""The broker that is a folder: messages are whole, an unreadable one harms nobody, a folder that is gone is said."""

import threading

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.utils.json import dumps

import pmo_portal.celery  # noqa: F401 - tells kombu of `folder://`


@pytest.fixture
def broker(tmp_path):
    """A queue with a connection of its own to the folder `tmp_path / "queue"`. Its name is new each time: which queues
    are bound is remembered by the process."""
    (tmp_path / "queue").mkdir()
    options = {"control_folder": str(tmp_path / "control")}
    options |= {f"data_folder_{way}": str(tmp_path / "queue") for way in ("in", "out")}
    with Connection("folder://", transport_options=options) as connection:
        yield connection.SimpleQueue(tmp_path.name)


def taken(queue) -> list:
    found = []
    while len(queue):
        message = queue.get(timeout=5)
        message.ack()
        found.append(message.payload)
    return found


def test_messages_come_once_and_in_order(broker, tmp_path):
    for number in range(3):
        broker.put(number)
    assert taken(broker) == [0, 1, 2]
    assert not list((tmp_path / "queue").iterdir())


def test_a_message_that_is_being_written_is_not_seen_and_half_a_one_is_dropped(broker, tmp_path, caplog):
    broker.put("whole")
    (name,) = (path.name for path in (tmp_path / "queue").iterdir())
    (tmp_path / "queue" / f".{name}.1.part").write_text(dumps({"half": "wri"})[:7])
    (tmp_path / "queue" / f"0{name}").write_text(dumps({"half": "wri"})[:7])
    (tmp_path / "queue" / f"00{name}").write_text("")
    assert taken(broker) == ["whole"]
    assert caplog.text.count("is dropped") == 2


def test_several_who_write_and_read_at_once_lose_and_double_nothing(broker, tmp_path):
    def write(first):
        with Connection("folder://", transport_options=broker.channel.connection.client.transport_options) as own:
            queue = own.SimpleQueue(tmp_path.name)
            for number in range(first, first + 200):
                queue.put(number)

    writers = [threading.Thread(target=write, args=(first,)) for first in (0, 200)]
    for writer in writers:
        writer.start()
    found = []
    while any(writer.is_alive() for writer in writers) or len(broker):
        found += taken(broker)
    assert sorted(found) == list(range(400))


def test_a_folder_that_is_gone_looks_empty_and_takes_nothing(broker, tmp_path, caplog):
    (tmp_path / "queue").rmdir()
    assert len(broker) == 0 and taken(broker) == []
    with pytest.raises(ChannelError, match="takes no message"):
        broker.put(1)
    assert caplog.text.count("cannot be read") == 1, "once a minute"
    (tmp_path / "queue").mkdir()
    broker.put(2)
    assert taken(broker) == [2]
