"""Repetition: what was told is not told again."""

from __future__ import annotations

import pytest

from aggregator.verify.gates import is_repeated

TOLD = (
    "Vexel will cut 1,200 jobs in its cloud unit by March 2027.",
    "Halden released Kestrel-5 under an open licence on Monday.",
    "The flaw lets attackers read other users' chats.",
)


@pytest.mark.parametrize(
    "text",
    [
        "The cloud unit of Vexel employs 20,000 people.",
        "Vexel will spend the money on data centres in Tulsa.",
        "Unions at Vexel plan a strike in March.",
        "Vexel's shares rose 4% after the cut was announced.",
        "Kestrel-5 needs 16 GB of memory.",
        "Kestrel-5 costs a third of what Kestrel-4 did.",
        "Halden's licence forbids use by the military.",
        "The open licence was chosen after talks with universities.",
        "On Monday Norvik lowered its prices.",
        "Attackers used the flaw in May, Norvik says.",
        "The chats of 400 users were read before the fix came out.",
        "Users should upgrade to version 0.5.1.",
        (
            "Vexel will cut 1,200 jobs in its cloud unit by March 2027 to pay for chips, data"
            " centres and power plants near Tulsa."
        ),
        "A second flaw lets attackers delete files.",
        "Halden will release a smaller model in autumn.",
        "",
    ],
)
def test_something_new_passes(text: str) -> None:
    assert not is_repeated(text, TOLD)


@pytest.mark.parametrize(
    "text",
    [
        "Vexel will cut 1,200 jobs.",
        "By March 2027 Vexel will cut 1,200 jobs in its cloud unit.",
        "1,200 jobs will be cut in Vexel's cloud unit.",
        "Vexel cuts jobs in its cloud unit.",
        "The cloud unit of Vexel will lose 1,200 jobs by March 2027.",
        "Kestrel-5 was released by Halden.",
        "Halden released Kestrel-5.",
        "On Monday Halden released Kestrel-5 under an open licence.",
        "Kestrel-5 was released under an open licence.",
        "The licence of Kestrel-5 is open.",
        "Kestrel-5 is out: Halden released it on Monday.",
        "Attackers can read other users' chats.",
        "Users' chats could be read by attackers through the flaw.",
        "A flaw lets attackers read chats.",
        "The flaw lets attackers read the chats of other users.",
    ],
)
def test_the_same_again_does_not(text: str) -> None:
    assert is_repeated(text, TOLD)
