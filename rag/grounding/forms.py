"""Forms in which the same thing is written: units, number words, irregular inflections. Data only."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """Return the words of a list written as text, as all the tables here are."""
    return tuple(text.split())


# Spelling of a unit -> what it measures and how many base units it is.
UNITS: dict[str, tuple[str, float]] = {
    spelling: (dimension, scale)
    for dimension, scale, spellings in (
        ("%", 1.0, "% percent percents pct wt% percentage"),
        ("x", 1.0, "x times fold × folds"),
        ("time", 1e-9, "ns nanosecond nanoseconds"),
        ("time", 1e-6, "us µs μs microsecond microseconds"),
        ("time", 1e-3, "ms millisecond milliseconds"),
        ("time", 1.0, "s sec secs second seconds"),
        ("time", 60.0, "min mins minute minutes"),
        ("time", 3600.0, "h hr hrs hour hours"),
        ("time", 86400.0, "day days"),
        ("time", 604800.0, "week weeks"),
        ("time", 2629800.0, "month months"),
        ("time", 31557600.0, "year years"),
        ("bytes", 1.0, "byte bytes"),
        ("bytes", 1e3, "kb kib kilobyte kilobytes"),
        ("bytes", 1e6, "mb mib megabyte megabytes"),
        ("bytes", 1e9, "gb gib gigabyte gigabytes"),
        ("bytes", 1e12, "tb tib terabyte terabytes"),
        ("bits", 1.0, "bit bits"),
        ("watts", 1e-3, "mw milliwatt milliwatts"),
        ("watts", 1.0, "w watt watts"),
        ("watts", 1e3, "kw kilowatt kilowatts"),
        ("joules", 1e-6, "µj μj uj"),
        ("joules", 1e-3, "mj millijoule millijoules"),
        ("joules", 1.0, "j joule joules"),
        ("hertz", 1.0, "hz hertz"),
        ("hertz", 1e3, "khz kilohertz"),
        ("hertz", 1e6, "mhz megahertz"),
        ("hertz", 1e9, "ghz gigahertz"),
        ("metres", 1e-9, "nm nanometer nanometers nanometre nanometres"),
        ("metres", 1e-6, "µm μm um micrometer micrometers micron microns"),
        ("metres", 1e-3, "mm millimeter millimeters millimetre millimetres"),
        ("metres", 1e-2, "cm centimeter centimeters centimetre centimetres"),
        ("metres", 1.0, "m meter meters metre metres"),
        ("metres", 1e3, "km kilometer kilometers kilometre kilometres"),
        ("grams", 1e-3, "mg milligram milligrams"),
        ("grams", 1.0, "g gram grams"),
        ("grams", 1e3, "kg kilogram kilograms kilo kilos"),
        ("grams", 1e6, "tonne tonnes ton tons"),
        ("litres", 1e-3, "ml millilitre millilitres milliliter milliliters"),
        ("litres", 1.0, "l litre litres liter liters"),
        ("celsius", 1.0, "°c celsius"),
        ("flops", 1e9, "gflops gigaflops"),
        ("flops", 1e12, "tflops teraflops tops"),
        ("flops", 1e15, "pflops petaflops"),
        ("decibels", 1.0, "db decibel decibels"),
        ("epochs", 1.0, "epoch epochs"),
        ("dollars", 1.0, "$ dollar dollars usd"),
        ("euros", 1.0, "€ euro euros eur"),
    )
    for spelling in spellings.split()
}
# Case tells these from units of bytes and lengths: 7B parameters, 20k hours, 5M images.
MAGNITUDES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9, "T": 1e12}
MAGNITUDE_WORDS = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
NUMBER_WORDS = {
    word: float(value)
    for value, word in [
        *enumerate(
            words("""two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
                seventeen eighteen nineteen"""),
            2,
        ),
        *zip(
            range(20, 100, 10),
            words("twenty thirty forty fifty sixty seventy eighty ninety"),
            strict=True,
        ),
    ]
}
# Words that are a ratio by themselves.
RATIO_WORDS: dict[str, tuple[float, str]] = {
    **dict.fromkeys(words("double doubles doubled doubling twice twofold two-fold"), (2.0, "x")),
    **dict.fromkeys(words("triple triples tripled tripling threefold three-fold thrice"), (3.0, "x")),
    **dict.fromkeys(["fourfold", "four-fold", "quadruple", "quadruples", "quadrupled"], (4.0, "x")),
    **dict.fromkeys(["fivefold", "five-fold"], (5.0, "x")),
    **dict.fromkeys(["tenfold", "ten-fold"], (10.0, "x")),
    **dict.fromkeys(["half", "halve", "halves", "halved", "halving"], (50.0, "%")),
}

# Base form, then the forms whose stem differs from that of the base.
IRREGULAR = {
    form: base
    for base, forms in (
        line.split(maxsplit=1)
        for line in """run ran
        take took taken
        see saw seen
        feed fed
        do did done
        hold held
        keep kept
        build built
        find found
        grow grew grown
        show shown
        make made
        choose chose chosen
        draw drew drawn
        drive drove driven
        bring brought
        teach taught
        think thought
        send sent
        spend spent
        lose lost loses losing
        lead led
        leave left
        meet met
        pay paid
        say said
        sell sold
        tell told
        win won
        write wrote written
        begin began begun
        break broke broken
        fall fell fallen
        rise rose risen
        give gave given
        get got gotten
        know knew known
        seek sought
        stand stood
        understand understood
        go went gone
        become became
        come came
        speak spoke spoken
        beat beaten
        shrink shrank shrunk
        freeze froze frozen
        catch caught
        hide hid hidden
        wear wore worn
        throw threw thrown
        fly flew flown flying
        bind bound
        bear bore borne
        swim swam swum
        eat ate eaten
        buy bought
        fight fought
        sleep slept
        deal dealt
        mean meant
        arise arose arisen
        overcome overcame
        withstand withstood
        outdo outdid outdone
        analysis analyses
        man men
        woman women
        child children
        person people
        mouse mice
        foot feet
        bacterium bacteria
        criterion criteria
        phenomenon phenomena
        hypothesis hypotheses
        matrix matrices
        index indices
        vertex vertices
        axis axes
        half halves""".splitlines()
    )
    for form in forms.split()
}

# Phrases that one word says as well; the first fitting one is taken.
PHRASES = {
    "at the same time": "simultaneously",
    "as well as": "and",
    "whether or not": "whether",
    "state of the art": "state-of-the-art",
    "in contrast to": "unlike",
    "as opposed to": "instead of",
    "in place of": "instead of",
    "due to": "because of",
    "owing to": "because of",
    "thanks to": "because of",
    "hardly any": "negligible",
    "on par with": "comparable to",
    "in line with": "consistent with",
    "among others": "",
    "among other things": "",
    "and so on": "",
    "and more": "",
    "a number of": "several",
    "a variety of": "various",
    "a range of": "various",
    "more or less": "roughly",
    "in terms of": "in",
    "with respect to": "in",
    "is able to": "can",
    "are able to": "can",
    "in order to": "to",
    "so as to": "to",
    "the majority of": "most",
    "percentage points": "points",
    "an order of magnitude": "10x",
    "one order of magnitude": "10x",
    "two orders of magnitude": "100x",
    "three orders of magnitude": "1000x",
    "half a million": "500,000",
    "half a billion": "500 million",
    **{f"{word} and a half": f"{value}.5" for value, word in enumerate(words("one two three four five six seven"), 1)},
    "three quarters": "75%",
    "three-quarters": "75%",
    "two thirds": "66.6667%",
    "two-thirds": "66.6667%",
    "a quarter": "25%",
    "one quarter": "25%",
    "a third": "33.3333%",
    "one third": "33.3333%",
    "one-third": "33.3333%",
    "a fifth": "20%",
    "one fifth": "20%",
    "a tenth": "10%",
    "one tenth": "10%",
}
# Words that deny their base: "unavailable" is "not available".
DENYING_PREFIXES = {
    prefix + base: base
    for prefix, bases in {
        "un": """available able reliable stable supported likely known seen related limited necessary needed changed
            biased balanced affected aware common clear certain explored modified trained tuned structured safe
            successful suitable usual constrained restricted""",
        "in": """dependent accurate efficient sufficient complete consistent correct feasible effective visible direct
            valid adequate capable secure significant sensitive compatible appropriate""",
        "im": "possible practical perfect precise balanced proper",
        "ir": "regular relevant reversible",
        "non": "linear uniform trivial zero invasive existent",
    }.items()
    for base in bases.split()
}
