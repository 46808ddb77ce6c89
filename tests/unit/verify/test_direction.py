"""Direction: up stays up, and who did it to whom stays so."""

from __future__ import annotations

import pytest

from aggregator.verify.overlap.direction import is_turned_round

REVENUE = "Vexel's revenue rose 12% to $3bn while costs fell by 4%."
FASTER = "Kestrel-5 is faster than Gemma 3 on long prompts and cheaper to run."
BEAT = "Kestrel-5 beat Gemma 3 on the maths benchmark."
BOUGHT = "Norvik acquired Quillon for $40m in June."
SUED = "Halden sued Vexel over scraped images."
PASSIVE = "Dovetek was fined in May by Meridia's regulator over leaked chats."
AFTER = "The patch came out after the attack became public."
MORE = "More than 400 hospitals use the tool."
HIRES = "Quillon will hire 50 engineers in Lisbon and close its Porto office."
COURT = "The court rejected the settlement and allowed the class action."
PUBLIC = "The weights became public earlier this year."
BEHIND = "Claudius trails Kestrel-5 on coding tasks."
SMALL = "The smaller model won four of five tests."
FREED = (
    "A court in Norrby released the founder of Quillon on bail, who had been arrested for fraud in"
    " March."
)
WAITED = "The lab published the weights before it had tested them, and lost two customers."
SHARES = "Halden's share of the market went from 12% to 9% between March and May."
LEAK = "The regulator opened its inquiry after the newspaper printed the memo."
MISUSED = "Vexel says that its keys were misused by a former contractor before the audit in June."
FIRST = "Norvik is the first lab in Lisbon to publish the weights of its largest model."
DETESTED = "The engineers of Halden detested the chatbot that the lab had shipped in June."
GRANTS = (
    "Norvik handed out billions in grants to labs on Tuesday, after two years of talks. They had"
    " begun on a Friday."
)
DESPITE = "Halden closed its chatbot following the protest of parents in Porto."
TWICE = (
    "The first lab to publish the weights was Norvik. The second lab to publish the weights was"
    " Quillon."
)


