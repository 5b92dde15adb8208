import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from participation.newsroom.comparing import marked


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            "27 lastebiler kjører der.",
            "38 lastebiler kjører der.",
            ("<del>27</del> lastebiler kjører der.", "<ins>38</ins> lastebiler kjører der."),
        ),
        ("Ja, nå", "Ja nå", ("Ja<del>,</del> nå", "Ja nå")),
        ("en gul buss", "to store busser", ("<del>en gul buss</del>", "<ins>to store busser</ins>")),
        ("", "Nytt", ("", "<ins>Nytt</ins>")),
        ("A <b>", "B <b>", ("<del>A</del> &lt;b&gt;", "<ins>B</ins> &lt;b&gt;")),
        ("Likt", "Likt", ("Likt", "Likt")),
    ],
)
def test_the_words_that_differ_are_marked(old: str, new: str, shown: tuple[str, str]) -> None:
    assert marked(old, new) == shown


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_but_marks_is_added_to_either_wording(old: str, new: str) -> None:
    before, after = marked(old, new)
    assert before.replace("<del>", "").replace("</del>", "") == escape(old)
    assert after.replace("<ins>", "").replace("</ins>", "") == escape(new)
