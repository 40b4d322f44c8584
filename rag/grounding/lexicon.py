"""Closed word lists of English that decide what a claim says: negation, hedges, direction, units. Data only.

All words are folded; where a set is said to hold stems, they are English Snowball stems.
"""

from __future__ import annotations

from rag.grounding.forms import words
from rag.text import STOP_WORDS, stem

FUNCTION_WORDS = STOP_WORDS | frozenset(
    words(
        """via per among across within upon toward towards onto into although though since because also however
        therefore thus hence yet even moreover furthermore additionally only just merely respectively
        correspondingly could would may might shall must many much along whether whose whichever one ones there here
        so such etc i.e e.g already otherwise rather else besides despite according respect besides s t d us without
        versus vs against around namely them upon while whereas if unless then than like unlike as due given instead
        including included e whole further turn accordingly consequently specifically particular particularly
        notably importantly remarkably finally overall cannot can't doesn't don't didn't isn't aren't wasn't weren't
        won't nor never none neither no not well both yet ever some certain several still others it's its how can
        that's away back together altogether near far another alongside someone
        somebody something whichever addition means"""
    )
)

# Words that say little in a report of results: their presence or absence decides nothing.
LIGHT_STEMS = frozenset(
    stem(word)
    for word in words(
        """achieve achieves attain reach obtain get got gets show demonstrate present propose introduce report describe
        state find found observe reveal indicate note use utilize employ apply leverage provide offer give make do
        take have perform conduct carry develop include contain involve enable allow let help come go able paper
        work study article author researcher approach method technique system framework result finding experiment
        experimental empirical empirically evaluation extensive propose proposed novel new various different
        multiple number amount way thing case level term very quite really extremely impressive remarkable actually
        simply easily further compare compared comparison relative question answer passage abstract text according
        mention discuss believe model show shown exhibit yield deliver lead yields value based relate accomplish
        enough lot current currently existing using usage prior previous aim dissertation thesis document
        investigate explore evaluated tested test innovative general overall specific specifically range set kind
        type part setup setting see become remain happen come go begin around able serve act bring put factor hold need
        require comprise look call cover consist span stay"""
    )
)

# Adverbs of degree and manner that a report can gain or lose.
LIGHT_ADVERBS = frozenset(
    words(
        """significantly substantially considerably markedly dramatically greatly highly notably remarkably
        consistently effectively efficiently successfully widely mainly primarily mostly largely simply easily
        readily actually really currently recently extremely relatively empirically systematically thoroughly
        clearly strongly closely carefully actively jointly typically commonly usually generally correctly properly
        heavily robustly reliably"""
    )
)
# "helpful" and "scalable" say more than "help" and "scale".
HEAVY_ENDINGS = ("ful", "less", "able", "ible", "ive", "ient")

NEGATORS = frozenset(
    words(
        """not no never none neither nor without cannot can't doesn't don't didn't isn't aren't wasn't weren't won't
        hardly avoid avoids avoiding avoided bypass bypasses bypassing bypassed lack lacks lacking lacked fail fails
        failed failing prevent prevents preventing prevented unlike obviate obviates barely unable absent absence
        unless"""
    )
)
# Followed by their second word these negate what comes after: "instead of", "rather than".
NEGATING_PAIRS = frozenset([("instead", "of"), ("rather", "than"), ("other", "than"), ("except", "for")])
# These look like negation and are none: "not only", "no matter".
NO_NEGATION = frozenset([("not", "only"), ("no", "matter"), ("not", "just"), ("no", "longer"), ("no", "less")])

# What evidence says with one of these must not be claimed flatly.
HEDGES = frozenset(
    words(
        """may might could potential potentially possible possibly possibility perhaps likely suggest suggests
        suggesting suggested seem seems seemed hypothesize hypothesizes hypothesise believe believes anticipate
        anticipates expect expects expected projected hope hopes hopefully presumably probably probable plausible
        plausibly envision speculate conjecture appears appeared"""
    )
)
# These open a claim as well, though in evidence they need not be repeated.
WEAK_HEDGES = frozenset(words("can appear projection projections estimated estimate promising promise aims aim"))

