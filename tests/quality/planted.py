"""Plants errors in true claims of labelled faithfulness data and counts which the gates notice.

    python -m tests.quality.planted --data DIR [--half dev|held|all] [--errors
      both|unseen|later|learnt] [--curve] [--json]

DIR holds `summedits`, `qags` and `faithbench`. True claims are the consistent summaries of
SummEdits, QAGS sentences that most voters found supported, sentences of FaithBench summaries in
which nobody marked anything, and the rewrites of `tests.quality.rewrites`. Each cites up to three
passages of its document, those that share most with it. Documents fall into two halves by the
digest of their text: constants and weights were chosen on `dev` with the errors of
`tests.quality.errors`; those of `tests.quality.unseen` and `tests.quality.later` were written
afterwards. Of `held`, it was looked at why true claims were refused (once for two gates, once for
names and dates, once for the order of events), in what kind of place a turned word was missed
(counted, no word looked at) and, by mistake, what was edited in six documents of SummEdits.

`paraphrases` are the figures to quote: of SummEdits, QAGS and the rewrites, errors planted in what
is retold, nothing verbatim. What could be no claim of ours is left out there: sentences that point
at another, and quotations that no document has.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aggregator.domain.claim import ClaimKind, Rejection
from aggregator.english.text import normalised, sentences, words
from aggregator.verify.overlap.support import is_unsupported
from aggregator.verify.overlap.support_classifier import LEAST_CREDENCE, credence
from tests.quality.certainty import CERTAINTY
from tests.quality.errors import ATTRIBUTION, KINDS, Kind, Sample
from tests.quality.faithfulness import judged, paragraphs, refusal, rows, untokenised
from tests.quality.later import LATER
from tests.quality.rewrites import documents_of, rewritten
from tests.quality.unseen import UNSEEN

Table = Mapping[str, Kind]

TABLES: Mapping[str, tuple[Table, ...]] = {
    "both": (UNSEEN, LATER),
    "unseen": (UNSEEN,),
    "later": (LATER,),
    "learnt": (KINDS,),
    "certainty": (CERTAINTY,),
}
MOST_CITED = 3
REWRITTEN = "rewritten"
RETOLD = ("summedits", "qags-cnndm", "qags-xsum", REWRITTEN)
ATTRIBUTED = "attributed"
ATTRIBUTED_A_DOCUMENT = 8
OF_WRITING = (  # the gates that judge only what a model wrote
    Rejection.LEAK,
    Rejection.SPEAKER,
    Rejection.NEGATION,
    Rejection.DIRECTION,
    Rejection.CERTAINTY,
    Rejection.SUPPORT,
    Rejection.PHRASE,
)
OF_FORM = (
    Rejection.MARKUP,
    Rejection.QUOTATION,
    Rejection.DANGLING,
    Rejection.PHRASE,
)  # says nothing of what is true
# of each kind: SummEdits has a dozen paraphrases of one sentence, which would all count the same
ERRORS_A_DOCUMENT = 4


def main() -> int:
    """Prints, by kind of error, the share rejected, and by set of data the share of true claims
    kept.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", choices=("dev", "held", "all"), default="all")
    parser.add_argument(
        "--errors",
        choices=tuple(TABLES),
        default="both",
        help="the tables of errors: unseen and later, or one",
    )
    parser.add_argument(
        "--curve",
        action="store_true",
        help="print the trade-off instead: what each least credence would do",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--show", type=int, default=0, help="print so many wrong verdicts of each kind on stderr"
    )
    arguments = parser.parse_args()
    found = [sample for sample in samples(arguments.data) if arguments.half in ("all", sample.half)]
    tables = TABLES[arguments.errors]
    figures = (
        {"curve": trade_off(found, tables)}
        if arguments.curve
        else measured(found, tables, arguments.show)
    )
    print(json.dumps(figures, indent=2) if arguments.json else table(figures))
    return 0


