"""A song crosses to the engine whole, and an edit sends only what it changed."""

import pickle

import numpy as np

from core.music.song import RawEvent, Song, Track, make_notes
from core.music.timebase import Tempo
from core.sound.messages import SongReceiver, SongSender

NOTES = make_notes([0, 480], [240, 240], [60, 62], [90, 90])
SONG = Song(480, tuple(Track(NOTES.copy(), program=p, events=(RawEvent(0, b"\xb0\x40\x7f"),)) for p in range(3)))


def test_the_other_side_gets_the_same_song() -> None:
    parts, timebase = SongReceiver().parts(pickle.loads(pickle.dumps(SongSender().message(SONG))))
    assert [p.program for p in parts] == [0, 1, 2]
    assert all(np.array_equal(p.notes, NOTES) and len(p.controls) == 1 for p in parts)
    assert timebase.ticks_per_beat == 480


def test_an_edit_sends_one_track_and_the_rest_stays_the_same_array() -> None:
    sender, receiver = SongSender(), SongReceiver()
    before, _ = receiver.parts(pickle.loads(pickle.dumps(sender.message(SONG))))
    edited = SONG.with_track(1, SONG.tracks[1].with_notes(NOTES[:1]))
    message = sender.message(edited)
    assert len(message.things) == 1
    after, _ = receiver.parts(pickle.loads(pickle.dumps(message)))
    assert after[0].same(before[0])
    assert after[2].same(before[2])
    assert len(after[1].notes) == 1
    back, _ = receiver.parts(pickle.loads(pickle.dumps(sender.message(SONG))))
    assert len(back[1].notes) == 2


def test_another_resolution_with_the_same_tempos_is_another_timebase() -> None:
    sender, receiver = SongSender(), SongReceiver()
    tempos = (Tempo(0, 400_000),)
    resolutions = [receiver.parts(sender.message(Song(t, SONG.tracks, tempos)))[1].ticks_per_beat for t in (480, 96)]
    assert resolutions == [480, 96]
