"""A child process that does not listen for a while."""

import time
from multiprocessing.connection import Connection

BUSY_SECONDS = 1.5


def run(connection: Connection) -> None:
    """Says when it begins and when it was busy for long enough; then tells how long each message is that it is sent."""
    connection.send("busy")
    time.sleep(BUSY_SECONDS)
    connection.send("listening")
    while (message := connection.recv()) != "go":
        connection.send(len(message))
