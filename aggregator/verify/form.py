"""The form of a claim: plain words that talk of the news.

Code alone writes links and markup. A claim that talks of its own making leaks: of the prompt, the
passages as such, the form of the reply, the model itself; so does a copied sentence that gives an
order. Empty phrases, which fill a sentence and say nothing, are data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from aggregator.verify.quotes import without_quotations
from aggregator.verify.wording import wording

_LINK = re.compile(r"\w://|\bwww\.\w|\bmailto:|\w@[\w-]+\.\w", re.IGNORECASE)
_TLD = (
    r"(?:com|org|net|io|ai|dev|co|app|gov|edu|info|me|tv|ly|gg|xyz|tech|cloud|news|blog|site|"
    r"online|link|page|shop|eu|uk|de|fr|cn|jp|kr|in|ru|ch|nl|se|us|ca|au|br|so|to|sh|gl|be)"
)
_DOMAIN = rf"(?<![\w.-])[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,8}}?\.{_TLD}"
_PATH = re.compile(rf"{_DOMAIN}(?::\d+)?/\w", re.IGNORECASE)
_ADDRESS = re.compile(rf"{_DOMAIN}\b(?!\.\w)|(?<![\w@])@\w{{2,}}", re.IGNORECASE)
_MARKUP = re.compile(
    r"""
      </?[a-z!?][^<>]*> | <\| | \|> | <｜ | <<SYS>> | \[/?INST\] | <!--  # tags, turn marks
    | &(?:[a-z]{2,8}|\#\d{1,6}|\#x[0-9a-f]{1,5});  # entities
    | !?\[[^\]]*\]\( | \[\^?\d+(?:,\s?\d+)*\] | \[\w+\.\d+\.\d+\]  # Markdown links, references
    | \*\*\S | `\S | ``` | ^\s*(?:\#{1,6}\s|>\s|\|)
    | (?<![\w*])\*[^\s*][^*]*[^\s*]\*(?![\w*]) | (?<!\w)_[^_\s][^_]*_(?!\w)
    | \{\{ | \}\} | \{% | %\} | \{\s*["“] | \\n | \\u[0-9a-f]{4}  # templates, JSON
    | [\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]
    | [\ue000-\uf8ff\U000e0000-\U000e007f]
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
# Each is a leak unless the cited passages say it in the same words: news can be of JSON and of
# prompts.
_LEAK = re.compile(
    r"""
    # the passages as such
      \b(?:the|this|these|both|all|cited|above|provided|given)\ passages?\b(?!\ of\b)
    | \bpassages?\ \[?\d | (?<!\w)\[\d{1,2}\]
    | \((?:passage|source|citation|ref)s?\.?\ \d
    | \b(?:based\ on|from|in|using|per|according\ to)\ the\ (?:provided|given|supplied)\b
    | \bthe\ (?:provided|given|above|supplied|following)
        \ (?:text|article|context|information|evidence|sources?|excerpts?)\b
    | \b(?:the|this)\ (?:article|text|source|excerpt|snippet|context|evidence)s?
        \ (?:states?|says?|mentions?|notes?|describes?|discusses|explains?|reports?|highlights?
        |indicates?|suggests?|does\ not|doesn['’]t|do\ not|provides?|also)\b
    | \baccording\ to\ the\ (?:article|text|source|context|evidence)s?\b
    | \bnot\ (?:mentioned|specified|stated|provided)\ in\ the\b
    # the task and the form of the reply
    | </?think | \bjson\b | \bschemas?\b
    | \b(?:my|your|these|this|the\ (?:above|given|provided|following))
        \ (?:instructions?|prompts?)\b
    | \bsystem\ (?:instructions?|prompts?)\b
    | \boutput\ format\b | \bword\ (?:limit|count)\b
    | \bthe\ user\ (?:asks?|asked|wants?|wanted|is\ asking|requests?|requested|needs?)\b
    | \bmax(?:imum)?\ \d+\ words\b
    | ^\W*(?:hook|headline|claims?|summary|answer|output|response|takeaways?|note
        |final\ answer|step\ \d+|reasoning|thought|quote)\s*:
    | ^\W*(?:sure|certainly|okay|ok|alright|of\ course|absolutely)\s*[,!:.]\s
    | ^\W*here(?:\ is|['’]s|\ are)\ (?:the|a|an|your|my|some)\b
    # the model itself
    | \bas\ an?\ (?:ai|large\ language|language)\b
        (?:\ model|\ language\ model|\ assistant)?(?=[,\ ])
    | \bmy\ training\ data\b
    | \bI['’]m\b
    | \bI(?:['’](?:ll|ve|d))?\ (?:am|can|cannot|can['’]t|could|do|don['’]t|did|have|will|would
        |should|need|must|think|believe|was|apologi[sz]e|understand|see|know|want|hope|cite|wrote
        |write|based)\b
    | \blet(?:\ me|['’]s|\ us)\b
    | \bwe\ (?:can|could|need\ to|must|should)
        \ (?:see|infer|conclude|write|cite|say|note|assume|look)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RUN = 6  # words of a prompt in a row that are no coincidence; a shorter phrase must stand whole
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


def has_link(claim_text: str, evidence_texts: Sequence[str]) -> bool:
    """Whether a claim holds an address. A bare domain or handle may be a name ("Booking.com"), if
    the evidence writes it so.
    """
    if _LINK.search(claim_text) or _PATH.search(claim_text):
        return True
    return any(
        not any(match[0] in text for text in evidence_texts)
        for match in _ADDRESS.finditer(claim_text)
    )


def has_markup(text: str) -> bool:
    """Whether a claim holds tags, Markdown, template tokens or invisible characters; "a < b" is
    none.
    """
    return bool(_MARKUP.search(text))


def has_leak(claim_text: str, evidence_texts: Sequence[str], prompts: Sequence[str] = ()) -> bool:
    """Whether a claim leaks reasoning, its prompt or its maker; what the evidence itself says so is
    none, nor are quotations.

    `prompts` are sentences of the prompt that was sent: six words of one in a row are a leak.
    """
    own = without_quotations(claim_text)
    lowered = [text.lower() for text in evidence_texts]
    leaks = (match[0].lower().removesuffix("s") for match in _LEAK.finditer(own))
    if any(not any(leak in text for text in lowered) for leak in leaks):
        return True
    words = wording(own)
    repeated = [run for run in _runs(tuple(prompts)) if run in words]
    told = [wording(text) for text in evidence_texts] if repeated else []
    return any(not any(run in text for text in told) for run in repeated)


@lru_cache(maxsize=8)
def _runs(prompts: tuple[str, ...]) -> tuple[str, ...]:
    """The runs of words that no claim may share with these prompts, each once. Put together again
    for each claim they took a third of all gates' time.
    """
    found = dict[str, None]()
    for prompt in prompts:
        words = wording(prompt).split()
        for start in range(max(1, len(words) - _RUN + 1)):
            if words:
                found[f" {' '.join(words[start : start + _RUN])} "] = None
    return tuple(found)


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