def measured(
    found: Sequence[Sample], tables: Sequence[Table], show: int = 0
) -> dict[str, dict[str, dict[str, float]]]:
    """The figures: true claims kept and false ones rejected by set, planted errors rejected by
    kind.
    """
    verdicts = {id(sample): verdict(sample, sample.text) for sample in found}
    told: dict[str, dict[str, dict[str, float]]] = {"true": {}, "false": {}, "planted": {}}
    for name in sorted({sample.data for sample in found}):
        for label, is_true in (("true", True), ("false", False)):
            own = [sample for sample in found if sample.data == name and sample.is_true is is_true]
            told[label][name] = _rates(own, verdicts) if own else {}
            if is_true:
                _show(
                    [
                        (sample, sample.text, verdicts[id(sample)])
                        for sample in own
                        if verdicts[id(sample)]
                    ],
                    show,
                    "true, rejected",
                )
    kept = [sample for sample in found if sample.is_true and verdicts[id(sample)] is None]
    for name in kinds(tables):
        errors = list(every(kept, name, tables))
        reasons = [(each, text, verdict(each, text)) for each, text in errors]
        _show([reason for reason in reasons if reason[2] is None], show, f"{name}, kept")
        told["planted"][name] = {
            "claims": len(reasons),
            "rejected": _share(sum(reason is not None for _, _, reason in reasons), len(reasons)),
            "by_its_gate": _share(
                sum(reason in tables[0][name].meant for _, _, reason in reasons), len(reasons)
            ),
        }
    return told | {"paraphrases": paraphrased(found, tables)}


def paraphrased(found: Sequence[Sample], tables: Sequence[Table]) -> dict[str, dict[str, float]]:
    """Of true claims that retell: how many are kept; and of errors planted in all of them, how many
    are rejected, by kind.
    """
    true = [
        sample
        for sample in found
        if sample.is_true
        and sample.data in RETOLD
        and sample.text not in sample.document
        and is_claim(sample)
    ]
    told = {
        "true": {
            "claims": len(true),
            "kept": _share(sum(verdict(sample, sample.text) is None for sample in true), len(true)),
        }
    }
    rejected = {
        name: [verdict(each, text) is not None for each, text in every(true, name, tables)]
        for name in kinds(tables)
    }
    for name, hits in (
        ("planted", [each for own in rejected.values() for each in own]),
        *rejected.items(),
    ):
        told[name] = {"claims": len(hits), "rejected": _share(sum(hits), len(hits))}
    return told


def trade_off(found: Sequence[Sample], tables: Sequence[Table]) -> dict[str, dict[str, float]]:
    """What each least credence would keep of the paraphrases and reject of the errors in them, all
    other gates as they are.
    """
    true = [
        sample
        for sample in found
        if sample.is_true
        and sample.data in RETOLD
        and sample.text not in sample.document
        and is_claim(sample)
    ]
    errors = [error for name in kinds(tables) for error in every(true, name, tables)]
    kept = [_weighed(sample, sample.text) for sample in true]
    missed = [_weighed(each, text) for each, text in errors]
    steps = sorted({*(n / 20 for n in range(19)), LEAST_CREDENCE})
    return {
        f"{least:.3f}{'*' if least == LEAST_CREDENCE else ''}": {
            "kept": _share(sum(each >= least for each in kept), len(kept)),
            "rejected": _share(sum(each < least for each in missed), len(missed)),
        }
        for least in steps
    }


def _weighed(sample: Sample, text: str) -> float:
    """The credence of a text, below any least one where another gate than that of doubt, which is
    the last, refuses it.
    """
    reason = verdict(sample, text)
    is_last = reason is Rejection.SUPPORT and not is_unsupported(
        text, sample.passages, ClaimKind.WRITTEN
    )
    return credence(text, sample.passages) if reason is None or is_last else -1.0


def is_claim(sample: Sample) -> bool:
    """Whether a sentence can be a claim of ours: it stands alone, in a plain form, and quotes
    nobody wrongly.
    """
    return (
        not (sample.is_true and verdict(sample, sample.text) in OF_FORM)
        and sample.data != ATTRIBUTED
    )


def kinds(tables: Sequence[Table]) -> tuple[str, ...]:
    """The kinds of error that tables have, in order."""
    return tuple(dict.fromkeys(name for table in tables for name in table))


def every(
    true: Sequence[Sample], name: str, tables: Sequence[Table]
) -> Iterator[tuple[Sample, str]]:
    """The errors of one kind that several tables plant."""
    for table in tables:
        yield from planted(true, table[name])


def planted(kept: Sequence[Sample], kind: Kind) -> Iterator[tuple[Sample, str]]:
    """The claims with one error of a kind in each, so many of one document at most."""
    done: Counter[str] = Counter()
    for n, each in enumerate(kept):
        text = kind.plant(each, n)
        if text and text != each.text and done[each.document] < ERRORS_A_DOCUMENT:
            done[each.document] += 1
            yield each, text