# Words that make a claim certain, total or greatest: evidence must say so in its own words.
CERTAINTY_STEMS = frozenset(
    stem(word)
    for word in words(
        """guarantee guaranteed guarantees proven prove proved established demonstrably undoubtedly definitely
        certainly conclusively exactly always inevitably invariably necessarily undeniable doubt fact confirmed
        perfectly perfect flawless"""
    )
)
UNIVERSALS = frozenset(
    words(
        """all every everything everywhere always any anything anywhere each whatever whichever regardless universally
        universal invariably"""
    )
)
RESTRICTORS = frozenset(["only", "solely", "exclusively"])
RESTRICTED = RESTRICTORS | {"just", "merely", "limited", "restricted", "confined"}
SUPERLATIVES: dict[str, str] = {
    word: group.split()[0]
    for group in (
        "best greatest optimal finest champion leading",
        "state-of-the-art sota",
        "highest largest biggest maximum maximal most",
        "lowest smallest least minimum minimal fewest",
        "fastest quickest",
        "slowest",
        "worst poorest",
        "latest newest",
        "first",
        "unprecedented record ever",
        "cheapest",
        "simplest easiest",
        "strongest",
    )
    for word in group.split()
}

QUANTITY, QUALITY, SPEED, SIZE = "quantity", "quality", "speed", "size"
LENGTH, PRICE, STRENGTH = "length", "price", "strength"
WARMTH, AGE, DEPTH = "warmth", "age", "depth"
_DIRECTIONS = {
    (QUANTITY, 1): """increase increased increases increasing rise rises rose risen raise raises raised raising grow
        grows grew grown growth higher more greater gain gains gained exceed exceeds exceeded climb climbs climbed
        add adds added double doubles doubled triple triples tripled soar soared surge surged
        jump jumped elevated heavier wider widen widens boost multiply""",
    (QUANTITY, -1): """decrease decreased decreases decreasing reduce reduces reduced reducing reduction reductions
        lower lowers lowered lowering less fewer drop drops dropped dropping fall falls fell fallen falling decline
        declines declined declining cut cuts cutting save saves saved saving savings minimize minimizes minimized
        minimise minimised diminish diminished lessen narrow narrows narrowed narrowing narrower lighter mitigate
        alleviate loss degradation slash slashes slashed halve halves halved halving
        plummet plummeted dip dipped shrink shrinks shrank""",
    (SIZE, 1): "larger bigger enlarge enlarges enlarged",
    (SIZE, -1): "smaller shrink shrinks shrank shrunk compress compresses compressed",
    (LENGTH, 1): "longer lengthen lengthens lengthened prolong prolongs prolonged",
    (LENGTH, -1): "shorter shorten shortens shortened",
    (STRENGTH, 1): "stronger",
    (STRENGTH, -1): "weaker",
    (WARMTH, 1): "warmer hotter",
    (WARMTH, -1): "cooler colder",
    (AGE, 1): "older",
    (AGE, -1): "younger",
    (DEPTH, 1): "deeper thicker taller",
    (DEPTH, -1): "shallower thinner",
    (PRICE, 1): "costlier pricier",
    (PRICE, -1): "cheaper",
    (QUALITY, 1): """helps improve improves improved improving improvement improvements better enhance enhances enhanced
        enhancing enhancement enhancements boost boosts boosted boosting benefit benefits benefited profit profits
        superior strengthen strengthens strengthened outperform outperforms outperformed outperforming optimize gain
        gains gained""",
    (QUALITY, -1): """degrade degrades degraded degrading degradation worse worsen worsens worsened deteriorate
        deteriorates deteriorated harm harms harmed harming hurt hurts impair impairs impaired inferior weaken weakens
        weakened detrimental suffer suffers suffered underperform underperforms underperformed""",
    (SPEED, 1): """faster speedup speedups speed-up speed-ups accelerate accelerates accelerated accelerating
        acceleration quicker quickly speeds sped rapidly speeding""",
    (SPEED, -1): "slower slow slows slowed slowing slowly slowdown slow-down decelerate decelerates decelerated",
}
DIRECTIONS: dict[str, tuple[tuple[str, int], ...]] = {}
for _meaning, _words in _DIRECTIONS.items():
    for _word in _words.split():
        DIRECTIONS[_word] = (*DIRECTIONS.get(_word, ()), _meaning)

# Of these less is better, so "improves latency" means "reduces latency".
LOWER_IS_BETTER = frozenset(
    stem(word)
    for word in words(
        """latency memory cost costs energy power error errors loss time runtime footprint perplexity overhead
        consumption usage flops parameters params size complexity delay rate-of-error emissions emission noise risk
        decline dizziness storage area hours bandwidth traffic"""
    )
)

