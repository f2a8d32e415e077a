"""Where boxes and lines of the procedure's drawing stand."""

from itertools import pairwise

from portal.guidance.diagram import WIDTH, draw


def test_no_line_of_the_drawing_leaves_its_box() -> None:
    """SQ-36: long titles wrap, boxes grow with them and do not meet."""
    titles = ["Kami", "Pengaduan tertulis yang panjang sekali judulnya sampai tiga baris penuh", "Anda memutuskan"]
    found = draw(titles, ("Setuju: selesai", "Tidak setuju: keberatan, atau lembaga lain"))
    boxes = (*found.steps, *found.outcomes)
    for box in boxes:
        assert box.x > 0 and box.x + box.width < WIDTH
        assert all(box.y < y < box.bottom for y, _ in box.lines)
    assert all(above.bottom < below.y for above, below in pairwise(found.steps))
    assert found.height > max(box.bottom for box in boxes)
    assert [" ".join(line for _, line in box.lines) for box in found.steps] == titles
    assert [box.number for box in boxes] == [1, 2, 3, None, None]
    assert found.outcomes[0].height == found.outcomes[1].height