def table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures for the eye."""
    lines = []
    for label, found in figures.items():
        for name, row in found.items():
            lines.append(
                f"{label:8} {name:12} "
                + "  ".join(f"{key} {value:g}" for key, value in row.items())
            )
    return "\n".join(lines)


def verdict(sample: Sample, text: str) -> Rejection | None:
    """What the gates say of a text on the passages of a sample."""
    return refusal(text, sample.passages)


def samples(data: Path) -> Iterator[Sample]:
    """The claims of every set that is there, in a fixed order."""
    for name in ("summedits", "qags"):
        for each in judged(data / name) if (data / name).is_dir() else ():
            if each.text and each.document:
                yield _sample(each.data, each.text, each.document, is_true=each.is_true)
    yield from _faithbench(data)
    yield from _attributed(data)
    for _, text, document in rewritten(documents_of(data.parent)):
        yield _sample(REWRITTEN, text, document, is_true=True)


_CHATTER = re.compile(
    r"passage|summary|\bprovided\b|\[|:$|^\(|mentioned|unspecified|cases of COVID"
)  # no claims; leaks by right


def _faithbench(data: Path) -> Iterator[Sample]:
    path = data / "faithbench" / "faithbench.jsonl"
    seen: set[tuple[str, str]] = set()
    for row in rows(path) if path.exists() else ():
        told = (
            re.sub(r"(?:^|\n)\s*(?:[-*•]|\d+\.)\s+", "\n", row["summary"]).split("\n")
            if not row["annotations"]
            else []
        )
        for text in (sentence for line in told for sentence in sentences(normalised(line))):
            if (row["source"], text) not in seen and not _CHATTER.search(text) and row["source"]:
                seen.add((row["source"], text))
                yield _sample("faithbench", text, row["source"], is_true=True)


def _attributed(data: Path) -> Iterator[Sample]:
    """Sentences of the documents of SummEdits and AggreFact in which somebody named says something.

    They are copied, not retold; cited are their own paragraph and its neighbours.
    """
    path = data / "aggrefact-unified" / "aggrefact_unified.jsonl"
    documents = {row["doc"] for row in rows(path)} if path.exists() else set()
    if (data / "summedits").is_dir():
        documents |= {each.document for each in judged(data / "summedits")}
    for document in sorted(documents):
        parts = paragraphs(document)
        said = [
            (n, sentence)
            for n, part in enumerate(parts)
            for sentence in sentences(part)
            if _is_attributed(sentence)
        ]
        for n, each in said[:ATTRIBUTED_A_DOCUMENT]:
            near = parts[max(0, n - 1) : n + 2]
            yield Sample(
                data=ATTRIBUTED,
                text=untokenised(each),
                document=document,
                is_true=True,
                passages=near,
            )


def _is_attributed(sentence: str) -> bool:
    return (
        8 <= len(sentence.split()) <= 40
        and bool(ATTRIBUTION.search(sentence))
        and sentence.count('"') % 2 == 0
    )


def _sample(data: str, text: str, document: str, *, is_true: bool) -> Sample:
    plain = untokenised(text)
    return Sample(
        data=data,
        text=plain,
        document=document,
        is_true=is_true,
        passages=cited(plain, paragraphs(document)),
    )


def cited(text: str, passages: Sequence[str]) -> tuple[str, ...]:
    """Up to three passages, each the one with most words of the text that those before do not
    have.
    """
    left = {word.lower() for word in words(text)}
    cited: list[int] = []
    while left and len(cited) < MOST_CITED:
        shared = [len(left & {word.lower() for word in words(passage)}) for passage in passages]
        best = max(range(len(passages)), key=lambda n: (shared[n], -n))
        if not shared[best] or (cited and shared[best] < 2):
            break
        cited.append(best)
        left -= {word.lower() for word in words(passages[best])}
    return tuple(passages[n] for n in sorted(cited))


def _rates(own: Sequence[Sample], verdicts: dict[int, Rejection | None]) -> dict[str, float]:
    reasons = Counter(reason.value for sample in own if (reason := verdicts[id(sample)]))
    return {
        "claims": len(own),
        "kept": _share(len(own) - reasons.total(), len(own)),
        "of_writing": _share(sum(reasons[each.value] for each in OF_WRITING), len(own)),
        **{name: _share(count, len(own)) for name, count in sorted(reasons.items())},
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def _show(wrong: Sequence[tuple[Sample, str, Rejection | None]], show: int, label: str) -> None:
    for sample, text, reason in wrong[:: max(1, len(wrong) // show)][:show] if show else ():
        print(
            f"[{label}: {reason}] {text}\n    = {sample.text}\n    <"
            f" {' | '.join(sample.passages)[:900]}",
            file=sys.stderr,
        )


if __name__ == "__main__":
    sys.exit(main())
