"""Empty phrases: what fills a sentence and says nothing, as data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.verify.quotes import without_quotations

# Patterns of whole words in lower case. The first offends wherever a model writes it, quotations of
# others apart.
EMPTY_PHRASES = (
    r"highlight(?:s|ed|ing)? (?:the|a|an) (?:\w+"
    r" )?(?:growing|ongoing|increasing|importance|need|potential|challenges?"
    r"|significance|complex\w*)",
    r"highlight(?:s|ed|ing)? (?:how|that) important",
    r"(?:a |the )?growing (?:divide|importance|significance|recognition|role|relevance|trend)",
    r"in today['’]s",
    r"in (?:the|an) (?:ever|rapidly|fast)[- ](?:changing|evolving|moving|growing)",
    r"(?:ever|rapidly|fast|quickly|constantly)[- ](?:evolving|changing) (?:\w+"
    r" )?(?:world|landscape|field|space|environment"
    r"|industry|market|technology)",
    r"underscor(?:e|es|ed|ing)",
    r"pav(?:e|es|ed|ing) the way",
    r"game[- ]?chang(?:er|ers|ing)",
    (
        r"it (?:is|['’]s) (?:important|worth|crucial|essential|critical|interesting)"
        r" (?:to|noting|mentioning|that)"
    ),
    r"it should be noted",
    r"rais(?:e|es|ed|ing)"
    r" (?:important|serious|critical|key|new|fresh|significant|many|several|crucial|profound)"
    r" (?:\w+"
    r" )?(?:questions?|concerns?)",
    r"rais(?:e|es|ed|ing) (?:questions?|concerns?) (?:about|over|around|regarding) the"
    r" (?:future|role|impact|implications"
    r"|nature)",
    r"(?:a |an )?(?:significant|important|major|crucial|critical|key|big|huge|bold|pivotal)"
    r" (?:step|milestone|leap|shift"
    r"|moment|development|advance(?:ment)?|move) "
    r"(?:forward|towards?|in|for)",
    r"marks? (?:a|an) (?:significant|important|major|pivotal|new|crucial|key)"
    r" (?:step|milestone|shift|moment|era|chapter"
    r"|turning point|development|advancement)",
    r"stay(?:ing)? (?:ahead|competitive|informed|up[- ]to[- ]date|relevant|on top)",
    (
        r"leverag(?:e|es|ing) (?:\w+ )?(?:synerg\w+|the power|the potential|the"
        r" capabilities|opportunities)"
    ),
    r"synerg(?:y|ies|istic)",
    r"ensur(?:e|es|ing) (?:\w+ )?compliance with (?:\w+ )?(?:best practices?|industry"
    r" standards?|(?:relevant|applicable|all"
    r"|local) \w+)",
    r"(?:far|wide|broad)[- ]?(?:reaching|ranging) (?:implications|consequences|impact|effects)",
    (
        r"(?:significant|profound|major|important|broad|wider|broader|serious)"
        r" (?:implications|ramifications|consequences) for"
    ),
    r"(?:could|can|may|might|will|would|has the potential to|is (?:set|poised|likely) to)"
    r" (?:significantly |fundamentally "
    r"|potentially )?"
    r"(?:revolutioni[sz]e|transform|reshape|redefine|disrupt)"
    r" (?:the|how|many|various|industries|entire)",
    r"revolutioni[sz](?:e|es|ed|ing)",
    (
        r"unlock(?:s|ed|ing)? (?:the |new |its |their )?(?:full"
        r" )?(?:potential|possibilities|opportunities|power|value)"
    ),
    r"harness(?:es|ed|ing)? the (?:power|potential)",
    r"usher(?:s|ed|ing)? in (?:a|an)",
    r"(?:a |an )?new era (?:of|in|for)",
    r"(?:plays?|playing|played) (?:a|an) (?:\w+"
    r" )?(?:crucial|vital|key|significant|pivotal|important|critical|essential)"
    r" (?:role|part)",
    (
        r"(?:serves|acts|stands) as (?:a|an) (?:\w+ )?(?:reminder|testament|wake-up"
        r" call|beacon|catalyst)"
    ),
    r"(?:a )?testament to",
    r"(?:stark|timely|sobering|powerful) reminder",
    r"wake-up call",
    r"sheds? light on",
    r"delv(?:e|es|ed|ing) (?:in|into|deeper)",
    r"at the forefront of",
    r"pushing the boundaries|push(?:es)? the boundaries",
    r"sets? (?:a|the) new (?:standard|bar|benchmark) for",
    r"only time will tell|remains to be seen",
    r"(?:carefully |closely )?(?:consider|evaluate|assess|review|weigh) the (?:potential |possible"
    r" |wider |broader"
    r" )?(?:implications|impact|benefits|risks and benefits)",
    (
        r"(?:drive|drives|driving|foster|fosters|fostering|spur|spurs) (?:\w+"
        r" )?(?:innovation|growth and innovation|collaboration)"
    ),
    r"in an increasingly",
    r"(?:this|the) (?:news|move|development|announcement|launch|release) (?:is|comes as|"
    r"represents|signals|demonstrates|reflects|showcases|shows) (?:a|an|the) (?:\w+ )?(?:growing|"
    r"significant|commitment|major|important|trend|step|shift|testament|importance|potential|"
    r"need)",
    r"(?:demonstrat|show|reflect|signal|showcas|underlin|emphasi[sz])(?:e|es|ed|ing|s)?"
    r" (?:the|its|their|a|an) (?:\w+ )?"
    r"(?:commitment to|importance of|growing|need for|dedication|potential"
    r" of|significance|power of)",
    r"(?:the )?(?:importance|significance) of"
    r" (?:responsible|ethical|robust|strong|transparency|collaboration|innovation"
    r"|security)",
    r"(?:various|numerous|diverse|multiple|many) (?:industries|stakeholders|sectors)",
    r"(?:holistic|proactive|robust) (?:approach|strategy|measures|framework)",
    r"(?:has|have|having|is|are) (?:sparked|sparking|ignited|igniting|fueled|fuelled) (?:a |an"
    r" )?(?:\w+ )?(?:debates?"
    r"|conversations?|discussions?|interest)",
)
# These offend unless a cited passage has the very words: there are landscape pictures and
# best-in-class ratings.
EMPTY_UNLESS_CITED = (
    r"(?:significant|major|important|big|great|serious|real)"
    r" (?:challenges?|opportunit(?:y|ies)|advantages?|benefits?)"
    r" (?:for|to)",
    r"(?<!-)landscapes?(?!-)",
    r"revolutionary",
    r"groundbreaking|ground-breaking",
    r"cutting[- ]edge",
    r"bleeding[- ]edge",
    r"state[- ]of[- ]the[- ]art",
    r"world[- ]class|best[- ]in[- ]class",
    r"next[- ]level",
    r"seamless(?:ly)?",
    r"unprecedented",
    r"unparalleled",
    r"transformative",
    r"paradigm(?: shift)?",
    r"ecosystems?",
    r"exciting",
    r"empower(?:s|ed|ing)?",
    r"democrati[sz](?:e|es|ing|ation)",
    r"tapestry|realm|myriad|plethora",
    r"stakeholders",
    r"best practices",
    r"the future of (?:ai|artificial intelligence|technology|work|the industry|humanity)",
    r"conduct (?:a |an )?(?:regular|thorough|comprehensive|periodic|full)? ?(?:security"
    r" )?(?:audits?|assessments?|reviews?)"
    r" (?:of (?:your|their|all|existing|current)|regularly)",
    (
        r"(?:regular|thorough|comprehensive) (?:security )?(?:audits?|assessments?|reviews?)"
        r" (?:of|to|should|are|is)"
    ),
    (
        r"monitor (?:the situation|developments|further developments|closely|industry trends|the"
        r" (?:latest|market|industry))"
    ),
    r"keep (?:an eye on|abreast of|up with) (?:the |further |new |future |latest |industry"
    r" )*(?:developments?|trends?|news"
    r"|advances|advancements|changes|situation)",
    r"(?:valuable|key|deep|actionable) insights",
    r"valuable resource|anyone interested in",
    r"the news (?:matters|highlights|is|shows|emphasi[sz]es|about|has|could)",
    r"demonstrat(?:es|ed|ing) (?:\w+['’]s |its |their |the )?(?:\w+['’]s )?commitment to",
    r"(?:is|are|be) (?:significant|important|relevant|crucial|essential|vital) (?:for|to)",
)


def has_empty_phrase(claim_text: str, evidence_texts: Sequence[str]) -> bool:
    """Whether a claim uses a phrase of the ban list in words of its own; what it quotes is somebody
    else's.
    """
    own = without_quotations(claim_text).lower()
    if _EMPTY.search(own):
        return True
    return any(
        not any(match[0] in text.lower() for text in evidence_texts)
        for match in _UNLESS_CITED.finditer(own)
    )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


_EMPTY = _any_of(EMPTY_PHRASES)
_UNLESS_CITED = _any_of(EMPTY_UNLESS_CITED)
