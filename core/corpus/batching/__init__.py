"""Batches of whole songs read as streams: three strategies, and where the streams live.

A strategy says which part of which song each row shows; that is arithmetic on numbers of songs and tokens. The
streams cut these parts out, from disk, from memory or on a device (``core.training.device_batches``). Whatever the
combination, the same seed and step give the same batch.
"""

from core.corpus.batching.batch import Batch, Pieces, Streams
from core.corpus.batching.strategies import Contiguous, LongSequence, PerSong, Strategy
from core.corpus.batching.streams import DiskStreams, MemoryStreams
from core.corpus.batching.validation import stream_validation

__all__ = ["Batch", "Contiguous", "DiskStreams", "LongSequence", "MemoryStreams", "PerSong", "Pieces", "Strategy",
           "Streams", "stream_validation"]