# left beats right (+1) or is beaten by it (-1); a passive turns them round.
COMPARISON_VERBS: dict[str, int] = {
    stem(word): sign
    for words, sign in (
        ("outperform surpass beat beaten exceed outshine outdo outrank superior dominate outpace overtake", 1),
        ("underperform lag trail inferior", -1),
    )
    for word in words.split()
}


# Words of the same place in a sentence that exclude one another.
def _pairs(text: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    sides = (line.partition("|") for line in text.strip().splitlines())
    return tuple((frozenset(first.split()), frozenset(second.split())) for first, _, second in sides)


# Words of the same place in a sentence that exclude one another, wherever they stand in it.
OPPOSED = _pairs(
    """
    before | after
    above | below
    inside within | outside
    indoor | outdoor
    online | offline
    upstream | downstream
    fail fails failed failing | succeed succeeds succeeded works worked
    partly partially | entirely fully completely wholly solely exclusively
    """
)
# Words that exclude one another of the same noun.
ANTONYMS = _pairs(
    """
    high | low
    large big huge massive | small tiny little
    long | short
    hard difficult challenging | easy simple
    similar same comparable identical equal | different distinct dissimilar
    early | late
    strong | weak
    rich | poor
    static fixed | dynamic adaptive
    complex complicated | simple
    positive | negative
    public | private
    internal | external
    first | last
    maximum maximal maximizing maximize | minimum minimal minimizing minimize
    successful | unsuccessful
    success | failure
    efficient | inefficient
    effective | ineffective
    limited | unlimited
    cheap inexpensive | expensive costly
    dense | sparse
    local | global
    coarse | fine
    manual manually | automatic automatically automated
    young | old
    male men | female women
    hot warm | cold cool
    winter | summer
    wet | dry
    rural | urban
    dark | light bright
    fast rapid quick | slow
    always often frequently | never rarely seldom hardly
    all every | none few
    many | few
    accept accepts accepted | reject rejects rejected
    pass passes passed | fail fails failed
    gain gains | lose loses
    open | closed
    safe | dangerous unsafe
    strict | loose
    useful helpful | useless harmful
    beneficial | harmful detrimental
    enable enables enabling allow allows | prevent prevents preventing forbid forbids
    support supports supported | oppose opposes opposed
    keep keeps kept retain retains retaining preserve preserves | discard discards lose loses losing remove removes
    maintain maintains maintaining preserving | discard discards lose loses losing remove removes
    avoid avoids avoiding | cause causes causing require requires
    introduce introduces introducing | eliminate eliminates eliminating
    homogeneous | heterogeneous
    linear linearly | quadratic quadratically exponential exponentially nonlinear
    centralized | decentralized distributed
    supervised | unsupervised
    lossless | lossy
    important crucial | unimportant negligible
    significant significantly | insignificant insignificantly negligible negligibly slightly
    include includes including | exclude excludes excluding
    help helps helped | hurt hurts harm harms harmed hinder hinders
    well | poorly badly
    robust | sensitive fragile brittle
    substantial considerable | negligible marginal
    agree agrees | disagree disagrees
    """
)
# With these, who does it to whom is told by the order, and by "by" after a passive.
ORDERED_VERBS = frozenset(
    stem(word)
    for word in words(
        """replace substitute cause convert transform derive teach precede follow inhibit activate regulate affect
        predict attack recommend"""
    )
)
COMPARATIVES: dict[str, int] = {
    **dict.fromkeys(
        words(
            """more higher better greater larger faster bigger longer stronger superior easier warmer hotter wider older
        deeper thicker taller heavier"""
        ),
        1,
    ),
    **dict.fromkeys(
        words(
            """less fewer lower worse smaller slower shorter weaker inferior harder narrower cheaper cooler colder
        younger shallower thinner lighter"""
        ),
        -1,
    ),
}
OWN_WORK = frozenset(["we", "our", "ours", "us"])
ANAPHORA = OWN_WORK | frozenset(words("this these it its they their them such one both"))
ANAPHORIC_NOUNS = frozenset(
    stem(word)
    for word in words("""method approach system framework model technique paper work study design algorithm scheme""")
)