TRUE = [
    pytest.param(REVENUE, "Revenue at Vexel increased 12% to $3bn.", id="a synonym"),
    pytest.param(
        REVENUE, "Costs at Vexel dropped by 4% while revenue grew.", id="both, turned round"
    ),
    pytest.param(FASTER, "On long prompts Kestrel-5 is quicker than Gemma 3.", id="another word"),
    pytest.param(
        FASTER, "Gemma 3 is slower than Kestrel-5 on long prompts.", id="from the other end"
    ),
    pytest.param(BEAT, "Kestrel-5 outperformed Gemma 3 on the maths benchmark.", id="outperformed"),
    pytest.param(
        BEAT, "Gemma 3 trails Kestrel-5 on the maths benchmark.", id="trails, from the other end"
    ),
    pytest.param(BEAT, "Gemma 3 was beaten by Kestrel-5 on the maths benchmark.", id="passive"),
    pytest.param(BOUGHT, "Quillon was acquired by Norvik in June for $40m.", id="acquired by"),
    pytest.param(BOUGHT, "In June Norvik acquired Quillon.", id="reordered"),
    pytest.param(SUED, "Vexel was sued by Halden over scraped images.", id="sued by"),
    pytest.param(
        PASSIVE, "Meridia's regulator fined Dovetek over leaked chats.", id="active for passive"
    ),
    pytest.param(AFTER, "After the attack became public, the patch came out.", id="clauses turned"),
    pytest.param(MORE, "Over 400 hospitals use the tool.", id="over is more than"),
    pytest.param(HIRES, "Quillon will recruit 50 engineers in Lisbon.", id="recruit"),
    pytest.param(
        COURT, "The settlement was rejected; the class action may go ahead.", id="another clause"
    ),
    pytest.param(PUBLIC, "Earlier this year the weights became public.", id="earlier"),
    pytest.param(BEHIND, "Kestrel-5 is ahead of Claudius on coding tasks.", id="ahead for trails"),
    pytest.param(
        "The patch did not come out until the attack became public.",
        "It came out after the attack became public.",
        id="until",
    ),
    pytest.param(SMALL, "Four of five tests were won by the smaller model.", id="won by"),
    pytest.param(
        SHARES, "Between March and May its share of the market went to 9% from 12%.", id="to, from"
    ),
    pytest.param(
        LEAK,
        "The newspaper printed the memo before the regulator opened its inquiry.",
        id="both turned",
    ),
    pytest.param(
        LEAK,
        "After the newspaper printed the memo, the regulator opened its inquiry.",
        id="the second first",
    ),
    pytest.param(
        FREED,
        "The founder of Quillon was arrested for fraud in March.",
        id="in place, but told of another time",
    ),
    pytest.param(
        FREED,
        "A court in Norrby did not keep the founder of Quillon but freed him on bail.",
        id="in place, denied",
    ),
    pytest.param(
        FIRST,
        "Norvik is the earliest lab in Lisbon to publish the weights of its largest model.",
        id="no opposite",
    ),
    pytest.param(
        DETESTED,
        "The engineers of Halden loathed the chatbot that the lab had shipped in June.",
        id="kin of the word",
    ),
    pytest.param(
        GRANTS,
        "Norvik handed out billions in grants to labs on Tuesday, after 24 months of talks.",
        id="a unit for others",
    ),
    pytest.param(
        TWICE,
        "The second lab to publish the weights was Quillon.",
        id="another sentence has it in that company",
    ),
    pytest.param(
        WAITED,
        "The lab published the weights without having tested them.",
        id="another opposite far away",
    ),
]
FALSE = [
    pytest.param(REVENUE, "Revenue at Vexel fell 12% to $3bn.", id="rose became fell"),
    pytest.param(REVENUE, "Costs at Vexel rose by 4%.", id="fell became rose"),
    pytest.param(
        FASTER, "Kestrel-5 is slower than Gemma 3 on long prompts.", id="faster became slower"
    ),
    pytest.param(
        FASTER, "Gemma 3 is faster than Kestrel-5 on long prompts.", id="compared names swapped"
    ),
    pytest.param(BEAT, "Gemma 3 beat Kestrel-5 on the maths benchmark.", id="beat, swapped"),
    pytest.param(BEAT, "Kestrel-5 trails Gemma 3 on the maths benchmark.", id="beat became trails"),
    pytest.param(BOUGHT, "Quillon acquired Norvik for $40m in June.", id="acquired, swapped"),
    pytest.param(
        BOUGHT, "Norvik was acquired by Quillon in June.", id="acquired became acquired by"
    ),
    pytest.param(SUED, "Vexel sued Halden over scraped images.", id="sued, swapped"),
    pytest.param(SUED, "Halden was sued by Vexel over scraped images.", id="sued became sued by"),
    pytest.param(
        PASSIVE, "Dovetek fined Meridia's regulator over leaked chats.", id="passive lost"
    ),
    pytest.param(
        AFTER, "The patch came out before the attack became public.", id="after became before"
    ),
    pytest.param(MORE, "Fewer than 400 hospitals use the tool.", id="more became fewer"),
    pytest.param(MORE, "Nearly 400 hospitals use the tool.", id="more became nearly"),
    pytest.param(HIRES, "Quillon will dismiss 50 engineers in Lisbon.", id="hire became dismiss"),
    pytest.param(HIRES, "Quillon will open its Porto office.", id="close became open"),
    pytest.param(COURT, "The court accepted the settlement.", id="rejected became accepted"),
    pytest.param(COURT, "The court banned the class action.", id="allowed became banned"),
    pytest.param(PUBLIC, "The weights become public later this year.", id="earlier became later"),
    pytest.param(BEHIND, "Claudius leads Kestrel-5 on coding tasks.", id="trails became leads"),
    pytest.param(SMALL, "The larger model won four of five tests.", id="smaller became larger"),
    pytest.param(SMALL, "The smaller model lost four of five tests.", id="won became lost"),
    pytest.param(
        SHARES, "Halden's share of the market went from 9% to 12%.", id="from and to swapped"
    ),
    pytest.param(
        LEAK,
        "The newspaper printed the memo after the regulator opened its inquiry.",
        id="the events swapped",
    ),
    pytest.param(
        LEAK,
        "After the regulator opened its inquiry, the newspaper printed the memo.",
        id="swapped, the second first",
    ),
    pytest.param(
        FREED,
        "A court in Norrby arrested the founder of Quillon on bail.",
        id="in place, though told of another time",
    ),
    pytest.param(
        WAITED,
        "The lab published the weights after it had tested them.",
        id="a small word in place",
    ),
    pytest.param(
        WAITED,
        "The lab published the weights before it had tested them, and found two customers.",
        id="in place",
    ),
    pytest.param(
        MISUSED,
        "Vexel says that its keys were used by a former contractor before the audit in June.",
        id="a syllable",
    ),
    pytest.param(
        FIRST,
        "Norvik is the second lab in Lisbon to publish the weights of its largest model.",
        id="a small word",
    ),
    pytest.param(
        DETESTED,
        "The engineers of Halden adored the chatbot that the lab had shipped in June.",
        id="kin of an opposite",
    ),
    pytest.param(
        GRANTS, "Norvik handed out millions in grants to labs on Tuesday.", id="another magnitude"
    ),
    pytest.param(
        GRANTS,
        "Norvik handed out billions in grants to labs on Friday, after two years of talks.",
        id="another weekday of the passage",
    ),
    pytest.param(
        DESPITE,
        "Halden closed its chatbot despite the protest of parents in Porto.",
        id="against a ground",
    ),
]


@pytest.mark.parametrize(("evidence", "claim"), TRUE)
def test_the_same_direction_passes(evidence: str, claim: str) -> None:
    assert not is_turned_round(claim, [evidence])


@pytest.mark.parametrize(("evidence", "claim"), FALSE)
def test_the_other_direction_does_not(evidence: str, claim: str) -> None:
    assert is_turned_round(claim, [evidence])
