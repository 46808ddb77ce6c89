"""True claims on passages of our own, and the same claims with one error planted in each: what the
gates must tell apart.
"""

from __future__ import annotations

from datetime import date

from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation, Claim, ClaimKind, Rejection
from aggregator.domain.frozen import frozen

PUBLISHED = date(2026, 7, 8)  # a Wednesday


@frozen
class Planted:
    """A passage, a true paraphrase of it, and what to replace in the paraphrase by what, with the
    gate that must notice.
    """

    passage: str
    claim: str
    errors: tuple[tuple[str, str, Rejection], ...]


PLANTED = (
    Planted(
        passage=(
            "Northwind said on Monday it had raised $4.2 billion from a group led by Halden"
            " Capital, valuing it at $31bn."
        ),
        claim=(
            "Northwind raised $4.2bn in a round led by Halden Capital at a valuation of 31 billion"
            " dollars."
        ),
        errors=(
            ("$4.2bn", "$4.3bn", Rejection.NUMBER),
            ("$4.2bn", "€4.2bn", Rejection.NUMBER),
            ("$4.2bn", "$4.2m", Rejection.NUMBER),
            ("Halden Capital", "Sequoia Capital", Rejection.NAME),
        ),
    ),
    Planted(
        passage=(
            "The lab released Kestrel-5.2 today, four months after Kestrel-5. The price is $3 per"
            " million input tokens."
        ),
        claim="Kestrel-5.2 costs $3 per million input tokens.",
        errors=(
            ("Kestrel-5.2", "Kestrel-5.3", Rejection.VERSION),
            ("$3", "$30", Rejection.NUMBER),
            ("$3", "£3", Rejection.NUMBER),
        ),
    ),
    Planted(
        passage=(
            "Orla Brandt, chief executive of Vexel, told staff it will cut about 1,200 jobs, or 6"
            " per cent of its workforce."
        ),
        claim="The CEO of Vexel, Orla Brandt, plans to cut some 1.2 thousand jobs, 6% of staff.",
        errors=(
            ("1.2 thousand", "12 thousand", Rejection.NUMBER),
            ("6%", "6", Rejection.NUMBER),
            ("6%", "60 percent", Rejection.NUMBER),
            ("Orla Brandt", "Orla Keller", Rejection.NAME),
            ("Vexel", "Vextra", Rejection.NAME),
        ),
    ),
    Planted(
        passage="Claudius Opus 4.5 scored 80.9% on the benchmark, ahead of Gemma 3 Pro with 76.2%.",
        claim=(
            "Gemma 3 Pro reached 76.2 percent on the benchmark, behind Claudius Opus 4.5 at 80.9"
            " percent."
        ),
        errors=(
            ("Opus 4.5", "Opus 4.1", Rejection.VERSION),
            ("Gemma 3", "Gemma 4", Rejection.VERSION),
            ("76.2", "72.6", Rejection.NUMBER),
            ("Gemma 3 Pro", "Gemma 3 Flash", Rejection.NAME),
        ),
    ),
    Planted(
        passage=(
            "The European Commission opened the case on 4 July 2026 and expects a decision by March"
            " 2027."
        ),
        claim="On July 4, 2026 the Commission opened the case; a decision is due by March 2027.",
        errors=(
            ("July 4", "July 5", Rejection.DATE),
            ("July 4", "June 4", Rejection.DATE),
            ("March 2027", "April 2027", Rejection.DATE),
            ("March 2027", "March 2028", Rejection.DATE),
        ),
    ),
    Planted(
        passage="The outage began on Monday and was over by yesterday, the company wrote.",
        claim="The outage began on 6 July and ended on 7 July 2026.",
        errors=(
            ("6 July", "5 July", Rejection.DATE),
            ("7 July 2026", "7 July 2025", Rejection.DATE),
        ),
    ),
    Planted(
        passage=(
            "“We were wrong about the guardrails, and users paid for it,” Mira Solano said in a"
            " post."
        ),
        claim="In a post Mira Solano admitted that “we were wrong about the guardrails”.",
        errors=(
            ("we were wrong", "we were right", Rejection.QUOTATION),
            ("the guardrails”", "the guardrails, totally”", Rejection.QUOTATION),
            ("Mira", "Maria", Rejection.NAME),
        ),
    ),
    Planted(
        passage=(
            "Fennec-3.1-8B runs on a laptop with 16GB of memory and answers in 200 milliseconds."
        ),
        claim=("The model Fennec 3.1 answers in 200 ms on a laptop with 16 GB of memory."),
        errors=(
            ("Fennec 3.1", "Fennec 3.2", Rejection.VERSION),
            ("200 ms", "200 seconds", Rejection.NUMBER),
            ("16 GB", "16 TB", Rejection.NUMBER),
        ),
    ),
    Planted(
        passage=(
            "Version 0.5.1 of the server fixes CVE-2026-10432; users of 0.5.0 should upgrade before"
            " July 20."
        ),
        claim="Users of v0.5.0 should move to v0.5.1, which fixes CVE-2026-10432, before 20 July.",
        errors=(
            ("v0.5.1", "v0.6.1", Rejection.VERSION),
            ("CVE-2026-10432", "CVE-2026-10433", Rejection.VERSION),
            ("20 July", "22 July", Rejection.DATE),
        ),
    ),
    Planted(
        passage=(
            "Between five and seven percent of the answers were wrong, the twelve auditors found."
        ),
        claim="The 12 auditors found 5–7% of the answers wrong.",
        errors=(
            ("12", "20", Rejection.NUMBER),
            ("5–7%", "5–17%", Rejection.NUMBER),
            ("5–7%", "5–7 billion", Rejection.NUMBER),
        ),
    ),
    Planted(
        passage=(
            "Tessaract plans a 2 GW data centre near Tulsa, to open in 2028 at a cost of €9"
            " billion."
        ),
        claim=(
            "A 2-gigawatt data centre near Tulsa, planned by Tessaract for 2028, will cost 9"
            " billion euros."
        ),
        errors=(
            ("2-gigawatt", "2-megawatt", Rejection.NUMBER),
            ("9 billion euros", "9 billion dollars", Rejection.NUMBER),
            ("Tulsa", "Dallas", Rejection.NAME),
            ("for 2028", "by 2029", Rejection.DATE),
        ),
    ),
    Planted(
        passage=(
            "The Mixtura 8x7B weights are out under Apache 2.0; training took 11 days on 256 H100s."
        ),
        claim=(
            "Mixtura 8x7B was trained in eleven days on 256 H100 chips and is licensed under Apache"
            " 2.0."
        ),
        errors=(
            ("8x7B", "8x22B", Rejection.VERSION),
            ("H100", "H200", Rejection.VERSION),
            ("eleven days", "eleven weeks", Rejection.NUMBER),
            ("256", "512", Rejection.NUMBER),
            ("Apache 2.0", "Apache 3.0", Rejection.VERSION),
        ),
    ),
    Planted(
        passage=(
            "OpenGrid's revenue rose threefold to $1.2bn last year, its finance chief Lena Ortiz"
            " said."
        ),
        claim="Revenue at OpenGrid reached $1,200 million in 2025, according to Ortiz.",
        errors=(
            ("2025", "2024", Rejection.DATE),
            ("$1,200 million", "$1,200 billion", Rejection.NUMBER),
            ("Ortiz", "Ortega", Rejection.NAME),
        ),
    ),
    Planted(
        passage=(
            "Senators from 3 states asked the FTC on Tuesday to look into companion chatbots sold"
            " to minors."
        ),
        claim=(
            "Three senators' states are behind a request that the FTC look into companion chatbots."
        ),
        errors=(("Three", "Five", Rejection.NUMBER), ("FTC", "SEC", Rejection.NAME)),
    ),
    Planted(
        passage=(
            "The Federal Trade Commission fined Loomly ¥300 million, its third-largest penalty."
        ),
        claim="Loomly was fined 300 million yen, the third-largest penalty of the FTC.",
        errors=(
            ("third", "fourth", Rejection.NUMBER),
            ("300 million yen", "300 million euros", Rejection.NUMBER),
            ("FTC", "FCC", Rejection.NAME),
        ),
    ),
    Planted(
        passage="Python 3.14 is supported from this release on; support for Python 3.9 ends.",
        claim="The release supports Python 3.14 and drops Python 3.9.",
        errors=(("3.14", "3.13", Rejection.VERSION), ("Python 3.9", "Java 3.9", Rejection.VERSION)),
    ),
    Planted(
        passage="xAtlas will shut its image service in the U.S. and Britain on Friday.",
        claim="xAtlas shuts its image service in the United States and the UK on 10 July 2026.",
        errors=(
            ("xAtlas", "xAtlantic", Rejection.NAME),
            ("UK", "EU", Rejection.NAME),
            ("10 July", "3 July", Rejection.DATE),
        ),
    ),
    Planted(
        passage=(
            "The model's context window grows from 200K to 1M tokens, at 20 basis points more per"
            " call."
        ),
        claim="The context window grows to one million tokens, from 200,000.",
        errors=(
            ("200,000", "20,000", Rejection.NUMBER),
            ("one million", "two million", Rejection.NUMBER),
        ),
    ),
    Planted(
        passage=(
            "Half a million users joined in two weeks, said Anaïs Dufour of Clairvoix in Paris."
        ),
        claim="In two weeks 500,000 users joined Paris-based Clairvoix.",
        errors=(
            ("500,000", "5,000,000", Rejection.NUMBER),
            ("two weeks", "two days", Rejection.NUMBER),
            ("Paris", "Berlin", Rejection.NAME),
        ),
    ),
    Planted(
        passage=(
            "The judge wrote that training on lawfully bought books is “exceedingly transformative”"
            " and fair use."
        ),
        claim='The judge called training on lawfully bought books "exceedingly transformative".',
        errors=(
            ("exceedingly transformative", "somewhat transformative", Rejection.QUOTATION),
            (
                '"exceedingly transformative".',
                "fair use, see https://court.example/ruling.",
                Rejection.LINK,
            ),
            ("judge", "**judge**", Rejection.MARKUP),
        ),
    ),
    Planted(
        passage="Shares of Norvik fell 4 percentage points more than the index in March.",
        claim="In March 2026 Norvik's shares fell 4 percentage points more than the index.",
        errors=(("4 percentage points", "4%", Rejection.NUMBER), ("March", "May", Rejection.DATE)),
    ),
    Planted(
        passage="Rivals GPX-4o and o3-mini lag behind: the new model is 3x faster and 40% cheaper.",
        claim=(
            "The new model is three times faster than GPX-4o and o3-mini and 40 per cent cheaper."
        ),
        errors=(
            ("three times", "four times", Rejection.NUMBER),
            ("o3-mini", "o4-mini", Rejection.VERSION),
            ("GPX-4o", "GPX-5o", Rejection.VERSION),
            ("40 per cent", "$40", Rejection.NUMBER),
        ),
    ),
    Planted(
        passage=(
            "Hana Whitlock and Tomas Reyes left the lab in May to found Quillon, based in Lisbon."
        ),
        claim="Reyes and Whitlock founded Quillon after leaving the lab in May 2026.",
        errors=(
            ("Reyes", "Tomas Whitlock", Rejection.NAME),
            ("Quillon", "Quillion", Rejection.NAME),
            ("May 2026", "May 2025", Rejection.DATE),
        ),
    ),
    Planted(
        passage=(
            "The 2026 budget sets aside 7 million euros for the registry that Booking.com asked"
            " for."
        ),
        claim="In 2026 the registry that Booking.com asked for gets €7m.",
        errors=(
            ("€7m", "€7bn", Rejection.NUMBER),
            ("Booking.com", "Hooking.com", Rejection.LINK),
            ("2026", "2027", Rejection.DATE),
            ("registry", "<b>registry</b>", Rejection.MARKUP),
        ),
    ),
    Planted(
        passage="About twenty-five researchers tested the R1 model; 2 in 3 preferred the older V3.",
        claim="Of 25 researchers who tested R1, two in three preferred V3.",
        errors=(
            ("25", "35", Rejection.NUMBER),
            ("R1", "R2", Rejection.VERSION),
            ("V3", "V4", Rejection.VERSION),
        ),
    ),
)


def cited(
    text: str, passage: str, quote: str | None = None, kind: ClaimKind = ClaimKind.WRITTEN
) -> tuple[Claim, dict[str, Passage]]:
    """A claim on one passage, quoted whole unless told otherwise, and the passages in reach."""
    found = Passage(article_id="a", version=1, n=1, text=passage)
    citation = Citation(passage=found.key, quote=passage if quote is None else quote)
    return Claim(text=text, kind=kind, citations=(citation,)), {found.key: found}
